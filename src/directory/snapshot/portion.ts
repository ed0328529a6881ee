import type { PortionRow } from '../lookup.query.ts';
import { toMatch } from '../lookup.row.ts';
import { isWorthRemembering, type SnapshotEntry } from './snapshot.ts';

/** Some numbers of the directory, in the order of `contacts.VALUE`. */
export interface Portion {
  readonly entries: readonly SnapshotEntry[];
  /** Where the next portion begins; null when this was the last one. */
  readonly next: string | null;
}

/** A directory that can be read portion by portion, from `''` to the end. */
export interface PortionSource {
  /** @param after the `next` of the portion before, `''` for the first */
  portion(after: string): Promise<Portion>;
}

/**
 * What the rows of one portion say.
 *
 * A full portion may end in the middle of a number: that number is left to the next portion, unless it
 * fills this one alone.
 *
 * @param limit how many rows were asked for
 */
export function toPortion(rows: readonly PortionRow[], limit: number): Portion {
  const last = numberOf(rows.at(-1));
  const isFull = rows.length >= limit;
  const cut = isFull ? rows.findLastIndex((row) => numberOf(row) !== last) + 1 : 0;
  const whole = isFull && cut > 0 ? rows.slice(0, cut) : rows;

  const entries: SnapshotEntry[] = [];
  for (const row of whole) {
    const number = numberOf(row);
    const match = toMatch(row);
    // contacts holds mail addresses, too.
    if (match !== undefined && /^\d{5,15}$/.test(number) && isWorthRemembering(match))
      entries.push([number, match]);
  }
  return { entries, next: isFull ? numberOf(whole.at(-1)) : null };
}

/** As it stands there, since the next portion begins after it. */
function numberOf(row: PortionRow | undefined): string {
  return row === undefined ? '' : String(row.number);
}
