import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from 'libphonenumber-js/max';
import { findCountry } from './country.ts';
import type { Country } from './country.ts';

/** What somebody dialled or wrote, reduced to what counts. */
export interface Dialled {
  /** Whether a `+` stood before the digits. */
  readonly plus: boolean;
  /** Digits only; none is added or left out. */
  readonly digits: string;
}

/** The section `numbers` of the configuration, as far as it says how numbers are read. */
export interface NumberHabits extends LocalHabits {
  /** ISO 3166, such as `RU`. */
  readonly country: string;
}

/** What people and exchanges around here leave out or put before a number. Nothing, unless told. */
export interface LocalHabits {
  /** Area code of the own city, `342`: its numbers may come without it. */
  readonly areaCode?: string;
  /** Digits for an outside line that may stand before a number: `['9', '0']`. */
  readonly strip?: readonly string[];
}

/**
 * How sure a reading is, the best first:
 * - `own`: a valid number of the country (or of one that shares its calling code);
 * - `local`: a number of the own city, with the area code put before it;
 * - `international`: a valid number that was written as an international one, with `+`, `00`, `810` …;
 * - `foreign`: a valid number of another country, written without a sign that it is international;
 * - `possible`: in no range that the metadata knows, but with a calling code or national prefix and of a right length;
 * - `bare`: in no known range, and no more than the digits of a mobile number of the country.
 */
export type Certainty = 'own' | 'local' | 'international' | 'foreign' | 'possible' | 'bare';

export interface Reading {
  /** E.164 without the plus: 7 to 15 digits. */
  readonly digits: string;
  readonly certainty: Certainty;
  /** Whether the digit for an outside line was taken off its front. */
  readonly isBehindOutsideLine?: true;
}

/**
 * The shortest digits that may name a foreign number without `+` or `00`. Shorter ones are local numbers or
 * lack digits: Moscow's `683-40-02` would otherwise be a number of Niue, and one digit left out of
 * `495 123-45-67` a number of Germany.
 */
const BARE_FOREIGN_MIN_LENGTH = 10;

/** The shortest number that is complete, and the shortest of a city; fewer digits are an extension. */
const MIN_LENGTH = 7;
const LOCAL_MIN_LENGTH = 5;

/**
 * Reads digits as a phone number, as somebody in `country` would: a valid number of the country first, then one of
 * the own city, then a valid international one. Ranges too new for the metadata are let through when the number says
 * itself that it is complete, since the person behind it is real.
 *
 * @returns undefined when it can be no phone number
 */
export function readDialled(
  dialled: Dialled,
  country: string,
  habits: LocalHabits = {},
): Reading | undefined {
  if (!/^\d{5,20}$/.test(dialled.digits)) return undefined;
  const home = findCountry(country);
  const { plus, digits } = dialled;
  if (digits.length < MIN_LENGTH) return readLocal(digits, home, habits);
  if (plus) return readExplicit(digits.replace(/^00/, ''), home) ?? readLocal(digits, home, habits);
  for (const prefix of new Set([home?.internationalPrefix ?? '00', '00'])) {
    if (!digits.startsWith(prefix)) continue;
    const number = readExplicit(digits.slice(prefix.length), home);
    if (number) return number;
  }
  return readBare(digits, home, habits);
}

/**
 * Whether it is a mobile number, and so has no extensions behind it. Where fixed lines look like mobiles, none is one.
 *
 * @param country that it must be of; any by default
 */
export function isMobile(digits: string, country?: string): boolean {
  const number = parse(`+${digits}`);
  return number?.getType() === 'MOBILE' && (country === undefined || number.country === country);
}

/** @param digits what stands behind `+`, `00`, `810` or, when a gateway adds a plus to everything, `+00` */
function readExplicit(digits: string, home: Country | null): Reading | undefined {
  const number = parse(`+${digits}`);
  if (number?.isValid() && isSettled(number, digits)) return reading(number, home, 'international');

  // Gateways that put a plus before whatever came: +89161234567, +9161234567.
  if (home && !digits.startsWith(home.callingCode)) {
    const national = parse(digits, home);
    if (national?.isValid() && !isDoubtful(national, digits, home)) return reading(national, home, 'own');
  }
  return possible(number, digits);
}

/**
 * The parser leaves out a national prefix, behind the calling code as well: +7 8916… is +7 916…. What is left
 * must not begin with another one, or it would be read differently the next time.
 */
function isSettled(number: PhoneNumber, digits: string): boolean {
  return number.number === `+${digits}` || parse(number.number)?.number === number.number;
}

function readBare(digits: string, home: Country | null, habits: LocalHabits): Reading | undefined {
  const foreign = lazy(() => {
    const number = digits.length < BARE_FOREIGN_MIN_LENGTH ? undefined : parse(`+${digits}`);
    return number?.isValid() ? reading(number, home, 'foreign') : undefined;
  });
  if (!home) return foreign();
  const local = lazy(() => readLocal(digits, home, habits));
  return (
    readOwn(digits, home, () => local() ?? (digits.length >= 11 ? foreign() : undefined)) ??
    local() ??
    readBehindOutsideLine(digits, home, habits, foreign) ??
    foreign() ??
    readUnknownRange(digits, home)
  );
}

