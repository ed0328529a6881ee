import { computed, signal } from '@preact/signals';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { liveCalls, onHappening } from '../live/live.ts';
import { owedOf } from './owed.ts';

/** Calls that are read at most: a day on which more are owed needs other help than this page. */
export const MAX_MISSED = 500;
/** Between a call and the look at what it changed, in ms. */
const SETTLE_MS = 400;

const missed = signal<readonly PageCall[] | null>(null);

/** Who is owed a call; null until it is known. */
export const owed = computed(() => (missed.value === null ? null : owedOf(missed.value, liveCalls.value)));
export const isCut = computed(() => (missed.value?.length ?? 0) >= MAX_MISSED);

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
    const { calls } = await ask<{ calls: PageCall[] }>(`/api/calls?open=1&limit=${MAX_MISSED}`, {
      signal: life,
    });
    if (!life.aborted) missed.value = calls;
  } catch {
    // What was known stays; the bar says that the desk is away.
  }
}
