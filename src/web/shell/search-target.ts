import { internationalDigits } from '../text/formats.ts';

/** 2 to 20 digits, written as people write them; a pattern of HTML. */
export const SEARCHED = String.raw`[\s\(\)+.\-]*(?:\d[\s\(\)+.\-]*){2,20}`;

/** Where a search leads; null when there is nothing to look for. Codes are shorter than numbers. */
export function searchTarget(text: string): string | null {
  if (!new RegExp(`^(?:${SEARCHED})$`).test(text)) return null;
  const digits = internationalDigits(text);
  if (digits.length <= 3 || digits.length >= 7) return `/journal?number=${digits}`;
  return `/shipments/${digits}`;
}
