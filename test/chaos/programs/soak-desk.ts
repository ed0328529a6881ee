import { fork } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Call } from '../../../src/calls/call.ts';
import { type DeskProcess, makeDeskHome, startDeskProcess } from '../../lab/desk-process.ts';
import { CheckedCalls } from './soak-desk/checked-calls.ts';
import { ACCOUNT, numberOf } from './soak-desk/played-calls.ts';
import type { Order, Progress } from './soak-desk/played.ts';

/*
 * Very many calls through one desk on a played Asterisk, each of them looked up in the journal, and what becomes of the
 * desk's memory, descriptors and speed.
 *
 *     npm run soak:desk -- [--calls 1000000] [--rate 300] [--samples 20]
 *
 * Prints a line each twentieth, and at the end whether all stayed flat; exit status 1 when it did not, or when a call is
 * not in the journal as it was played. SIGTSTP (Ctrl-Z) holds new calls back, SIGCONT goes on.
 */

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '300' },
    samples: { type: 'string', default: '20' },
  },
});
const total = Number(values.calls);
const perSecond = Number(values.rate);
const share = Math.ceil(total / Number(values.samples));
/** From the end of a call on, nothing more changes it. */
const SETTLED_MS = 10_000;
const POLL_MS = 50;
const BEHIND_MS = 3000;
const GIVEN_UP_MS = 60_000;

const played = fork(join(import.meta.dirname, 'soak-desk', 'played.js'));
let progress = await new Promise<Progress>((resolve) => {
  played.once('message', (first: Progress) => resolve(first));
});
played.on('message', (now: Progress) => {
  progress = now;
});

const home = await makeDeskHome();
const journal = join(home.folder, 'journal.db');
const main = join(import.meta.dirname, '..', '..', '..', 'src', 'main.js');
const desk = await startDeskProcess(home, { ami: { port: progress.port, ...ACCOUNT }, main });
await desk.ready();

let until = 0;
let rate = perSecond;
let isHeld = false;
const play = (isBehind = false) => {
  const order: Order = { until, perSecond: isHeld || isBehind ? 0 : rate };
  played.send(order);
};
process.on('SIGTSTP', () => {
  isHeld = true;
  play();
});
process.on('SIGCONT', () => {
  isHeld = false;
  play();
});

interface Sample {
  readonly calls: number;
  readonly memoryMb: number;
  readonly descriptors: number;
  readonly callsPerSecond: number;
  readonly eventsPerSecond: number;
  readonly cpuMicrosAnEvent: number;
  readonly lagMs: { readonly middle: number; readonly longest: number };
  readonly megabytes: number;
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;

function memoryMb({ pid }: DeskProcess): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}

/** Of all its threads, in ms. */
function cpuMs({ pid }: DeskProcess): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) /);
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * 10;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * From the end of a call until HTTP tells it, the desk's half second of waiting for late events included. Where that takes too
 * long the machine cannot have more calls: none begins until it is over, and then fewer a second.
 */
async function lag(newest: NonNullable<Progress['newest']>): Promise<number> {
  let isBehind = false;
  for (;;) {
    const { body } = await desk.get(`/api/calls?number=${numberOf(newest.call)}`);
    const [call] = body['calls'] as Call[];
    const tookMs = Date.now() - newest.at;
    if (call?.state === 'ended' || tookMs > GIVEN_UP_MS) {
      rate = Math.min(isBehind ? rate * 0.8 : rate * 1.03, perSecond);
      play();
      return tookMs;
    }
    if (tookMs > BEHIND_MS && !isBehind) play((isBehind = true));
    await sleep(POLL_MS);
  }
}

async function playUntil(calls: number): Promise<Sample> {
  const before = { at: performance.now(), cpu: cpuMs(desk), ...progress };
  const lags: number[] = [];
  const memory: number[] = [];
  let held = 0;
  // One that ended earlier has been told while nobody asked.
  const begunAt = Date.now();
  until = calls;
  play();
  while (progress.ended < calls) {
    await sleep(1000);
    memory.push(memoryMb(desk));
    if (isHeld) held += 1;
    else if (progress.newest !== null && progress.newest.at >= begunAt) lags.push(await lag(progress.newest));
  }
  const seconds = (performance.now() - before.at) / 1000 - held;
  const events = progress.events - before.events;
  return {
    calls,
    memoryMb: median(memory),
    descriptors: readdirSync(`/proc/${desk.pid}/fd`).length,
    callsPerSecond: Math.round((progress.ended - before.ended) / seconds),
    eventsPerSecond: Math.round(events / seconds),
    cpuMicrosAnEvent: Math.round(((cpuMs(desk) - before.cpu) * 1000) / events),
    lagMs: { middle: median(lags), longest: Math.max(0, ...lags) },
    megabytes: Math.round((sizeOf(journal) + sizeOf(`${journal}-wal`)) / 1e6),
  };
}

const checked = new CheckedCalls(`sqlite:${journal}`, total);
const samples: Sample[] = [];
const startedAt = performance.now();
process.stdout.write(
  '| calls | wrong | memory, MB | descriptors | calls a second | events a second | CPU an event, µs | told after, middle, ms | longest, ms | journal, MB |\n' +
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n',
);
while (until < total) {
  const now = await playUntil(Math.min(until + share, total));
  // The table's figures are those of the calls, not those of reading them again.
  await sleep(SETTLED_MS);
  await checked.checkUntil(Date.now());
  samples.push(now);
  const { wrong } = checked;
  const cells = [
    now.calls,
    wrong + checked.missing(until),
    now.memoryMb,
    now.descriptors,
    now.callsPerSecond,
    now.eventsPerSecond,
    now.cpuMicrosAnEvent,
    now.lagMs.middle,
    now.lagMs.longest,
    now.megabytes,
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
const counters = await (await fetch(`http://127.0.0.1:${desk.port}/metrics`)).text();
const status = await desk.terminate();
played.disconnect();
// What it complained of explains what is wrong.
for (const line of desk.log().split('\n'))
  if (/"level":"(?:warn|error)|"problem"/.test(line)) process.stderr.write(`${line}\n`);

const half = Math.floor(samples.length / 2);
const memoryOf = (part: readonly Sample[]): number[] => part.map((one) => one.memoryMb);
const grewMb = median(memoryOf(samples.slice(half))) - median(memoryOf(samples.slice(1, half)));
const descriptorsOf = (part: readonly Sample[]): number => Math.max(...part.map((one) => one.descriptors));
const descriptorsGrew = descriptorsOf(samples.slice(half)) - descriptorsOf(samples.slice(0, half));
const missing = checked.missing(total);
const isGood =
  checked.right === total &&
  checked.wrong === 0 &&
  grewMb < 15 &&
  descriptorsGrew <= 2 &&
  status === 0 &&
  /courier_agi_desk_ami_dropped\{[^}]*\} 0\n/.test(counters);
process.stdout.write(
  `\n${total} calls in ${Math.round((performance.now() - startedAt) / 1000)} s, ${checked.right} as played, ` +
    `${checked.wrong} otherwise, ${missing} missing; in the second half the median of memory grew by ${grewMb} MB ` +
    `and descriptors by ${descriptorsGrew}: ${isGood ? 'flat' : 'NOT GOOD'}\n`,
);
for (const line of checked.examples) process.stdout.write(`${line}\n`);
await home.remove();
process.exitCode = isGood ? 0 : 1;
