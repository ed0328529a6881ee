import type { ContenderKey } from './contenders/contender.ts';
import type { PhaseName, Slice } from './slice.ts';
import { pairedRatio, type Figure } from './statistics.ts';

/** A ratio that is to be reached. */
interface Target {
  readonly name: string;
  readonly phase: PhaseName;
  readonly figure: Figure;
  /** The first one's figure divided by the second one's. */
  readonly pair: readonly [ContenderKey, ContenderKey];
  readonly least?: number;
  readonly most?: number;
}

export interface Verdict {
  readonly name: string;
  readonly ratio: number;
  /** Such as `≥ 0.95`. */
  readonly target: string;
  readonly reached: boolean;
}

const rate: Figure = (slice) => slice.callsPerSecond;
const cpu: Figure = (slice) => slice.cpuUs.server;
const p99: Figure = (slice) => slice.latencyMs.p99;
const peak: Figure = (slice) => slice.memoryMb.peak;
const allCpu: Figure = (slice) => slice.cpuUs.server + slice.cpuUs.database;

const TARGETS: readonly Target[] = [
  { name: 'calls/s, 10 connections, c/a', phase: 'closed 10', figure: rate, pair: ['c', 'a'], least: 0.95 },
  { name: 'calls/s, 50 connections, c/a', phase: 'closed 50', figure: rate, pair: ['c', 'a'], least: 0.95 },
  { name: 'p99 at 500 calls/s, c/a', phase: 'open 500', figure: p99, pair: ['c', 'a'], most: 1.5 },
  { name: 'calls/s, 50 connections, c/b', phase: 'closed 50', figure: rate, pair: ['c', 'b'], least: 1.8 },
  { name: 'calls/s, 50 connections, d/a', phase: 'closed 50', figure: rate, pair: ['d', 'a'], least: 1.8 },
  { name: 'memory, peak, c/a', phase: 'closed 50', figure: peak, pair: ['c', 'a'], most: 1.6 },
  { name: 'CPU a call, 10 connections, c/a', phase: 'closed 10', figure: cpu, pair: ['c', 'a'], most: 1.15 },
  { name: 'CPU a call, 50 connections, c/a', phase: 'closed 50', figure: cpu, pair: ['c', 'a'], most: 1.15 },
  {
    name: 'CPU a call with the database, ten times the data, c/t',
    phase: 'closed 10',
    figure: allCpu,
    pair: ['c', 't'],
    most: 1.1,
  },
];

/** Only of pairs that were both measured. */
export function judge(slices: readonly Slice[]): Verdict[] {
  return TARGETS.map(({ name, phase, figure, pair, least, most }) => {
    const ratio = pairedRatio(slices, phase, figure, ...pair);
    const reached = ratio >= (least ?? 0) && ratio <= (most ?? Number.POSITIVE_INFINITY);
    return { name, ratio, target: least === undefined ? `≤ ${most ?? ''}` : `≥ ${least}`, reached };
  }).filter(({ ratio }) => !Number.isNaN(ratio));
}
