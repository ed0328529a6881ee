import { computed, signal } from '@preact/signals';
import type { Call } from '../../calls/call.ts';
import type { PageCall } from '../calls/page-call.ts';
import type { Gap } from '../journal/rows.ts';
import { tell } from './happening.ts';
import type { ServerEvent } from './sse.ts';

/** Ended calls that are kept, for cards and rows that linger. */
const KEPT_ENDED = 100;
/** What the journal answers may be so much older than the events, in ms. */
const BEHIND_MS = 1000;
/** Longer than any request takes, in ms. */
const REMEMBERED_MS = 60_000;

/** Calls that are going on, and the last ones that ended while the page was open, by id. */
export const calls = signal<ReadonlyMap<string, PageCall>>(new Map());

/** Calls that are going on, the oldest first: a new one comes at the end. */
export const liveCalls = computed(() =>
  [...calls.value.values()]
    .filter(({ state }) => state !== 'ended')
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0)),
);

/** When the last event of a call came, in ms of `performance.now()`; the latest at the end. */
const heardAt = new Map<string, number>();
/** Calls that became a part of another one: an answer that still has them is old. */
const gone = new Set<string>();

/** Tells of answers of the desk that were asked for at one moment what they are worth. */
export interface Answers {
  /** Whether the events know more of this call. */
  readonly isHeard: (id: string) => boolean;
  readonly isOutdated: (call: PageCall) => boolean;
  /** The call as it is known best; null when it is none any more. */
  readonly newest: (call: PageCall) => PageCall | null;
}

/** For what is asked for now. */
export function answersFromNow(): Answers {
  const from = performance.now() - BEHIND_MS;
  const isHeard = (id: string): boolean =>
    gone.has(id) || (heardAt.get(id) ?? Number.NEGATIVE_INFINITY) >= from;
  // A call that has ended stays so, however late the journal learns of it.
  const isOutdated = ({ id, state }: PageCall): boolean =>
    isHeard(id) || (state !== 'ended' && calls.peek().get(id)?.state === 'ended');
  return {
    isHeard,
    isOutdated,
    newest: (call) => {
      if (gone.has(call.id)) return null;
      return isOutdated(call) ? (calls.peek().get(call.id) ?? call) : call;
    },
  };
}

/** Takes over a call from an answer of the desk, unless the events know better. */
export function noteCall(call: PageCall, answers: Answers): void {
  if (!answers.isOutdated(call)) put(call);
}

/** A call without a note comes from a desk whose journal is late or away: what people have added it cannot tell. */
type Told = Call & { readonly note?: string | null };

function withAdditions(told: Told, known: PageCall | undefined): PageCall {
  if (told.note !== undefined) return { ...told, note: told.note };
  if (known === undefined) return { ...told, note: null };
  const { note, recordings, survey, calledBackAt } = known;
  const byHand = known.links.filter(({ how }) => how === 'manual');
  return { ...told, note, recordings, survey, calledBackAt, links: [...told.links, ...byHand] };
}

/** Takes over an event of the desk; those of other things than calls are left alone. */
export function takeEvent({ name, data }: Pick<ServerEvent, 'name' | 'data'>): void {
  if (name === 'call') {
    const told: Told = JSON.parse(data);
    hear(told.id);
    put(withAdditions(told, calls.peek().get(told.id)));
  }
  if (name === 'joined') {
    const { id, into }: { id: string; into: string } = JSON.parse(data);
    gone.add(id);
    const next = new Map(calls.value);
    next.delete(id);
    calls.value = next;
    tell({ name: 'joined', id, into });
  }
  if (name === 'gap') {
    const { gap }: { gap: Gap } = JSON.parse(data);
    tell({ name: 'gap', gap });
  }
}

/** Takes over what the desk says is going on. @param away calls that it does not name any more */
export function replaceCalls(found: readonly PageCall[], away: readonly string[], answers: Answers): void {
  const next = new Map(calls.value);
  for (const id of away) if (!answers.isHeard(id)) next.delete(id);
  for (const call of found) if (!answers.isOutdated(call)) next.set(call.id, call);
  forgetOldest(next);
  calls.value = next;
}

export function forgetCalls(): void {
  calls.value = new Map();
  heardAt.clear();
  gone.clear();
}

function put(call: PageCall): void {
  const next = new Map(calls.value);
  next.delete(call.id);
  next.set(call.id, call);
  forgetOldest(next);
  calls.value = next;
  tell({ name: 'call', call });
}

function hear(id: string): void {
  const time = performance.now();
  heardAt.delete(id);
  heardAt.set(id, time);
  for (const [old, at] of heardAt) {
    if (time - at < REMEMBERED_MS) break;
    heardAt.delete(old);
  }
}

function forgetOldest(map: Map<string, PageCall>): void {
  const ended = [...map.values()].filter(({ state }) => state === 'ended');
  for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) map.delete(id);
}
