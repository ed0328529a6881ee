import { sql, type Selectable, type Transaction } from 'kysely';
import type { Call } from '../calls/call.ts';
import { chunks } from '../util/chunks.ts';
import { addKeys, deleteKeys } from './call-keys.ts';
import { keysOf, manualLinks, readStory, SEQ_PER_MS, toRow, type CallValues } from './call.row.ts';
import type { Engine } from './engine.ts';
import type { CallKeyTable, CallTable, JournalDatabase } from './tables.ts';

type Db = Transaction<JournalDatabase>;

/** A call and its key. */
export interface PlacedCall {
  readonly call: Call;
  readonly seq: number;
}

interface KnownCall extends PlacedCall {
  readonly row: Selectable<CallTable>;
}

interface Places {
  readonly fresh: readonly PlacedCall[];
  readonly known: readonly KnownCall[];
}

/** Rows of one INSERT: 50 of 23 columns stay far below SQLite's 32,766 parameters. */
const ROWS_PER_INSERT = 50;

/** Columns that a later version of the same call replaces; what people have added stays. */
const REPLACED = [
  'direction',
  'state',
  'answered_at',
  'ended_at',
  'outcome',
  'missed',
  'from_number',
  'to_number',
  'answered_by',
  'wait_ms',
  'ring_ms',
  'talk_ms',
  'hold_ms',
  'completeness',
  'detail',
] as const satisfies readonly (keyof CallValues)[];

/**
 * Writes calls, or newer versions of them, and what they are found by.
 *
 * @returns those that were written: one that has ended stays so, and one whose persons were forgotten too
 * @throws a collision, when another desk took the same place at the same moment: nothing is written then
 */
export async function writeCalls(db: Db, engine: Engine, calls: readonly Call[]): Promise<PlacedCall[]> {
  const { fresh, known } = await findPlaces(db, calls);
  const rowsOf = (placed: readonly PlacedCall[]) =>
    chunks(
      placed.map(({ call, seq }) => ({ ...toRow(call, seq), ...NOTHING_ADDED })),
      ROWS_PER_INSERT,
    );
  for (const rows of rowsOf(fresh)) await db.insertInto('calls').values(rows).execute();
  for (const rows of rowsOf(known)) {
    const insert = db.insertInto('calls').values(rows);
    await (
      engine === 'mysql'
        ? insert.onDuplicateKeyUpdate({ ...replaced(mysqlValue), open_missed: MYSQL_OPEN_MISSED })
        : insert.onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ ...replaced(sqliteValue), open_missed: SQLITE_OPEN_MISSED }),
          )
    ).execute();
  }
  const placed = [...fresh, ...known.map(({ call, seq }) => ({ call, seq }))];
  await deleteKeys(db, engine, known.flatMap(vanishedKeys));
  await addKeys(
    db,
    engine,
    placed.flatMap(({ call, seq }) => keysOf(call, seq)),
  );
  return placed;
}

/** What the version before was found by, and this one is not. */
function vanishedKeys({ call, seq, row }: KnownCall): CallKeyTable[] {
  const before = readStory(row);
  if (before === undefined) return [];
  const keys = keysOf({ ...call, links: [...call.links, ...manualLinks(row)] }, seq);
  const kept = new Set(keys.map(({ kind, value }) => `${kind} ${value}`));
  return keysOf(before, seq).filter(({ kind, value }) => !kept.has(`${kind} ${value}`));
}

const NOTHING_ADDED = { open_missed: null, called_back_at: null, note: null, manual_links: null };

function replaced<Value>(valueOf: (column: string) => Value) {
  return Object.fromEntries(REPLACED.map((column) => [column, valueOf(column)]));
}

function sqliteValue(column: string) {
  return sql`${sql.ref(`excluded.${column}`)}`;
}

/** Whatever key it met by: never over the row of another call. */
function mysqlValue(column: string) {
  const name = sql.ref(column);
  return sql`if(id = values(id), values(${name}), ${name})`;
}

/** Who was thought to have called in vain, and has not, is owed no call any more. */
const SQLITE_OPEN_MISSED = sql<string | null>`case when excluded.missed then calls.open_missed end`;
const MYSQL_OPEN_MISSED = sql<string | null>`if(id = values(id) and not values(missed), null, open_missed)`;

/** Gives each call its place, which it keeps for ever. */
async function findPlaces(db: Db, calls: readonly Call[]): Promise<Places> {
  const rows = await db
    .selectFrom('calls')
    .selectAll()
    .where(
      'id',
      'in',
      calls.map(({ id }) => id),
    )
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known: KnownCall[] = [];
  for (const call of calls) {
    const row = byId.get(call.id);
    // A desk that stood still may still have what was true before another one saw the end.
    // Whoever still knows the persons of a call that were forgotten must not bring them back.
    if (row?.detail == null) continue;
    if (call.state === 'ended' || row.state !== 'ended') known.push({ call, seq: row.seq, row });
  }
  const fresh = await findFreePlaces(
    db,
    calls.filter(({ id }) => !byId.has(id)),
  );
  return { fresh, known };
}

async function findFreePlaces(db: Db, calls: readonly Call[]): Promise<PlacedCall[]> {
  const placed: PlacedCall[] = [];
  const taken = new Set<number>();
  let waiting = calls;
  while (waiting.length > 0) {
    const wanted = waiting.map((call) => {
      let seq = Date.parse(call.startedAt) * SEQ_PER_MS;
      while (taken.has(seq)) seq += 1;
      taken.add(seq);
      return { call, seq };
    });
    // Somebody else may stand there already: those try the next place.
    const rows = await db
      .selectFrom('calls')
      .select('seq')
      .where(
        'seq',
        'in',
        wanted.map(({ seq }) => seq),
      )
      .execute();
    const occupied = new Set(rows.map(({ seq }) => seq));
    placed.push(...wanted.filter(({ seq }) => !occupied.has(seq)));
    waiting = wanted.filter(({ seq }) => occupied.has(seq)).map(({ call }) => call);
  }
  return placed;
}
