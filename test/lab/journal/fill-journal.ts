import { sql } from 'kysely';
import { openJournalOn } from '../../../src/journal/open.ts';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import { yearOfCalls, type YearOptions } from './year-of-calls.ts';
import { sqliteInProcess } from './sqlite-in-process.ts';

/** Calls of one transaction, as `src/journal/journal.ts` has it. */
const BATCH = 500;

/**
 * Makes a journal file of a year's calls, or adds to one: a million takes some minutes and 700 MB. A desk that is started
 * on it afterwards finds them.
 *
 * @param path of the file
 */
export async function fillJournal(path: string, calls: number, options?: YearOptions): Promise<void> {
  const store = await openJournalOn('sqlite', () => sqliteInProcess(path));
  try {
    await fillStore(store, calls, options);
    // Here, where no thread ends, the file would stay open, and calls in the log beside it.
    await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  } finally {
    await store.close();
  }
}

/** The same for a store that is open. */
export async function fillStore(store: JournalStore, calls: number, options?: YearOptions): Promise<void> {
  const callOf = yearOfCalls(calls, options);
  for (let first = 0; first < calls; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, calls - first) }, (_, n) => callOf(first + n));
    await store.save(batch);
  }
}
