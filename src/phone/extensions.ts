import type { Run } from './parts.ts';
import { ADDED, DOCUMENT, INNER, LABEL, OTHER, PLACE, UNIT } from './words.ts';

/** Whether the words beside it let it be an extension: not `кв. 101`, `с 9 до 18`, `18 ч`, `А101`, `101а`. */
export function hasPlainWords({ before, after, touches }: Run): boolean {
  if (before.some((word) => OTHER.test(word) || PLACE.test(word) || DOCUMENT.test(word))) return false;
  // A name whose blank was lost is one; a Latin word may be the name of a device, `user201`, or a part of an address.
  if (touches.before && !LABEL.test(before.at(-1) ?? '') && !/^[а-я]{3,}$/.test(before.at(-1) ?? ''))
    return false;
  if (after === undefined) return true;
  return !UNIT.test(after) && !(touches.behind && after.length < 3);
}

/** A name may stand before three digits, or between two; a label before any; a single digit is one only among others like it. */
export function fits({ before, isFirst, isNegative }: Run, length: number, areSingle: boolean): boolean {
  const isLabelled = before.every((word) => LABEL.test(word));
  if (length === 1) return areSingle && isLabelled && !isNegative;
  return isLabelled || length > 2 || !isFirst;
}

/**
 * `101`, `(101)`, and `101 102` when they look alike: the same length and the same first digit. `495 123 456` does
 * not; it is a phone number that lacks a digit. `201-202` are two, too, but `12-13-14` is a number of a small town.
 */
export function extensionsIn(run: string): string[] {
  const text = run.replaceAll(/^\(|\)$/g, '').trim();
  const groups = text.split(/\s*[-+]\s*|\s+/);
  const first = groups[0] ?? '';
  const minLength = /[-+]/.test(text) ? 3 : 1;
  const areAlike = groups.every((group) => group.length === first.length && group[0] === first[0]);
  if (!areAlike || first.length < minLength || first.length > 6) return [];
  return groups.every((group) => /^\d+$/.test(group)) ? groups : [];
}

/** Whether the words before it say that it is an extension: `доб. 10001`. */
export function isLabelledExtension({ before }: Run): boolean {
  return before.some((word) => ADDED.test(word) || INNER.test(word));
}

export function firstLength(text: string): number {
  return /\d+/.exec(text)?.[0].length ?? 0;
}
