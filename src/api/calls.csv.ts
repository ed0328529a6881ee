import { stringify } from 'csv-stringify/sync';
import type { Party } from '../calls/call.ts';
import type { CallFilter } from '../journal/journal.query.ts';
import type { CallPage, JournalStore } from '../journal/journal.store.ts';
import type { JournalCall } from '../journal/call.row.ts';

const COLUMNS = [
  'id',
  'started',
  'direction',
  'from',
  'to',
  'answered by',
  'outcome',
  'missed',
  'called back',
  'wait, s',
  'talk, s',
  'hold, s',
  'shipments',
  'clients',
  'couriers',
  'note',
  'completeness',
] as const;

const FORMAT = { delimiter: ';', escape_formulas: true } as const;

/** Rows of a table at most. */
const MAX_ROWS = 100_000;
/** Read, and made text, at a time: so much takes some 20 ms, in which nothing else is done. */
const PAGE = 500;

/**
 * The calls of a filter as a table, part by part: as a whole it may be some 100 MB.
 *
 * @param before as `JournalStore.list` takes it
 */
export async function* csvPages(
  store: JournalStore,
  { filter, timeZone, before }: { filter: CallFilter; timeZone: string; before: number | null },
): AsyncGenerator<string, undefined> {
  let head = csvHead();
  let next = before;
  for (let rows = 0; rows < MAX_ROWS; rows += PAGE) {
    const page: CallPage = await store.list(filter, PAGE, next);
    yield head + csvRows(page.calls, timeZone);
    if (page.next === null) return;
    head = '';
    next = page.next;
  }
}

/** Before the first row: a byte order mark and the names of the columns. */
function csvHead(): string {
  return stringify([[...COLUMNS]], { ...FORMAT, bom: true });
}

/**
 * Rows of a table that Excel opens as it is: semicolons, times of the desk's zone. What would be a formula there is made
 * text: callers choose their names and numbers.
 */
function csvRows(calls: readonly JournalCall[], timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const local = (time: string | null): string => (time === null ? '' : format.format(new Date(time)));
  const rows = calls.map((call) => {
    const codes = (kind: string): string =>
      call.links
        .filter((link) => link.kind === kind)
        .map(({ code }) => code)
        .join(' ');
    return [
      call.id,
      local(call.startedAt),
      call.direction,
      shown(call.from),
      shown(call.to),
      call.answeredBy === null ? '' : shown(call.answeredBy),
      call.outcome ?? '',
      call.missed ? 1 : 0,
      local(call.calledBackAt),
      Math.round(call.seconds.wait),
      Math.round(call.seconds.talk),
      Math.round(call.seconds.hold),
      codes('shipment'),
      codes('client'),
      codes('courier'),
      call.note ?? '',
      call.completeness,
    ];
  });
  return stringify(rows, FORMAT);
}

function shown({ number, extension, user, raw }: Party): string {
  return number ?? (extension === null ? raw : [extension, user].filter(Boolean).join(' '));
}
