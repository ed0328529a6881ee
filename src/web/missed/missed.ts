import { computed, signal } from '@preact/signals';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { liveCalls, onHappening } from '../live/live.ts';
import { owedOf } from './owed.ts';

/** Calls that are read at a time, as many as the desk gives at most. */
const PAGE = 500;
/** Pages that are read at most: where more are owed, other help is needed than this page. */
const MAX_PAGES = 5;
/** Between a call and the look at what it changed, in ms. */
const SETTLE_MS = 400;

const missed = signal<readonly PageCall[] | null>(null);

/** Who is owed a call; null until it is known. */
export const owed = computed(() => (missed.value === null ? null : owedOf(missed.value, liveCalls.value)));
/** How many calls were read, when older ones were not; null when all were. */
export const cutAt = signal<number | null>(null);

/** Keeps the list true until it is aborted. A call that is missed, or a talk, may change it: the journal knows how. */
export function followMissed(life: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void load(life);
    }, SETTLE_MS);
  };
  const end = onHappening((what) => {
    if (what.name !== 'call') return look();
    const { state, missed: isMissed, talks } = what.call;
    if ((state === 'ended' && isMissed) || talks.length > 0) look();
  });
  life.addEventListener('abort', () => {
    end();
    clearTimeout(timer);
    missed.value = null;
  });
}

async function load(life: AbortSignal): Promise<void> {
  try {
    const all: PageCall[] = [];
    let next: string | null = null;
    for (let page = 0; page === 0 || (page < MAX_PAGES && next !== null); page++) {
      const answer: Page = await readPage(next, life);
      all.push(...answer.calls);
      next = answer.next;
    }
    if (life.aborted) return;
    missed.value = all;
    cutAt.value = next === null ? null : all.length;
  } catch {
    // What was known stays; the bar says that the desk is away.
  }
}

interface Page {
  readonly calls: readonly PageCall[];
  readonly next: string | null;
}

/** The newest first; without a cursor the first page. */
function readPage(cursor: string | null, life: AbortSignal): Promise<Page> {
  const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  return ask<Page>(`/api/calls?open=1&limit=${PAGE}${after}`, { signal: life });
}
