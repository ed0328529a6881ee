import { sql, type Transaction } from 'kysely';
import type { Call } from '../calls/call.ts';
import { chunks } from '../util/chunks.ts';
import { addKeys } from './call-keys.ts';
import { keysOf, SEQ_PER_MS, toRow, type CallValues } from './call.row.ts';
import type { Engine } from './engine.ts';
import type { JournalDatabase } from './tables.ts';

type Db = Transaction<JournalDatabase>;

/** A call and its key. */
export interface PlacedCall {
  readonly call: Call;
  readonly seq: number;
}

interface Places {
  readonly fresh: readonly PlacedCall[];
  readonly known: readonly PlacedCall[];
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
 * @returns those that were written: one that has ended stays so
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
        ? insert.onDuplicateKeyUpdate(replaced(mysqlValue))
        : insert.onConflict((conflict) => conflict.column('id').doUpdateSet(replaced(sqliteValue)))
    ).execute();
  }
  const placed = [...fresh, ...known];
  await addKeys(
    db,
    engine,
    placed.flatMap(({ call, seq }) => keysOf(call, seq)),
  );
  return placed;
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

/** Gives each call its place, which it keeps for ever. */
async function findPlaces(db: Db, calls: readonly Call[]): Promise<Places> {
  const rows = await db
    .selectFrom('calls')
    .select(['id', 'seq', 'state'])
    .where(
      'id',
      'in',
      calls.map(({ id }) => id),
    )
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known: PlacedCall[] = [];
  for (const call of calls) {
    const row = byId.get(call.id);
    // A desk that stood still may still have what was true before another one saw the end.
    if (row !== undefined && (call.state === 'ended' || row.state !== 'ended')) {
      known.push({ call, seq: row.seq });
    }
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
