import { NOT_RUN, readReason, withFilled } from '../journal/gap-reason.ts';
import { isOpen } from '../journal/gap.ts';
import type { Gap } from '../journal/journal.store.ts';

/** A gap that Asterisk's call detail records were read for. @param calls that they knew more of than the journal */
export function filled(gap: Gap, calls: number): Gap {
  return { ...gap, reason: withFilled(gap.reason, calls) };
}

/** Those that are open are filled when they end. */
export function isFilled(gap: Gap): boolean {
  return isOpen(gap) || readReason(gap.reason).filled !== null;
}

/** Since when an Asterisk has not been followed: the desk may have ended while it was away already. */
export function gapBefore(
  gaps: readonly Gap[],
  asterisk: string,
  followedUntil: number | null,
): { from: number; reason: string } | undefined {
  if (followedUntil === null) return undefined;
  const newest = gaps.find((gap) => gap.asterisk === asterisk);
  if (newest === undefined || !isOpen(newest)) return { from: followedUntil, reason: NOT_RUN };
  const { from, reason } = newest;
  return { from, reason: reason.includes(NOT_RUN) ? reason : `${reason} ${NOT_RUN}` };
}
