import { computed, signal } from '@preact/signals';
import { ownCalls } from '../calls/own-call.ts';
import type { Me } from '../calls/page-call.ts';
import { calls } from '../live/known-calls.ts';
import { isCallLive } from '../live/liveness.ts';

/** The user of the page. */
export const me = signal<Me>({ login: null, extensions: [] });

/** The calls of which cards are shown; see `ownCalls`. One that may be over long since stands behind those that are live. */
export const ownCallsSignal = computed(() => {
  const own = ownCalls(calls.value.values(), me.value);
  return own.toSorted((a, b) => Number(isCallLive(b.call)) - Number(isCallLive(a.call)));
});
