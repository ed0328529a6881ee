import { dialled, type Read } from './groups.ts';
import { isMobile } from './reading.ts';
import type { Segment } from './segments.ts';

/** Two to four numbers without anything between them. */
const GLUED = /^\+?\d[\d().~_-]{19,60}$/;
const GLUED_DIGITS = 44;
const GLUED_LENGTHS = [10, 11, 12];

/** @returns undefined when they are not two or more numbers of the country, or may be cut in several ways */
export function cutGlued(text: string, read: Read): Segment[] | undefined {
  const { digits } = dialled(text);
  if (!GLUED.test(text) || digits.length > GLUED_DIGITS) return undefined;
  const [cut, ...others] = waysToCut(digits, read);
  return others.length === 0 ? cut : undefined;
}

function waysToCut(digits: string, read: Read): Segment[][] {
  if (digits === '') return [[]];
  return GLUED_LENGTHS.flatMap((length) => {
    const piece = digits.slice(0, length);
    const number = piece.length === length ? read({ plus: false, digits: piece }) : undefined;
    // The digits of an account are many, too: without a prefix before it, a number must be a mobile.
    if (number?.certainty !== 'own' || (piece.length < number.digits.length && !isMobile(number.digits)))
      return [];
    const first: Segment = { kind: 'number', reading: number, text: piece };
    return waysToCut(digits.slice(length), read).map((rest) => [first, ...rest]);
  });
}
