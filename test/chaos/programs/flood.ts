import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { completeEnvironment, environmentText } from '../../../src/simulator/environment.ts';

/*
 * Calls a server faster than the simulator can: the bytes of a call are made once, and of what comes back
 * only the status is looked for. Prints what came of the calls, as JSON.
 *
 *     node flood.js '{"port":4573,"numbers":["79161000011"],"durationMs":5000,"ratePerSecond":5000,"deadlineMs":1500}'
 */

interface FloodOrder {
  readonly port: number;
  readonly numbers: readonly string[];
  readonly durationMs: number;
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
}

export interface FloodReport {
  readonly started: number;
  /** Answered, and not with ERROR. */
  readonly good: number;
  readonly errors: number;
  /** Closed by the server without a word. */
  readonly closed: number;
  /** No connection. */
  readonly refused: number;
  /** Of all: not over within the deadline. */
  readonly late: number;
  /** The longest of each outcome, in ms. */
  readonly slowestMs: Readonly<Record<Outcome, number>>;
  /** The longest that this program itself was behind: what it measures is as much too long. */
  readonly behindMs: number;
  /** From the first call to the end of the last. */
  readonly seconds: number;
}

type Outcome = 'good' | 'errors' | 'closed' | 'refused';

const GIVE_UP_MS = 10_000;
const TICK_MS = 5;
const order = JSON.parse(process.argv[2] ?? '') as FloodOrder;
const calls = order.numbers.map((number) =>
  Buffer.from(environmentText(completeEnvironment(new Map([['agi_callerid', number]]), 'server'))),
);
const REPLY = Buffer.from('200 result=0\n');
const report = { started: 0, good: 0, errors: 0, closed: 0, refused: 0, late: 0 };
const slowestMs = { good: 0, errors: 0, closed: 0, refused: 0 };
let ended = 0;
let behindMs = 0;

function call(): void {
  const environment = calls[report.started % calls.length] ?? REPLY;
  report.started += 1;
  const startedAt = performance.now();
  const socket = connect({ host: '127.0.0.1', port: order.port, noDelay: true });
  let outcome: Outcome = 'refused';
  socket.once('connect', () => {
    outcome = 'closed';
    socket.write(environment);
  });
  socket.on('data', (bytes) => {
    const status = /ROUTE_STATUS=(\w+)/.exec(bytes.toString('latin1'))?.[1];
    if (status === undefined) return;
    outcome = status === 'ERROR' ? 'errors' : 'good';
    socket.write(REPLY);
  });
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), GIVE_UP_MS);
  socket.once('close', () => {
    clearTimeout(timer);
    ended += 1;
    const tookMs = performance.now() - startedAt;
    report[outcome] += 1;
    if (tookMs > order.deadlineMs) report.late += 1;
    slowestMs[outcome] = Math.max(slowestMs[outcome], Math.round(tookMs));
  });
}

const startedAt = performance.now();
const total = (order.durationMs / 1000) * order.ratePerSecond;
while (report.started < total) {
  const due = Math.min(total, ((performance.now() - startedAt) / 1000) * order.ratePerSecond);
  while (report.started < due) call();
  const before = performance.now();
  await sleep(TICK_MS);
  behindMs = Math.max(behindMs, Math.round(performance.now() - before - TICK_MS));
}
const isOver = (): boolean => ended === report.started;
while (!isOver()) await sleep(TICK_MS);
process.stdout.write(
  `${JSON.stringify({ ...report, slowestMs, behindMs, seconds: (performance.now() - startedAt) / 1000 } satisfies FloodReport)}\n`,
);
