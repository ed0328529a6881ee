import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders/contender.ts';
import type { Generator } from './load/client.ts';
import type { Calls, LoadResult, Pace } from './load/protocol.ts';
import { cpuMs, forgetPeak, peakMb, residentMb } from './process-figures.ts';

/** Closed loops by their connections, open ones by their calls/s. */
export const PHASES = ['closed 1', 'closed 10', 'closed 50', 'open 100', 'open 500', 'saturation'] as const;
export type PhaseName = (typeof PHASES)[number];

/** What one contender did in one phase of one round. */
export interface Slice {
  readonly round: number;
  readonly phase: PhaseName;
  readonly contender: Contender['key'];
  readonly callsPerSecond: number;
  readonly latencyMs: LoadResult['latencyMs'];
  /** User and system time a call, in µs: of the server, of the database, of the load generator. */
  readonly cpuUs: { readonly server: number; readonly database: number; readonly generator: number };
  /** At the end of the slice, and the most during it. */
  readonly memoryMb: { readonly resident: number; readonly peak: number };
  readonly calls: Calls;
}

export interface Load {
  readonly round: number;
  readonly phase: PhaseName;
  readonly pace: Pace;
  readonly durationMs: number;
}

const SAMPLE_MS = 200;

/** Measures one contender under one load. The others are stopped meanwhile: see `alone`. */
export async function measure(
  contender: Contender,
  databasePid: number,
  generator: Generator,
  { round, phase, pace, durationMs }: Load,
): Promise<Slice> {
  const { pid, port } = contender;
  forgetPeak(pid);
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, residentMb(pid));
  }, SAMPLE_MS);
  const before = { server: cpuMs(pid), database: cpuMs(databasePid) };
  const result = await generator.run({ port, pace, durationMs });
  const resident = residentMb(pid);
  // What is left to do once the callers are gone: closing connections, a forked script's end.
  await sleep(100);
  clearInterval(sampler);

  const { calls, latencyMs, durationMs: tookMs, generatorCpuMs } = result;
  const perCall = microsecondsPer(calls);
  return {
    round,
    phase,
    contender: contender.key,
    callsPerSecond: (calls.answered * 1000) / tookMs,
    latencyMs,
    cpuUs: {
      server: perCall(cpuMs(pid) - before.server),
      database: perCall(cpuMs(databasePid) - before.database),
      generator: perCall(generatorCpuMs),
    },
    memoryMb: { resident, peak: Math.max(peak, peakMb(pid)) },
    calls: judged(calls, contender),
  };
}

/** Divides a time in ms by the calls that it was spent on, as CPU time is told of. */
export function microsecondsPer({ answered }: Calls): (ms: number) => number {
  return (ms) => (ms * 1000) / Math.max(1, answered);
}

/** A handler of three queries finds others than this server does, and is not wrong. */
export function judged(calls: Calls, { decides }: { readonly decides: boolean }): Calls {
  return decides ? calls : { ...calls, wrong: 0 };
}

/** Runs a task while every other contender is stopped: no timer, no snapshot of theirs gets in the way. */
export async function alone<Result>(
  contender: Contender,
  all: readonly Contender[],
  task: () => Promise<Result>,
): Promise<Result> {
  for (const other of all) process.kill(other.pid, other === contender ? 'SIGCONT' : 'SIGSTOP');
  return task();
}
