import type { Transaction } from 'kysely';
import type { Call } from '../calls/call.ts';
import { fromRow, reversed } from './call.row.ts';
import type { PlacedCall } from './call-writer.ts';
import { KEY_KINDS, type JournalDatabase } from './tables.ts';

type Db = Transaction<JournalDatabase>;

interface NumberTalk {
  readonly number: string;
  readonly seq: number;
  readonly at: number;
}

/**
 * A missed call is open until somebody speaks with that number, whichever of the two is written first.
 *
 * @returns ids of calls that turned out to be called back
 */
export async function settleMissed(db: Db, placed: readonly PlacedCall[]): Promise<string[]> {
  const missed = placed.filter(({ call }) => call.missed && call.from.number !== null);
  const talks = placed.flatMap(({ call, seq }) => talksWithNumbers(call, seq));
  if (missed.length > 0) {
    const seqs = missed.map(({ seq }) => seq);
    await db
      .updateTable('calls')
      .set((eb) => ({ open_missed: eb.ref('from_number') }))
      .where('seq', 'in', seqs)
      .where('called_back_at', 'is', null)
      .execute();
    talks.push(...(await laterTalks(db, missed)));
  }
  if (talks.length === 0) return [];

  const numbers = [...new Set(talks.map(({ number }) => number))];
  const open = await db
    .selectFrom('calls')
    .select(['id', 'seq', 'open_missed'])
    .where('open_missed', 'in', numbers)
    .execute();
  const calledBack: string[] = [];
  for (const { id, seq, open_missed } of open) {
    const back = talks.find((talk) => talk.number === open_missed && talk.seq > seq);
    if (back === undefined) continue;
    await db
      .updateTable('calls')
      .set({ open_missed: null, called_back_at: back.at })
      .where('seq', '=', seq)
      .execute();
    calledBack.push(id);
  }
  return calledBack;
}

/** The numbers that somebody spoke with, and since when. */
function talksWithNumbers({ talks, answeredAt, startedAt }: Call, seq: number): NumberTalk[] {
  const numbers = talks.flatMap(({ a, b }) => [a.number, b.number]).filter((number) => number !== null);
  return [...new Set(numbers)].map((number) => ({ number, seq, at: Date.parse(answeredAt ?? startedAt) }));
}

/** Talks with the callers of missed calls that stand in the journal already. */
async function laterTalks(db: Db, missed: readonly PlacedCall[]): Promise<NumberTalk[]> {
  const values = missed.map(({ call }) => reversed(call.from.number ?? ''));
  const rows = await db
    .selectFrom('call_keys')
    .innerJoin('calls', 'calls.seq', 'call_keys.seq')
    .selectAll('calls')
    .where('kind', '=', KEY_KINDS.number)
    .where('value', 'in', values)
    .where('call_keys.seq', '>', Math.min(...missed.map(({ seq }) => seq)))
    .where((eb) => eb.or([eb('talk_ms', '>', 0), eb('state', '=', 'talking')]))
    .orderBy('call_keys.seq')
    .execute();
  // A number may have rung, and another one have spoken.
  return rows.flatMap((row) => talksWithNumbers(fromRow(row), row.seq));
}
