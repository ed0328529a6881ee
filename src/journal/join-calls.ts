import type { Transaction } from 'kysely';
import type { Link } from '../calls/call.ts';
import { hasLink } from '../calls/links.ts';
import { addKeys, removeKeys } from './call-keys.ts';
import { fromRow, keysOf, manualLinks } from './call.row.ts';
import type { Engine } from './engine.ts';
import type { JournalDatabase } from './tables.ts';

type Db = Transaction<JournalDatabase>;

/** A call that turned out to be a part of another one. */
export interface JoinedCall {
  readonly gone: string;
  readonly into: string;
}

/** Characters of `calls.note`. */
const MAX_NOTE = 2000;
const HANGING = ['recordings', 'call_channels', 'listenings', 'requests'] as const;

/** Takes a call out. What hangs on it belongs to the other one from now on. */
export async function joinCall(db: Db, engine: Engine, { gone, into }: JoinedCall): Promise<void> {
  const row = await db.selectFrom('calls').selectAll().where('id', '=', gone).executeTakeFirst();
  if (row !== undefined) {
    await removeKeys(db, engine, [row]);
    await db.deleteFrom('calls').where('seq', '=', row.seq).execute();
    const { note, manual_links } = row;
    if (note !== null || manual_links !== null) await carryOver(db, engine, { note, manual_links }, into);
  }
  for (const table of HANGING)
    await db.updateTable(table).set({ call_id: into }).where('call_id', '=', gone).execute();
  await moveSurvey(db, { gone, into });
}

/** What people have added: both, where they added to the other one as well. */
async function carryOver(
  db: Db,
  engine: Engine,
  { note, manual_links }: { readonly note: string | null; readonly manual_links: string | null },
  into: string,
): Promise<void> {
  const row = await db.selectFrom('calls').selectAll().where('id', '=', into).executeTakeFirst();
  // One whose persons were forgotten gets none back.
  if (row === undefined || row.detail === null) return;
  const notes = [row.note, note].filter((one) => one !== null);
  const byHand = allLinks(manualLinks(row), manualLinks({ manual_links }));
  await db
    .updateTable('calls')
    .set({
      note: notes.length === 0 ? null : notes.join('\n').slice(0, MAX_NOTE),
      manual_links: byHand.length === 0 ? null : JSON.stringify(byHand),
    })
    .where('seq', '=', row.seq)
    .execute();
  const call = fromRow(row);
  await addKeys(db, engine, keysOf({ ...call, links: [...call.links, ...byHand] }, row.seq));
}

function allLinks(links: readonly Link[], more: readonly Link[]): Link[] {
  const added = more.filter((link) => !hasLink(links, link));
  return [...links, ...added].map((link, index) => ({ ...link, rank: index + 1 }));
}

async function moveSurvey(db: Db, { gone, into }: JoinedCall): Promise<void> {
  const asked = await db
    .selectFrom('surveys')
    .select('call_id')
    .where('call_id', '=', into)
    .executeTakeFirst();
  await (
    asked === undefined
      ? db.updateTable('surveys').set({ call_id: into }).where('call_id', '=', gone)
      : db.deleteFrom('surveys').where('call_id', '=', gone)
  ).execute();
  const answers = await db
    .selectFrom('survey_answers')
    .select(['place', 'id', 'question'])
    .where('call_id', 'in', [gone, into])
    .execute();
  const taken = new Set(answers.map(({ id }) => id));
  for (const { place, id, question } of answers) {
    const wanted = `${into} ${question}`;
    const isNamedAfter = id === `${gone} ${question}` && !taken.has(wanted);
    await db
      .updateTable('survey_answers')
      .set({ call_id: into, ...(isNamedAfter && { id: wanted }) })
      .where('place', '=', place)
      .execute();
  }
}
