import { findCountry } from './country.ts';
import { readDialled, type LocalHabits, type NumberHabits, type Reading } from './reading.ts';
import { fromSpreadsheet, plainText } from './text.ts';

export { isKnownCountry } from './country.ts';

export type NumberResult =
  /** E.164 without the plus, 7 to 15 digits, as `contacts.VALUE` holds it: `79161234567`. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'invalid'; readonly reason: InvalidNumberReason };

/**
 * - `empty`: nothing there;
 * - `anonymous`: the caller, or a network on the way, keeps the number back;
 * - `internal`: 2 to 6 digits, an extension of the own telephone system (or a short service number);
 * - `malformed`: everything else that is no phone number.
 */
/** The digits of a number that was read; null when it is none. */
export function digitsOf(number: NumberResult): string | null {
  return number.kind === 'number' ? number.digits : null;
}

/** Reads numbers as they are written here: their digits; null for what is none. */
export function digitsReader(habits: NumberHabits): (text: string) => string | null {
  return (text) => digitsOf(normaliseNumber(text, habits.country, habits));
}

export type InvalidNumberReason = 'empty' | 'anonymous' | 'internal' | 'malformed';

/** Longer than any number with its display name and its SIP parameters; the rest is somebody's attempt. */
const MAX_LENGTH = 128;

/** What stands in place of a withheld number; compared in lower case and without anything but letters. */
const ANONYMOUS = new Set([
  'anonymous',
  'anonym',
  // The default caller id of chan_sip and chan_pjsip.
  'asterisk',
  'blocked',
  'hidden',
  'idwithheld',
  'nocallerid',
  'nonumber',
  'notavailable',
  'null',
  'numberwithheld',
  'outofarea',
  'private',
  'privatenumber',
  'restricted',
  'unavailable',
  'undefined',
  // What AGI sends for a missing value.
  'unknown',
  'unknowncaller',
  'unknownnumber',
  'withheld',
  'аноним',
  'анонимный',
  'неизвестен',
  'неизвестно',
  'неизвестный',
  'неизвестныйномер',
  'неопределен',
  'номернеопределен',
  'номерскрыт',
  'скрыт',
  'скрытый',
  'скрытыйномер',
]);

/** ANONYMOUS on a telephone's keys, for networks that carry digits alone. */
const ANONYMOUS_DIGITS = '266696687';

/**
 * The number as `contacts.VALUE` holds it, from what a trunk or Asterisk delivers: `+7 916 123-45-67`,
 * `8 (916) 1234567`, `9161234567`, `00…`, `810…`, `tel:…`, `"Name" <sip:…@host;user=phone>`, and of
 * `CALLER#CALLED` or `CALLER*CALLED` the caller. Quotes around it do not matter.
 *
 * Digits without `+` or an international prefix are a number of `country` if they can be; else they are
 * read as an international number (with at least 10 digits). So a foreign result that was read from
 * `+84951234567` is another number (of Moscow) when it comes back without its plus. A number in no range
 * that is known, since new ones come up, is let through when it has its calling code and the right length.
 * Never throws.
 *
 * @param country ISO 3166, two capital letters: `RU`. With one that is not known (`isKnownCountry`) only
 *   numbers in international form are understood.
 * @param habits what is left out or put before numbers here; nothing by default
 */
export function normaliseNumber(raw: string, country: string, habits?: LocalHabits): NumberResult {
  // What nearly every caller has: the parser would return it as it stands, and take a hundred times as long.
  const digits = raw.startsWith('+') ? raw.slice(1) : raw;
  if (findCountry(country)?.complete?.test(digits)) return { kind: 'number', digits };
  return readAny(raw, country, habits);
}

function readAny(raw: string, country: string, habits?: LocalHabits): NumberResult {
  if (raw.length > MAX_LENGTH) return invalid('malformed');
  const { name, user } = splitAddress(plainText(raw).trim());
  if (user === '') return invalid(isAnonymous(name) ? 'anonymous' : 'empty');

  const first = /^(\+?\d[^#*|\\:]*)[#*|\\:]/.exec(user)?.[1] ?? user;
  const match = /^(\+?)[\d\s().~/_-]+$/.exec(fromSpreadsheet(first));
  if (!match) return invalid(isAnonymous(user) || isAnonymous(name) ? 'anonymous' : 'malformed');
  const plus = match[1] === '+';
  const digits = match[0].replace(/\D/g, '');
  if (digits === ANONYMOUS_DIGITS) return invalid('anonymous');

  const number = readDialled({ plus, digits }, country, habits) ?? readFirst(first, country, habits);
  if (number) return { kind: 'number', digits: number.digits };
  return invalid(!plus && /^\d{2,6}$/.test(digits) ? 'internal' : 'malformed');
}

/** Caller and called in one, as `79161234567/74951234567`. */
function readFirst(text: string, country: string, habits?: LocalHabits): Reading | undefined {
  const [, plus, digits] = /^(\+?)(\d{10,})[/_~-]{1,2}\+?\d{7,}$/.exec(text) ?? [];
  return digits === undefined ? undefined : readDialled({ plus: plus === '+', digits }, country, habits);
}

/** Whether it is written as `contacts.VALUE` must be: what a caller's number becomes, to the letter. */
export function isNormalised(text: string, country: string): boolean {
  const number = normaliseNumber(text, country);
  return number.kind === 'number' && number.digits === text;
}

/** What a dialplan, or a spreadsheet, puts around a number to keep it a text. */
const QUOTES = /^[\s"'`«»“”„‘’=\\]+|[\s"'`«»“”„‘’\\]+$/g;

/** `"Name" <sip:user;param@host>` and its shorter forms; without an address the text itself is the user. */
function splitAddress(text: string): { name: string; user: string } {
  const [, before, inside] = /^([^<]*)<([^<>]*)>?(?:;.*)?["']?$/.exec(text) ?? [];
  const address = (inside ?? text).replaceAll(QUOTES, '').replace(/^(?:sips?|tel):/i, '');
  const [user = ''] = address.split(/[@;]/, 1);
  return { name: before ?? '', user: decodeMarks(user).replaceAll(QUOTES, '') };
}

/** `+`, `#` and `*` as a SIP address may write them. */
function decodeMarks(text: string): string {
  return text.replaceAll(/%(?:2b|23|2a)/gi, (code) => decodeURIComponent(code));
}

function isAnonymous(text: string): boolean {
  return ANONYMOUS.has(
    text
      .toLowerCase()
      .replaceAll('ё', 'е')
      .replace(/[^\p{L}]/gu, ''),
  );
}

function invalid(reason: InvalidNumberReason): NumberResult {
  return { kind: 'invalid', reason };
}
