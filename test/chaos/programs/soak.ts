import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runLoad } from '../../../src/simulator/load.ts';
import { CallTally } from './call-tally.ts';

/*
 * Very many calls to one server process, and what becomes of its memory and descriptors.
 *
 *     npm run soak -- [--calls 1000000] [--connections 16] [--database mysql://…]
 *
 * Prints a line each twentieth, and at the end whether both stayed flat; exit status 1 when they did not, or
 * when a call was not answered.
 */

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '16' },
    database: { type: 'string', default: 'demo:' },
  },
});
const total = Number(values.calls);
const connections = Number(values.connections);
const DEADLINE_MS = 1500;
const SAMPLES = 20;

const folder = mkdtempSync(join(tmpdir(), 'courier-agi-soak-'));
const config = join(folder, 'courier-agi.yaml');
const log = join(folder, 'log');
writeFileSync(config, `listen: { port: 0 }\nhttp: { port: 0 }\ndatabase: { url: "${values.database}" }\n`);
const main = join(import.meta.dirname, '..', '..', '..', 'src', 'main.js');
const server = spawn(
  'setpriv',
  ['--pdeathsig', 'KILL', process.execPath, main, 'serve', '--config', config],
  {
    stdio: ['ignore', openSync(log, 'a'), 'inherit'],
  },
);
const pid = server.pid ?? 0;

async function listening(): Promise<number> {
  for (;;) {
    const port = /"port":(\d+)[^\n]*"msg":"listening"/.exec(readFileSync(log, 'utf8'))?.[1];
    if (port !== undefined) return Number(port);
    if (server.exitCode !== null) throw new Error(readFileSync(log, 'utf8'));
    await sleep(20);
  }
}

interface Sample {
  readonly calls: number;
  readonly memoryMb: number;
  readonly descriptors: number;
  readonly callsPerSecond: number;
  readonly slowestMs: number;
}

function sample(calls: number, callsPerSecond: number, slowestMs: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const memoryMb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  return { calls, memoryMb, descriptors: readdirSync(`/proc/${pid}/fd`).length, callsPerSecond, slowestMs };
}

const NUMBERS = [
  '79161000011',
  '79162000001',
  '79162000002',
  '74952000201',
  '79162000302',
  '79990000000',
  'anonymous',
  '',
];
const scripts = NUMBERS.map((number) => ({
  environment: new Map([['agi_callerid', number]]),
  presets: new Map<string, string>(),
}));

const port = await listening();
const samples: Sample[] = [];
const problems: Record<string, number> = {};
let answered = 0;
let late = 0;
const startedAt = performance.now();
process.stdout.write(
  '| calls | memory, MB | descriptors | calls a second | slowest, ms |\n|--:|--:|--:|--:|--:|\n',
);
for (let done = 0; done < total;) {
  const tally = new CallTally(DEADLINE_MS);
  const enough = new AbortController();
  const share = Math.ceil(total / SAMPLES);
  const { durationMs } = await runLoad({ host: '127.0.0.1', port }, scripts, {
    durationMs: Infinity,
    pace: { connections },
    signal: enough.signal,
    onCall: (call) => {
      tally.add(call);
      if (tally.counts.started >= share) enough.abort();
    },
  });
  const { counts } = tally;
  done += counts.started;
  answered += counts.good;
  late += counts.late;
  for (const [problem, count] of Object.entries(counts.problems))
    problems[problem] = (problems[problem] ?? 0) + count;
  // What the last calls leave open is closed a moment later.
  await sleep(300);
  const now = sample(done, Math.round((counts.started / durationMs) * 1000), counts.slowestMs);
  samples.push(now);
  process.stdout.write(
    `| ${now.calls} | ${now.memoryMb} | ${now.descriptors} | ${now.callsPerSecond} | ${now.slowestMs} |\n`,
  );
  // The log is not what is measured, and would fill the disk.
  if (statSync(log).size > 100_000_000) writeFileSync(log, '');
}
const calls = samples.at(-1)?.calls ?? 0;
server.kill('SIGTERM');
await once(server, 'close');
rmSync(folder, { recursive: true, force: true });

/*
 * The medians of the two halves are compared: a leak raises the second, while a sample just before a
 * collection stands out alone. Peaks have a bound of their own.
 */
const half = SAMPLES / 2;
const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
const memoryOf = (part: readonly Sample[]): number[] => part.map((one) => one.memoryMb);
const most = (part: readonly Sample[], read: (one: Sample) => number): number => Math.max(...part.map(read));
const memoryMb = median(memoryOf(samples.slice(2, half)));
const memoryGrewMb = median(memoryOf(samples.slice(half))) - memoryMb;
const peakMb = Math.max(...memoryOf(samples));
const descriptorsGrew =
  most(samples.slice(half), (one) => one.descriptors) -
  most(samples.slice(0, half), (one) => one.descriptors);
const isGood =
  answered === calls &&
  late === 0 &&
  memoryGrewMb < 10 &&
  peakMb < 1.5 * memoryMb &&
  descriptorsGrew <= 2 &&
  server.exitCode === 0;
process.stdout.write(
  `\n${calls} calls in ${Math.round((performance.now() - startedAt) / 1000)} s, ${answered} answered, ${late} late; ` +
    `in the second half the median of memory grew by ${memoryGrewMb} MB and descriptors by ${descriptorsGrew}: ${isGood ? 'flat' : 'NOT GOOD'}\n`,
);
if (Object.keys(problems).length > 0) process.stdout.write(`${JSON.stringify(problems)}\n`);
process.exitCode = isGood ? 0 : 1;
