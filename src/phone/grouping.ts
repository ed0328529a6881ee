import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/* What the signs between digits say: where a number ends, and whose it is. */

/** `230-00-01` and `23-00-01`: a number of a city without its code. */
const CITY_NUMBER = /^\d{2,3}[-.]\d\d[-.]\d\d$/;

/** Whether somebody wrote a number of their city, whichever it is. */
export function isCityNumber(word: string): boolean {
  return CITY_NUMBER.test(word);
}

/** Whether the last digits, up to six, stand in brackets: no number ends so, they are its extension. */
export function endsInBrackets(text: string): boolean {
  return /\(\d{1,6}\)\s*$/.test(text);
}

/**
 * Whether digits are grouped as the country of the number groups them, `916 123-45-67`, but for the last group, which
 * may be cut further. `998 90 123 45` is a number of Russia that nobody writes so, and the beginning of one of
 * Uzbekistan. Area codes of other lengths than the usual one are known: `3452 23-00-01`; a mobile number has none.
 *
 * @param number E.164 without the plus
 * @param lengths of the groups as they were written, a prefix or the calling code before them or not
 */
export function isGroupedAsUsual(number: string, lengths: readonly number[]): boolean {
  if (lengths.length < 2) return true;
  const parsed = parsePhoneNumberFromString(`+${number}`);
  if (!parsed) return true;
  const usual = ends(
    parsed
      .formatInternational()
      .split(/\D+/)
      .slice(2)
      .map(({ length }) => length),
  );
  const [firstUsual = 0] = usual;
  const lastUsual = usual.at(-2) ?? 0;
  const written = ends(lengths);
  const before = (written.at(-1) ?? 0) - parsed.nationalNumber.length;
  const ours = written.map((end) => end - before).filter((end) => end > 0);
  const [first = 0] = ours;
  if (!ours.includes(firstUsual)) return ours.length === 1 || (first > 1 && parsed.getType() !== 'MOBILE');
  return ours.every((end) => end >= lastUsual || usual.includes(end));
}

/** Whether the digits are the calling code of the number. */
export function standsBehindItsCode(number: string, code: string): boolean {
  return parsePhoneNumberFromString(`+${number}`)?.countryCallingCode === code;
}

/** Where each group ends. */
function ends(lengths: readonly number[]): number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}
