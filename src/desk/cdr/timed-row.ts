import { madeAt, ROUNDING_MS, timesOf, zoneOffset, type CdrRow, type RowTimes } from '../../cdr/cdr-row.ts';

/** A row whose times are ms since 1970. */
export type TimedRow = Omit<CdrRow, 'start' | 'answer' | 'end'> & RowTimes;

const HOUR_MS = 3_600_000;

/**
 * The rows of one call in the order of their beginnings.
 *
 * @returns undefined when no unique id is one of Asterisk's own: then its zone is not known
 */
export function timedRows(rows: readonly CdrRow[]): TimedRow[] | undefined {
  const offset = offsetOf(rows);
  if (offset === undefined) return undefined;
  return rows.map((row) => timed(row, offset)).toSorted((a, b) => a.start - b.start);
}

/**
 * The zone in which the call began. Later rows of a channel begin when somebody else is rung, and seem to be of another
 * zone: the first one of a channel tells it to the second.
 */
function offsetOf(rows: readonly CdrRow[]): number | undefined {
  const found = rows.flatMap((row) => {
    const [offset, made] = [zoneOffset(row), madeAt(row)];
    if (offset === null || made === null) return [];
    return [{ offset, made, error: Math.max(ROUNDING_MS, Math.abs(timesOf(row).start - made - offset)) }];
  });
  return found.toSorted((a, b) => a.error - b.error || a.made - b.made)[0]?.offset;
}

function timed(row: CdrRow, offset: number): TimedRow {
  const { start, answer, end } = timesOf(row);
  const shift = shiftOf(start - offset, madeAt(row)) - offset;
  return { ...row, start: start + shift, answer: answer === null ? null : answer + shift, end: end + shift };
}

/** For a row that began when the clock had been put back, or forward, since the call began. */
function shiftOf(start: number, made: number | null): number {
  if (made === null) return 0;
  // It cannot begin before its channel was made.
  if (start < made - ROUNDING_MS) return HOUR_MS;
  // The first row of a channel begins when that is made, not an hour later.
  return Math.abs(start - made - HOUR_MS) <= ROUNDING_MS ? -HOUR_MS : 0;
}
