import { exactOffset, timesOf, type CdrRow } from './cdr-row.ts';

/** Zones are from UTC-12 to UTC+14. In ms. */
const EAST = 14 * 3_600_000;
const WEST = -12 * 3_600_000;

/**
 * Whether calls ended in a time whose rows have no unique id, so that nobody knows what belongs together, or to a call of
 * the journal. Their zone is that of the rows which have one; without any, all zones count: it would be a guess that no
 * call is missed.
 */
export function hasNameless(rows: readonly CdrRow[], from: number, until: number): boolean {
  const nameless = rows.filter((row) => row.uniqueid === '' && row.linkedid === '');
  if (nameless.length === 0) return false;
  const offsets = rows.map(exactOffset).filter((offset) => offset !== null);
  const [least, most] =
    offsets.length === 0
      ? [WEST, EAST]
      : offsets.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [EAST, WEST]);
  return nameless.some((row) => {
    const { end } = timesOf(row);
    return end - most <= until && end - least >= from;
  });
}
