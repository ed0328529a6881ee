import { sql, type Selectable, type Transaction } from 'kysely';
import { chunks } from '../util/chunks.ts';
import { fromRow, keysOf, manualLinks, readStory } from './call.row.ts';
import type { Engine } from './engine.ts';
import type { CallKeyTable, CallTable, JournalDatabase } from './tables.ts';

const KEYS_PER_STATEMENT = 500;

type Db = Transaction<JournalDatabase>;

export async function addKeys(db: Db, engine: Engine, keys: readonly CallKeyTable[]): Promise<void> {
  for (const some of chunks(keys, KEYS_PER_STATEMENT)) {
    const insert = db.insertInto('call_keys').values(some);
    await (engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
  }
}

/** What calls are found by, links by hand included. */
export async function removeKeys(
  db: Db,
  engine: Engine,
  rows: readonly Selectable<CallTable>[],
): Promise<void> {
  const keys: CallKeyTable[] = [];
  for (const row of rows) {
    const call = fromRow(row);
    keys.push(...keysOf({ ...call, links: [...call.links, ...manualLinks(row)] }, row.seq));
    if (row.detail !== null && readStory(row) === undefined) {
      // Damaged: what it was found by stands nowhere else. It takes a look at every key, and happens to hardly any call.
      await db.deleteFrom('call_keys').where('seq', '=', row.seq).execute();
    }
  }
  await deleteKeys(db, engine, keys);
}

export async function deleteKeys(db: Db, engine: Engine, keys: readonly CallKeyTable[]): Promise<void> {
  for (const some of chunks(keys, KEYS_PER_STATEMENT)) {
    const tuples = some.map(({ kind, value, seq }) => sql`(${kind}, ${value}, ${seq})`);
    // SQLite takes several tuples as a table only, MySQL as a list only.
    const values = engine === 'mysql' ? sql`` : sql`values `;
    await sql`delete from call_keys where (kind, value, seq) in (${values}${sql.join(tuples)})`.execute(db);
  }
}
