import type { Restartable } from '../test/lab/databases/restartable.ts';
import type { Contender } from './contenders/contender.ts';
import type { Generator } from './load/client.ts';
import type { Pace } from './load/protocol.ts';
import type { Options } from './options.ts';
import { tell } from './progress.ts';
import type { ColdFigures, HundredCalls } from './report.ts';
import { alone, measure, type Load, type PhaseName, type Slice } from './slice.ts';
import type { Caller } from './traffic.ts';

export interface Setting {
  readonly options: Options;
  readonly database: Restartable;
  readonly callers: { readonly all: readonly Caller[]; readonly small: readonly Caller[] };
  readonly generator: Generator;
  readonly contenders: readonly Contender[];
}

/** The warm-up is as long as so many slices. */
const WARM_UP_SLICES = 4;
/** One of an open loop is as long as so many: the p99 of 1,000 calls would be that of ten of them. */
const OPEN_SLICES = 3;

/** The first calls of a process: nothing compiled, no connection, no statement prepared. */
export async function measureCold(setting: Setting): Promise<ColdFigures[]> {
  const cold: ColdFigures[] = [];
  for (const contender of setting.contenders) {
    const process = await measureHundred(setting, contender);
    cold.push({ contender: contender.key, startMs: contender.startMs, process, database: null });
  }
  return cold;
}

/** The first calls of a database that has been started anew, by contenders that have been at work. */
export async function measureColdDatabase(
  setting: Setting,
  cold: readonly ColdFigures[],
): Promise<ColdFigures[]> {
  const both: ColdFigures[] = [];
  for (const figures of cold) {
    const contender = setting.contenders.find(({ key }) => key === figures.contender);
    // (d) does without a database.
    if (contender === undefined || contender.key === 'd') {
      both.push(figures);
      continue;
    }
    tell(`starting the database anew for contender ${contender.key}`);
    await setting.database.shutDown();
    await setting.database.startAgain();
    both.push({ ...figures, database: await measureHundred(setting, contender) });
  }
  return both;
}

async function measureHundred(setting: Setting, contender: Contender): Promise<HundredCalls> {
  const ratePerSecond = contender.forks ? 10 : 50;
  const pace = { kind: 'open', ratePerSecond } as const;
  const load = { round: 0, phase: 'open 100', pace, durationMs: 100_000 / ratePerSecond } as const;
  const { latencyMs, calls } = await measureAlone(setting, contender, load);
  return { p50: latencyMs.p50, max: latencyMs.max, lost: calls.lost };
}

/** Round by round, each phase by all contenders in turn, each time beginning with another one. */
export async function measureRounds(setting: Setting): Promise<Slice[]> {
  const { options, contenders } = setting;
  const slices: Slice[] = [];
  // Round 0 warms up, and does not count: the compiler of V8 is at work for some ten thousand calls.
  for (let round = 0; round <= options.rounds; round++) {
    const turn = round % Math.max(1, contenders.length);
    const order = [...contenders.slice(turn), ...contenders.slice(0, turn)];
    for (const phase of round === 0 ? (['closed 50'] as const) : options.phases) {
      for (const contender of order.filter((one) => takesPart(one, phase, round))) {
        const pace = paceOf(phase, slices);
        const load = { round, phase, pace, durationMs: options.sliceMs * slicesOf(pace, round) };
        const slice = await measureAlone(setting, contender, load);
        if (round > 0) slices.push(slice);
        const { callsPerSecond, latencyMs, cpuUs, memoryMb } = slice;
        tell(
          `round ${round} ${phase} (${contender.key}): ${callsPerSecond.toFixed(0)} calls/s, ` +
            `p50 ${latencyMs.p50.toFixed(2)} ms, p99 ${latencyMs.p99.toFixed(2)} ms, ` +
            `CPU ${cpuUs.server.toFixed(0)} µs, database ${cpuUs.database.toFixed(0)} µs, ` +
            `generator ${cpuUs.generator.toFixed(0)} µs, ${memoryMb.peak.toFixed(0)} MB`,
        );
      }
    }
  }
  return slices;
}

function slicesOf(pace: Pace, round: number): number {
  if (round === 0) return WARM_UP_SLICES;
  return pace.kind === 'open' ? OPEN_SLICES : 1;
}

function takesPart(contender: Contender, phase: PhaseName, round: number): boolean {
  if (contender.forks) return phase === 'closed 1' || phase === 'closed 10';
  // It stands beside another one, and is as warm.
  return !contender.small || phase === 'closed 10' || round === 0;
}

/** Saturation is what the bare limit, or else the fastest, reached with 50 connections just before. */
function paceOf(phase: PhaseName, slices: readonly Slice[]): Pace {
  if (phase !== 'saturation') {
    const [kind, number] = phase.split(' ');
    if (kind === 'closed') return { kind, connections: Number(number) };
    return { kind: 'open', ratePerSecond: Number(number) };
  }
  const last = (key?: string): Slice | undefined =>
    slices.findLast((one) => one.phase === 'closed 50' && (key === undefined || one.contender === key));
  return { kind: 'open', ratePerSecond: (last('a') ?? last())?.callsPerSecond ?? 1000 };
}

function measureAlone(
  { contenders, callers, generator, database }: Setting,
  contender: Contender,
  load: Load,
): Promise<Slice> {
  // The same calls in the same order for everybody.
  generator.use(contender.small ? callers.small : callers.all);
  return alone(contender, contenders, () => measure(contender, database.server.pid, generator, load));
}