/** @param instead what may be meant by digits that are a number of the country in a doubtful way */
function readOwn(
  digits: string,
  home: Country,
  instead: () => Reading | undefined = () => undefined,
): Reading | undefined {
  // Where national numbers differ in length, 4930123456 is also a number of the German area 4930; the
  // calling code wins, so that reading what was read before changes nothing.
  if (digits.startsWith(home.callingCode)) {
    const international = parse(`+${digits}`);
    if (international?.isValid()) return reading(international, home, 'own');
  }
  const national = parse(digits, home);
  if (!national?.isValid()) return undefined;
  const mayHavePrefix = national.nationalNumber.startsWith(home.nationalPrefix || '0');
  if (mayHavePrefix && !isSettled(national, digits)) return undefined;
  const other = isDoubtful(national, digits, home) ? instead() : undefined;
  return other ?? reading(national, home, 'international');
}

/** `230-00-01` with the area code of the own city, where that makes a number of a right length. */
function readLocal(
  digits: string,
  home: Country | null,
  { areaCode = '' }: LocalHabits,
): Reading | undefined {
  if (!home || areaCode === '' || digits.length < LOCAL_MIN_LENGTH) return undefined;
  if (!home.lengths.includes(areaCode.length + digits.length)) return undefined;
  const whole = home.callingCode + areaCode + digits;
  return possible(parse(`+${whole}`), whole, 'local');
}

/**
 * `989161234567`, where the exchange in front leaves its 9 before the number. A valid foreign number is left alone,
 * but for those that have a national prefix of 8 behind the digit: nobody there calls from Iran (98…).
 */
function readBehindOutsideLine(
  digits: string,
  home: Country,
  habits: LocalHabits,
  foreign: () => Reading | undefined,
): Reading | undefined {
  for (const prefix of habits.strip ?? []) {
    if (!digits.startsWith(prefix)) continue;
    const rest = digits.slice(prefix.length);
    const number = readOwn(rest, home) ?? readLocal(rest, home, habits);
    if (!number) continue;
    const isWhole = home.nationalPrefix === '8' && number.digits.length === rest.length;
    if (isWhole || !foreign()) return { ...number, isBehindOutsideLine: true };
  }
  return undefined;
}

/** A number of the country that is written as one, with its calling code, its prefix or the digits alone. */
function readUnknownRange(digits: string, home: Country): Reading | undefined {
  if (digits.startsWith(home.callingCode)) {
    const international = possible(parse(`+${digits}`), digits);
    if (international) return international;
  }
  const national = parse(digits, home);
  if (national?.countryCallingCode !== home.callingCode) return undefined;
  const { nationalNumber } = national;
  if (nationalNumber.startsWith('0') || !home.lengths.includes(nationalNumber.length)) return undefined;
  const whole = home.callingCode + nationalNumber;
  const hasPrefix = nationalNumber !== digits;
  if (!hasPrefix && !mayBeComplete(digits, home)) return undefined;
  return possible(parse(`+${whole}`), whole, hasPrefix ? 'possible' : 'bare');
}

/** Whether it is as long as a mobile number, and not rather a longer one that lacks a digit: `8916123456`. */
function mayBeComplete(digits: string, { callingCode, leadingDigits, ...home }: Country): boolean {
  const beginsRight = (text: string) => leadingDigits === undefined || leadingDigits.test(text);
  if (!home.mobileLengths.includes(digits.length) || !beginsRight(digits)) return false;
  // Nor one that was filled up: 3750000000.
  if (digits.endsWith('0000000')) return false;
  if (home.nationalPrefix !== '' && digits.startsWith(home.nationalPrefix)) return false;
  return !digits.startsWith(callingCode) || !beginsRight(digits.slice(callingCode.length));
}

/**
 * A German fixed line may have any digits and nearly any length, so that most numbers of other countries are
 * one, too: without the 0 before it, it may not be meant.
 */
function isDoubtful(number: PhoneNumber, digits: string, home: Country): boolean {
  if (number.countryCallingCode !== home.callingCode) return false;
  if (home.nationalPrefix === '' || digits.startsWith(home.nationalPrefix)) return false;
  return number.getType() === 'FIXED_LINE';
}

/**
 * @param digits the calling code and the number, which must stand as they are: of an unknown number, it is
 *   not known either whether a digit is a prefix to leave out
 */
function possible(
  number: PhoneNumber | undefined,
  digits: string,
  certainty: Certainty = 'possible',
): Reading | undefined {
  if (!number?.isPossible() || number.number !== `+${digits}`) return undefined;
  // What some trunks send in place of a number they withhold.
  if (/^0+$/.test(number.nationalNumber)) return undefined;
  return reading(number, null, certainty);
}

function reading(
  number: PhoneNumber | undefined,
  home: Country | null,
  certainty: Certainty,
): Reading | undefined {
  if (!number) return undefined;
  const digits = number.number.slice(1);
  // The length of E.164; the metadata knows a few numbers that are longer or shorter.
  if (!/^\d{7,15}$/.test(digits)) return undefined;
  const isOwn = home !== null && number.countryCallingCode === home.callingCode;
  return { digits, certainty: isOwn ? 'own' : certainty };
}

function parse(digits: string, home?: Country): PhoneNumber | undefined {
  return parsePhoneNumberFromString(digits, { extract: false, ...(home && { defaultCountry: home.code }) });
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
