import { internationalDigits } from '../text/formats.ts';

/** Two letters or digits at least, whatever stands between them; a pattern of HTML. */
export const SEARCHED = String.raw`.*[\p{L}\d].*[\p{L}\d].*`;

/** Characters of a name, as the desk takes them. */
export const MAX_SEARCHED = 60;
/** 2 to 20 digits, written as people write them. */
const DIGITS = /^[\s()+.-]*(?:\d[\s()+.-]*){2,20}$/;
/** As people write and say it, in both languages. */
const ORDER = /^\s*(?:заказ|order|№|#)\s*№?\s*(\d{1,15})\s*$/iu;

/** The digits of what may be a telephone number, the code of a shipment or a bar code; null when it is not. The desk knows which. */
export function codeOrNumber(text: string): string | null {
  const digits = text.replaceAll(/\D/g, '');
  return DIGITS.test(text) && !text.includes('+') && digits.length >= 7 ? digits : null;
}

/** Where a search leads; null when there is nothing to look for. Of long ones see `codeOrNumber`. */
export function searchTarget(text: string): string | null {
  if (!new RegExp(`^(?:${SEARCHED})$`, 'u').test(text)) return null;
  const [, order] = ORDER.exec(text) ?? [];
  if (order !== undefined) return `/journal?kind=order&code=${order}`;
  if (!DIGITS.test(text)) return `/search?text=${encodeURIComponent(text.trim().slice(0, MAX_SEARCHED))}`;
  const digits = internationalDigits(text);
  if (digits.length <= 3 || digits.length >= 7) return `/journal?number=${digits}`;
  return `/shipments/${digits}`;
}
