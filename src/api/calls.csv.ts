import { stringify } from 'csv-stringify/sync';
import type { CallFilter } from '../journal/journal.query.ts';
import { CALL_COLUMNS, callCells } from '../journal/call.csv.ts';
import type { CallPage, JournalStore } from '../journal/journal.store.ts';
import type { JournalCall } from '../journal/call.row.ts';
import { zonedTime } from '../util/zoned-time.ts';

const FORMAT = { delimiter: ';', escape_formulas: true } as const;

/** Rows of a table at most. */
const MAX_ROWS = 100_000;
/** Calls read and formatted at a time. It takes about 20 ms, and nothing else is done meanwhile. */
const PAGE = 500;

interface TableOptions {
  readonly filter: CallFilter;
  readonly timeZone: string;
  /** As `JournalStore.list` takes it. */
  readonly before: number | null;
  /** Of the calls, what may be seen of them. */
  readonly shown: (calls: readonly JournalCall[]) => JournalCall[];
}

/**
 * The calls of a filter as a table, part by part: as a whole it may be some 100 MB.
 */
export async function* csvPages(
  store: JournalStore,
  { filter, timeZone, before, shown }: TableOptions,
): AsyncGenerator<string, undefined> {
  let head = csvHead();
  let next = before;
  for (let rows = 0; rows < MAX_ROWS; rows += PAGE) {
    const page: CallPage = await store.list(filter, PAGE, next);
    yield head + csvRows(shown(page.calls), timeZone);
    if (page.next === null) return;
    head = '';
    next = page.next;
  }
}

/** Before the first row: a byte order mark and the names of the columns. */
function csvHead(): string {
  return stringify([[...CALL_COLUMNS]], { ...FORMAT, bom: true });
}

/**
 * Rows of a table that Excel opens as it is: semicolons, times of the desk's zone. What would be a formula there is made
 * text: callers choose their names and numbers.
 */
function csvRows(calls: readonly JournalCall[], timeZone: string): string {
  const local = zonedTime(timeZone);
  return stringify(
    calls.map((call) => callCells(call, local)),
    FORMAT,
  );
}
