import type { Call } from '../calls/call.ts';
import type { JournalCall } from '../journal/call.row.ts';
import type { CallPage } from '../journal/journal.store.ts';
import type { DeskApi } from './context.ts';

type Source = Pick<DeskApi, 'journal' | 'liveCalls'>;

/** A call that lasts, without what people have added to it; undefined for any other. */
export function liveCall(id: string, { liveCalls }: Pick<Source, 'liveCalls'>): Call | undefined {
  return liveCalls().find((call) => call.id === id);
}

/** A call as it is now: the journal is late while it is busy, and knows nothing new while it cannot be written to. */
export async function newestCall(id: string, source: Source): Promise<JournalCall | undefined> {
  const { store } = source.journal;
  const live = liveCall(id, source);
  return live === undefined ? store.get(id) : (await store.complete([live]))[0];
}

/** The first page of the calls that ring or are talked on: those that the journal does not have yet are there as well. */
export async function firstLivePage(
  state: 'ringing' | 'talking',
  limit: number,
  { journal, liveCalls }: Source,
): Promise<CallPage> {
  const live = liveCalls();
  const known = new Set(live.map(({ id }) => id));
  const [stored, complete] = await Promise.all([
    journal.store.list({ state }, limit),
    journal.store.complete(live.filter((call) => call.state === state)),
  ]);
  // Of several pages each comes from the journal, or a call might be on two of them.
  if (stored.next !== null) return stored;
  const calls = [...complete, ...stored.calls.filter(({ id }) => !known.has(id))];
  return { calls: calls.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)), next: null };
}
