import type { ContenderKey } from './contenders/contender.ts';
import type { PhaseName, Slice } from './slice.ts';

export type Figure = (slice: Slice) => number;

/** NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** The smallest value that so large a part of them does not exceed. NaN for an empty list. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export function medianOf(
  slices: readonly Slice[],
  contender: ContenderKey,
  phase: PhaseName,
  figure: Figure,
): number {
  return median(slices.filter((one) => one.contender === contender && one.phase === phase).map(figure));
}

/**
 * The median over the rounds of one contender's figure divided by the other's of the same round: what the
 * machine did at another time does not count. NaN when they have no round in common.
 */
export function pairedRatio(
  slices: readonly Slice[],
  phase: PhaseName,
  figure: Figure,
  one: ContenderKey,
  other: ContenderKey,
): number {
  const of = (key: ContenderKey, round: number): Slice | undefined =>
    slices.find((slice) => slice.contender === key && slice.phase === phase && slice.round === round);
  const ratios: number[] = [];
  for (const round of new Set(slices.map((slice) => slice.round))) {
    const [a, b] = [of(one, round), of(other, round)];
    if (a !== undefined && b !== undefined) ratios.push(figure(a) / figure(b));
  }
  return median(ratios);
}
