import { plural } from '../util/plural.ts';

/*
 * Why the journal has a gap, as it stands in its column `reason`: sentences in English, of which those that the desk writes
 * itself are known here. What was not said by the desk is in the words of whoever said it.
 */

export const NOT_RUN = 'The desk did not run.';

const FILLED = / ?(\d+) calls? filled up from CDR\.$/;
const NOT_KEPT = /^The journal was away for too long: (\d+) calls? could not be kept\.$/;

export interface GapReason {
  /** Why calls may be missing; `asterisk`: it could not be followed. */
  readonly kind: 'not run' | 'not kept' | 'asterisk';
  /** Of `asterisk`, in English. */
  readonly words: string;
  /** Calls that records of Asterisk have brought; null where nobody looked. */
  readonly filled: number | null;
}

/** @param calls that could not be kept while the journal was away */
export function notKept(calls: number): string {
  return `The journal was away for too long: ${plural(calls, 'call')} could not be kept.`;
}

/** @param calls that records of Asterisk knew more of than the journal */
export function withFilled(reason: string, calls: number): string {
  return `${reason} ${plural(calls, 'call')} filled up from CDR.`;
}

export function readReason(reason: string): GapReason {
  const filled = FILLED.exec(reason)?.[1];
  const words = reason.replace(FILLED, '');
  return {
    kind: words === NOT_RUN ? 'not run' : NOT_KEPT.test(words) ? 'not kept' : 'asterisk',
    words,
    filled: filled === undefined ? null : Number(filled),
  };
}
