import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import { removeKeys } from './call-keys.ts';
import { reversed, SEQ_PER_MS } from './call.row.ts';
import { blankTexts } from './blank-texts.ts';
import type { Engine } from './engine.ts';
import { KEY_KINDS, type CallTable, type JournalDatabase } from './tables.ts';

/** What tells of persons in a row. */
const BLANK = {
  from_number: null,
  to_number: null,
  answered_by: null,
  open_missed: null,
  note: null,
  manual_links: null,
  detail: null,
};

/** Forgets the persons of calls, and keeps what is counted. */
export async function blankCalls(
  db: Transaction<JournalDatabase>,
  engine: Engine,
  rows: readonly Selectable<CallTable>[],
): Promise<void> {
  if (rows.length === 0) return;
  await removeKeys(db, engine, rows);
  const seqs = rows.map(({ seq }) => seq);
  await db.updateTable('calls').set(BLANK).where('seq', 'in', seqs).execute();
  // Nobody saw the end of those.
  await db
    .updateTable('calls')
    .set((eb) => ({ state: 'ended', ended_at: eb.ref('started_at'), completeness: 'partial' }))
    .where('seq', 'in', seqs)
    .where('state', '<>', 'ended')
    .execute();
}

/** What one number has left in the journal. */
export interface BlankedNumber {
  /** Ids of the calls whose persons were forgotten. */
  readonly calls: readonly string[];
  /** Notes and comments that named it, in calls of others. */
  readonly notes: number;
  /** Calls with it that last, and for less than a day: their persons are still there. */
  readonly live: number;
}

/** Calls of one transaction. */
const PORTION = 200;

/** No call lasts for so long, in ms: of those that still do in the journal, the Asterisk is gone. */
const OVER_MS = 86_400_000;

/** Forgets the persons of every call that a number took part in. */
export async function blankNumber(
  db: Kysely<JournalDatabase>,
  engine: Engine,
  number: string,
): Promise<BlankedNumber> {
  const calls: string[] = [];
  // A part of a number, or none, stands in the numbers and notes of others.
  if (!/^\d{7,15}$/.test(number)) return { calls, notes: 0, live: 0 };
  for (let count = PORTION; count === PORTION;) {
    count = await db.transaction().execute(async (transaction) => {
      const rows = await callsOf(transaction, number, 'ended').limit(PORTION).execute();
      await blankCalls(transaction, engine, rows);
      await deleteTraces(transaction, number, rows);
      calls.push(...rows.map(({ id }) => id));
      return rows.length;
    });
  }
  const live = await callsOf(db, number, 'live').execute();
  const notes = await blankTexts(db, number);
  await db.deleteFrom('call_channels').where('number', '=', number).execute();
  return { calls, notes, live: live.length };
}

/** Of versions before, too, whose keys older desks left: those calls would be found for ever. */
async function deleteTraces(
  db: Transaction<JournalDatabase>,
  number: string,
  rows: readonly Selectable<CallTable>[],
): Promise<void> {
  if (rows.length === 0) return;
  const seqs = rows.map(({ seq }) => seq);
  const ids = rows.map(({ id }) => id);
  // One that was put down while the recordings were erased would find their files again.
  await db.deleteFrom('call_channels').where('call_id', 'in', ids).execute();
  await db
    .deleteFrom('call_keys')
    .where('kind', '=', KEY_KINDS.number)
    .where('value', '=', reversed(number))
    .where('seq', 'in', seqs)
    .execute();
}

/** Those that numbers, and texts with numbers in them, were deleted from. */
const TABLES = ['calls', 'call_keys', 'call_channels', 'recordings', 'survey_answers', 'requests'] as const;

/** Rewrites the files of the journal: what was deleted stands in them until its place is needed. Others may work meanwhile. */
export async function compact(db: Kysely<JournalDatabase>, engine: Engine): Promise<void> {
  if (engine === 'mysql') {
    for (const table of TABLES) await sql`optimize table ${sql.table(table)}`.execute(db);
    return;
  }
  await sql`vacuum`.execute(db);
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
}

/** A query for whole rows; a number is found as a whole only. */
export function endedCallsOf(db: Kysely<JournalDatabase>, number: string) {
  return callsOf(db, number, 'ended');
}

function callsOf(db: Kysely<JournalDatabase>, number: string, which: 'ended' | 'live') {
  return db
    .selectFrom('calls')
    .selectAll()
    .where((eb) => {
      const isOver = eb.or([
        eb('state', '=', 'ended'),
        eb('calls.seq', '<', (Date.now() - OVER_MS) * SEQ_PER_MS),
      ]);
      return which === 'ended' ? isOver : eb.not(isOver);
    })
    .where((eb) =>
      eb.or([
        eb('from_number', '=', number),
        eb('to_number', '=', number),
        eb(
          'seq',
          'in',
          eb
            .selectFrom('call_keys')
            .select('call_keys.seq')
            .where('kind', '=', KEY_KINDS.number)
            .where('value', '=', reversed(number)),
        ),
      ]),
    )
    .orderBy('seq');
}
