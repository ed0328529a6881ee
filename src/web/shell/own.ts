import { computed, signal } from '@preact/signals';
import { ownCalls } from '../calls/own-call.ts';
import type { Me } from '../calls/page-call.ts';
import { calls } from '../live/live.ts';

/** The user of the page. */
export const me = signal<Me>({ login: null, extensions: [] });

/** The calls of which cards are shown; see `ownCalls`. */
export const ownCallsSignal = computed(() => ownCalls(calls.value.values(), me.value));
