import type { Kysely, Selectable } from 'kysely';
import type { Call } from '../calls/call.ts';
import { manualLinks, toTime, type JournalCall } from './call.row.ts';
import { withRecordings } from './recordings.query.ts';
import type { CallTable, JournalDatabase } from './tables.ts';

/** What people and other calls have added to a call, in its row. */
export type Additions = Pick<Selectable<CallTable>, 'called_back_at' | 'note' | 'manual_links'>;

export const ADDITIONS = ['called_back_at', 'note', 'manual_links'] as const satisfies (keyof Additions)[];

const NOTHING: Additions = { called_back_at: null, note: null, manual_links: null };

/**
 * Calls with what belongs to them and comes from elsewhere. Whoever reads or publishes calls gets them from here, a page
 * at a time: a feature that adds something to a call reads it here, for all calls of the page with one statement.
 *
 * @param db where a feature finds its rows
 * @param calls with the additions of their rows; undefined for a call that was not written yet
 */
export async function completeCalls(
  db: Kysely<JournalDatabase>,
  calls: readonly { readonly call: Call; readonly additions: Additions | undefined }[],
): Promise<JournalCall[]> {
  const ids = calls.map(({ call }) => call.id);
  const answers = await surveyAnswers(db, ids);
  const complete = calls.map(({ call, additions }) => ({
    ...withAdditions(call, additions ?? NOTHING),
    survey: answers.get(call.id) ?? [],
  }));
  return withRecordings(db, complete);
}

async function surveyAnswers(
  db: Kysely<JournalDatabase>,
  ids: readonly string[],
): Promise<Map<string, Call['survey']>> {
  const answers = new Map<string, Call['survey']>();
  if (ids.length === 0) return answers;
  const rows = await db
    .selectFrom('survey_answers')
    .select(['call_id', 'question', 'value', 'at'])
    .where('call_id', 'in', ids)
    .orderBy('place')
    .execute();
  for (const { call_id, question, value, at } of rows) {
    if (call_id === null || value === null) continue;
    const given = answers.get(call_id) ?? [];
    answers.set(call_id, [...given, { question, value, at: new Date(at).toISOString() }]);
  }
  return answers;
}

function withAdditions(call: Call, additions: Additions): JournalCall {
  return {
    ...call,
    calledBackAt: toTime(additions.called_back_at),
    links: [...call.links.filter(({ how }) => how !== 'manual'), ...manualLinks(additions)],
    note: additions.note,
  };
}
