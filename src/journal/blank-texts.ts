import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { namesNumber } from '../phone/names-number.ts';
import type { JournalDatabase } from './tables.ts';

/** Texts of one reading. */
const PORTION = 500;

/**
 * Removes what people and programs wrote freely where it names a number, however they spelled it.
 *
 * @param number 7 to 15 digits
 * @returns how many notes and comments are gone
 */
export async function blankTexts(db: Kysely<JournalDatabase>, number: string): Promise<number> {
  const notes = await blankNotes(db, number);
  const comments = await blankAnswers(db, number);
  await blankRequestKeys(db, number);
  return notes + comments;
}

async function blankNotes(db: Kysely<JournalDatabase>, number: string): Promise<number> {
  let removed = 0;
  for (let after: number | undefined = -1; after !== undefined;) {
    const rows = await db
      .selectFrom('calls')
      .select(['seq', 'note'])
      .where('note', 'is not', null)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PORTION)
      .execute();
    const named = rows.filter(({ note }) => namesNumber(note, number)).map(({ seq }) => seq);
    if (named.length > 0)
      await db.updateTable('calls').set({ note: null }).where('seq', 'in', named).execute();
    removed += named.length;
    after = rows.at(-1)?.seq;
  }
  return removed;
}

/** Of a review its source chooses the id. */
async function blankAnswers(db: Kysely<JournalDatabase>, number: string): Promise<number> {
  let removed = 0;
  for (let after: number | undefined = -1; after !== undefined;) {
    const rows = await db
      .selectFrom('survey_answers')
      .select(['place', 'id', 'call_id', 'comment'])
      .where((eb) => eb.or([eb('comment', 'is not', null), eb('call_id', 'is', null)]))
      .where('place', '>', after)
      .orderBy('place')
      .limit(PORTION)
      .execute();
    for (const { place, id, call_id, comment } of rows) {
      const isCommented = namesNumber(comment, number);
      const isNamed = call_id === null && namesNumber(id, number);
      if (!isCommented && !isNamed) continue;
      await db
        .updateTable('survey_answers')
        .set({ ...(isCommented && { comment: null }), ...(isNamed && { id: `review:${randomUUID()}` }) })
        .where('place', '=', place)
        .execute();
      if (isCommented) removed += 1;
    }
    after = rows.at(-1)?.place;
  }
  return removed;
}

/**
 * What stood in answers and reviews of before a time. Marks stay: they name codes, no persons.
 *
 * @returns how many were changed; fewer than `limit` when none is left
 */
export async function blankAnswersBefore(
  db: Kysely<JournalDatabase>,
  time: number,
  limit: number,
): Promise<number> {
  const rows = await db
    .selectFrom('survey_answers')
    .select(['place', 'id'])
    .where('at', '<', time)
    .where((eb) => eb.or([eb('comment', 'is not', null), eb('id', 'like', 'review:%')]))
    .limit(limit)
    .execute();
  for (const { place, id } of rows) {
    const forgotten = id.startsWith('review:') ? `forgotten:${place}` : id;
    await db
      .updateTable('survey_answers')
      .set({ comment: null, id: forgotten })
      .where('place', '=', place)
      .execute();
  }
  return rows.length;
}

/** A client chooses the key of a request, and may have put anything into it. */
async function blankRequestKeys(db: Kysely<JournalDatabase>, number: string): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const rows: { id: string; request_key: string | null }[] = await db
      .selectFrom('requests')
      .select(['id', 'request_key'])
      .where('request_key', 'is not', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(PORTION)
      .execute();
    const named = rows.filter(({ request_key }) => namesNumber(request_key, number)).map(({ id }) => id);
    if (named.length > 0)
      await db.updateTable('requests').set({ request_key: null }).where('id', 'in', named).execute();
    after = rows.at(-1)?.id;
  }
}
