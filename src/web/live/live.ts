import { ask, withLimit } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { deskTime } from './clock.ts';
import { tell } from './happening.ts';
import { answersFromNow, forgetCalls, liveCalls, replaceCalls, takeEvent } from './known-calls.ts';
import {
  asterisks,
  connection,
  deskRole,
  takeStatus,
  type AsteriskState,
  type DeskRole,
} from './liveness.ts';
import { shareEvents } from './shared-stream.ts';

export { onHappening } from './happening.ts';
export { calls, liveCalls } from './known-calls.ts';
export { asOf, connection, isLive } from './liveness.ts';

/** What the journal says may be some 100 ms behind the events, so facts are read once more. In ms. */
const SECOND_LOOK_MS = 2500;
/** Facts are read again so often even if no event was missed, in ms. */
const LOOK_EVERY_MS = 60_000;
/** Interval between questions whom the desk follows, in ms: no event tells that it leaves the calls to another one. */
const ROLE_LOOK_MS = 10_000;
/** Calls whose ends are looked up at most. */
const MAX_ENDS = 50;

let loading = 0;
/** Whether the stream of events stands; without it what was read is out of date at once. */
let stands = false;
/** When the desk said something for the last time, in ms of its clock. */
let heardAt = 0;

interface FollowListener {
  /** The line stands, for the first time or again: what the desk knows of the user may have changed. */
  readonly onOpen: () => void;
  /** The desk does not know us any more. */
  readonly onRefused: () => void;
}

/** Follows what happens until it is aborted. */
export function follow(life: AbortSignal, { onOpen, onRefused }: FollowListener): void {
  const look = setInterval(() => {
    if (connection.value.state === 'live') void load(life);
  }, LOOK_EVERY_MS);
  let second: ReturnType<typeof setTimeout> | undefined;
  const loadTwice = (): void => {
    void load(life);
    clearTimeout(second);
    second = setTimeout(() => void load(life), SECOND_LOOK_MS);
  };
  const roleLook = setInterval(() => {
    if (connection.value.state === 'live') void lookAtRole(life, loadTwice);
  }, ROLE_LOOK_MS);
  life.addEventListener('abort', () => {
    clearInterval(look);
    clearInterval(roleLook);
    clearTimeout(second);
    forgetCalls();
    stands = false;
    connection.value = { state: 'loading', at: null };
  });
  void load(life);
  shareEvents(
    {
      onOpen: () => {
        stands = true;
        loadTwice();
        onOpen();
      },
      onHeard: () => {
        heardAt = deskTime();
      },
      onEvent: (event) => {
        if (event.name === 'reset') return loadTwice();
        if (event.name !== 'status') return takeEvent(event);
        takeStatus(JSON.parse(event.data));
        // What it did meanwhile is filled up from the list of its channels.
        loadTwice();
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

/** Reads what is going on, and tries again for as long as the stream stands. */
async function load(life: AbortSignal): Promise<void> {
  const turn = ++loading;
  const answers = answersFromNow();
  try {
    const [ringing, talking, ready] = await Promise.all([
      ask<{ calls: PageCall[] }>('/api/calls?state=ringing&limit=500', { signal: life }),
      ask<{ calls: PageCall[] }>('/api/calls?state=talking&limit=500', { signal: life }),
      readiness(life),
    ]);
    if (turn !== loading || life.aborted) return;
    const found = [...ringing.calls, ...talking.calls];
    const ids = new Set(found.map(({ id }) => id));
    const away = liveCalls.value.map(({ id }) => id).filter((id) => !ids.has(id) && !answers.isHeard(id));
    const ends = await Promise.all(away.slice(0, MAX_ENDS).map((id) => readCall(id, life)));
    if (turn !== loading || life.aborted) return;
    replaceCalls([...ends.filter((call) => call !== null), ...found], away, answers);
    asterisks.value = ready.asterisks ?? [];
    deskRole.value = ready.role ?? null;
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

/** Reads everything anew when the desk follows others than the page thinks. */
async function lookAtRole(life: AbortSignal, loadAnew: () => void): Promise<void> {
  const ready = await readiness(life).catch(() => null);
  if (ready === null || life.aborted || connection.value.state !== 'live') return;
  const isSame =
    (ready.role ?? null) === deskRole.value && statesOf(ready.asterisks ?? []) === statesOf(asterisks.value);
  if (!isSame) loadAnew();
}

function statesOf(all: readonly AsteriskState[]): string {
  return all
    .map(({ asterisk, state }) => `${asterisk} ${state}`)
    .toSorted()
    .join('\n');
}

interface Readiness {
  readonly role?: DeskRole;
  readonly asterisks?: readonly AsteriskState[];
}

async function readiness(life: AbortSignal): Promise<Readiness> {
  const response = await fetch('/ready', { signal: withLimit(life), cache: 'no-store' });
  const ready: Readiness = await response.json();
  return ready;
}

async function readCall(id: string, life: AbortSignal): Promise<PageCall | null> {
  return ask<PageCall>(`/api/calls/${encodeURIComponent(id)}`, { signal: life }).catch(() => null);
}
