import { readFileSync } from 'node:fs';
import type { CallScript } from '../../../src/simulator/asterisk.ts';
import { runLoad, type LoadOptions } from '../../../src/simulator/load.ts';
import { CallTally } from './call-tally.ts';

/*
 * Calls a server as the simulator's Asterisk does, in a process of its own, until the time is up or SIGTERM
 * comes; then prints what came of the calls, as JSON.
 *
 *     node callers.js '{"port":4573,"numbers":["79161000011"],"durationMs":1000,"pace":{"ratePerSecond":50},"deadlineMs":1500}'
 */

export interface CallersOrder extends Pick<LoadOptions, 'durationMs' | 'pace' | 'maxOpen'> {
  readonly port: number;
  readonly numbers: readonly string[];
  /** Within which every call must be over; a call that takes so much longer that the wire is no excuse is late. */
  readonly deadlineMs: number;
}

const order = JSON.parse(process.argv[2] ?? readFileSync(0, 'utf8')) as CallersOrder;
const scripts: CallScript[] = order.numbers.map((number) => ({
  environment: new Map([['agi_callerid', number]]),
  presets: new Map(),
}));
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const tally = new CallTally(order.deadlineMs);
const report = await runLoad({ host: '127.0.0.1', port: order.port }, scripts, {
  ...order,
  timeoutMs: 10_000,
  signal: stop.signal,
  onCall: (call) => tally.add(call),
});
process.stdout.write(
  `${JSON.stringify({ ...tally.counts, skipped: report.skipped, seconds: report.durationMs / 1000, latencyMs: report.latencyMs })}\n`,
);
