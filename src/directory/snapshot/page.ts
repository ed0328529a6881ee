import type { NumberedRow } from '../sql/lookup.query.ts';
import { inOrder, toMatch } from '../sql/lookup.row.ts';
import { isWorthRemembering, type SnapshotEntry } from './snapshot.ts';

/** Some numbers of the directory, in the order of `contacts.VALUE`. */
export interface Page {
  readonly entries: readonly SnapshotEntry[];
  /** Where the next portion begins; null when this was the last one. */
  readonly next: string | null;
}

/** A directory that can be read portion by portion, from `''` to the end. */
export interface PagedDirectory {
  /** @param after the `next` of the portion before, `''` for the first */
  portion(after: string): Promise<Page>;
}

/** What the rows of a portion say, for the numbers among them: `contacts` holds mail addresses, too. */
export function toEntries(rows: readonly NumberedRow[]): SnapshotEntry[] {
  const entries: SnapshotEntry[] = [];
  for (const row of inOrder(rows)) {
    const number = String(row.number).trim();
    const match = toMatch(row);
    if (match !== undefined && /^\d{5,15}$/.test(number) && isWorthRemembering(match))
      entries.push([number, match]);
  }
  return entries;
}
