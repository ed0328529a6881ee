import type { Spellings } from '../../phone/spellings.ts';
import { toMatch } from '../sql/lookup.row.ts';
import type { LookupRow } from '../sql/selection.ts';
import { toRawText } from '../sql/values.ts';
import type { SnapshotEntry } from './snapshot.ts';

/** Some rows of the directory, along an index of `contacts`. */
export interface Page {
  readonly entries: readonly SnapshotEntry[];
  /** Where the next page begins; null when this was the last one. */
  readonly next: string | null;
}

/** A directory that can be read page by page, from `''` to the end. */
export interface PagedDirectory {
  /** @param after the `next` of the page before, `''` for the first */
  readPage(after: string): Promise<Page>;
}

/**
 * What the rows of a page say, for the numbers among them: `contacts` holds mail addresses, too.
 *
 * @param onSpelling told of each number how it is written, as `Spellings.indexOf` does
 */
export function toEntries(
  rows: readonly LookupRow[],
  spellings: Spellings,
  inHandStates: readonly number[],
  onSpelling: (index: number) => void,
): SnapshotEntry[] {
  const entries: SnapshotEntry[] = [];
  for (const row of rows) {
    const written = toRawText(row.number);
    const numbers = spellings.meaning(written);
    if (numbers.length === 0) continue;
    const match = toMatch(row, inHandStates);
    if (match === undefined) continue;
    for (const number of numbers) {
      onSpelling(spellings.indexOf(number, written));
      entries.push([number, match]);
    }
  }
  return entries;
}
