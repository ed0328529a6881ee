import type { Gap } from './journal.store.ts';

/** A gap as programs read it: `{ "gap": … }`, with times as those of calls. */
export function gapDocument({ asterisk, from, until, reason }: Gap) {
  return {
    gap: { asterisk, from: new Date(from).toISOString(), until: new Date(until).toISOString(), reason },
  };
}

/** One whose end is not known has its beginning for an end. */
export function isOpen({ from, until }: Gap): boolean {
  return from === until;
}
