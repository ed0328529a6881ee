import { computed, signal } from '@preact/signals';
import { ask, withLimit } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { deskTime } from './clock.ts';
import { shareEvents } from './shared-stream.ts';
import type { ServerEvent } from './sse.ts';

export interface AsteriskState {
  readonly asterisk: string;
  /** `followed` when all is well. */
  readonly state: string;
  readonly problem: string | null;
  /** When it was heard last; null while it is followed, and when it never was. */
  readonly since: string | null;
}

interface Connection {
  /** `loading`: the line stands, facts are being read anew. What is shown is as of `at` unless it is `live`. */
  readonly state: 'loading' | 'live' | 'lost';
  /** When what is shown was true for the last time, in ms; null when nothing is known yet. */
  readonly at: number | null;
}

/** Ended calls that are kept, for cards and rows that linger. */
const KEPT_ENDED = 100;
/** What the journal says may be some 100 ms behind the events, so facts are read once more. In ms. */
const SECOND_LOOK_MS = 2500;
/** Facts are read again so often even if no event was missed, in ms. */
const LOOK_EVERY_MS = 60_000;

/** Calls that are going on, and the last ones that ended while the page was open, by id. */
export const calls = signal<ReadonlyMap<string, PageCall>>(new Map());
export const connection = signal<Connection>({ state: 'loading', at: null });
/** One an Asterisk; empty until they are known. */
export const asterisks = signal<readonly AsteriskState[]>([]);

/** Calls that are going on, the oldest first: a new one comes at the end. */
export const liveCalls = computed(() =>
  [...calls.value.values()]
    .filter(({ state }) => state !== 'ended')
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0)),
);

/** Asterisks out of the desk's reach. */
export const lostAsterisks = computed(() => asterisks.value.filter(({ state }) => state !== 'followed'));
/** When what is shown was true; null when it is true now, or was not known at all. */
export const asOf = computed(() =>
  connection.value.state === 'lost'
    ? connection.value.at
    : earliest(lostAsterisks.value.flatMap(({ since }) => since ?? [])),
);
/** Whether what is shown is true now. */
export const isLive = computed(() => connection.value.state !== 'lost' && lostAsterisks.value.length === 0);

export type Happening =
  | { readonly name: 'call'; readonly call: PageCall }
  | { readonly name: 'joined' | 'reloaded' };
type Listener = (what: Happening) => void;
const listeners = new Set<Listener>();

/** @returns ends it */
export function onHappening(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Ids of calls with events since the facts were asked for: the events are newer. */
let touched = new Set<string>();
let loading = 0;
/** Whether the stream of events stands; without it what was read is out of date at once. */
let stands = false;
/** When the desk said something for the last time, in ms of its clock. */
let heardAt = 0;

/** Follows what happens until it is aborted. */
export function follow(life: AbortSignal, onRefused: () => void): void {
  const look = setInterval(() => {
    if (connection.value.state === 'live') void load(life);
  }, LOOK_EVERY_MS);
  let second: ReturnType<typeof setTimeout> | undefined;
  life.addEventListener('abort', () => {
    clearInterval(look);
    clearTimeout(second);
    calls.value = new Map();
    stands = false;
    connection.value = { state: 'loading', at: null };
  });
  const loadTwice = (): void => {
    void load(life);
    clearTimeout(second);
    second = setTimeout(() => void load(life), SECOND_LOOK_MS);
  };
  void load(life);
  shareEvents(
    {
      onOpen: () => {
        stands = true;
        loadTwice();
      },
      onHeard: () => {
        heardAt = deskTime();
      },
      onEvent: (event) => {
        if (event.name === 'reset') return loadTwice();
        take(event);
        // What it did meanwhile is filled up from the list of its channels.
        if (event.name === 'status') loadTwice();
      },
      onLost: () => {
        stands = false;
        // An answer that is still on its way is older than the loss.
        loading++;
        clearTimeout(second);
        const { state, at } = connection.value;
        // A line dies in silence: what is shown was true when the desk spoke last, and not when that was noticed.
        if (state !== 'lost')
          connection.value = { state: 'lost', at: state === 'live' ? Math.max(heardAt, at ?? 0) : at };
      },
      onRefused,
    },
    life,
  );
}

/** Takes over a call from an answer of the desk. */
export function noteCall(call: PageCall): void {
  touched.add(call.id);
  const next = new Map(calls.value);
  next.delete(call.id);
  next.set(call.id, call);
  forgetOldest(next);
  calls.value = next;
  tell({ name: 'call', call });
}

function take({ name, data }: ServerEvent): void {
  if (name === 'call') {
    const call: PageCall = JSON.parse(data);
    noteCall(call);
  }
  if (name === 'joined') {
    const { id }: { id: string } = JSON.parse(data);
    touched.add(id);
    const next = new Map(calls.value);
    next.delete(id);
    calls.value = next;
    tell({ name: 'joined' });
  }
  if (name === 'status') {
    const status: AsteriskState = JSON.parse(data);
    const others = asterisks.value.filter(({ asterisk }) => asterisk !== status.asterisk);
    asterisks.value = [...others, status].toSorted((a, b) => (a.asterisk < b.asterisk ? -1 : 1));
  }
}

/** Reads what is going on, and tries again for as long as the stream stands. */
async function load(life: AbortSignal): Promise<void> {
  const turn = ++loading;
  touched = new Set();
  const asked = touched;
  try {
    const [ringing, talking, ready] = await Promise.all([
      ask<{ calls: PageCall[] }>('/api/calls?state=ringing&limit=500', { signal: life }),
      ask<{ calls: PageCall[] }>('/api/calls?state=talking&limit=500', { signal: life }),
      readiness(life),
    ]);
    if (turn !== loading || life.aborted) return;
    asterisks.value = ready;
    const found = new Map([...ringing.calls, ...talking.calls].map((call) => [call.id, call]));
    const lost = [...calls.value.values()].filter(
      ({ id, state }) => state !== 'ended' && !found.has(id) && !asked.has(id),
    );
    const ends = await Promise.all(lost.slice(0, 50).map(({ id }) => readCall(id, life)));
    if (turn !== loading || life.aborted) return;
    const next = new Map(calls.value);
    for (const { id } of lost) if (!asked.has(id)) next.delete(id);
    for (const call of [...ends, ...found.values()])
      if (call !== null && !asked.has(call.id)) next.set(call.id, call);
    forgetOldest(next);
    calls.value = next;
    connection.value = { state: 'live', at: deskTime() };
    tell({ name: 'reloaded' });
  } catch {
    if (turn === loading && !life.aborted && (stands || connection.value.state !== 'lost')) {
      setTimeout(() => {
        if (turn === loading && !life.aborted) void load(life);
      }, 1000);
    }
  }
}

async function readiness(life: AbortSignal): Promise<readonly AsteriskState[]> {
  const response = await fetch('/ready', { signal: withLimit(life), cache: 'no-store' });
  const { asterisks: found }: { asterisks?: AsteriskState[] } = await response.json();
  return found ?? [];
}

async function readCall(id: string, life: AbortSignal): Promise<PageCall | null> {
  return ask<PageCall>(`/api/calls/${encodeURIComponent(id)}`, { signal: life }).catch(() => null);
}

function forgetOldest(map: Map<string, PageCall>): void {
  const ended = [...map.values()].filter(({ state }) => state === 'ended');
  for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) map.delete(id);
}

/** In ms; null for none. */
function earliest(times: readonly string[]): number | null {
  return times.length === 0 ? null : Math.min(...times.map(Date.parse));
}

function tell(what: Happening): void {
  for (const listener of listeners) listener(what);
}
