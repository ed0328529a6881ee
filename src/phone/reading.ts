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

/**
 * How sure a reading is, the best first:
 * - `own`: a valid number of the country (or of one that shares its calling code);
 * - `international`: a valid number that was written as an international one, with `+`, `00`, `810` …;
 * - `foreign`: a valid number of another country, written without a sign that it is international;
 * - `possible`: in no range that the metadata knows, but with a calling code and of a right length.
 */
export type Certainty = 'own' | 'international' | 'foreign' | 'possible';

export interface Reading {
  /** E.164 without the plus: 7 to 15 digits. */
  readonly digits: string;
  readonly certainty: Certainty;
}

/**
 * The shortest digits that may name a foreign number without `+` or `00`. Shorter ones are local numbers or
 * lack digits: Moscow's `683-40-02` would otherwise be a number of Niue, and one digit left out of
 * `495 123-45-67` a number of Germany.
 */
const BARE_FOREIGN_MIN_LENGTH = 10;

/**
 * Reads digits as a phone number, as somebody in `country` would: a valid number of the country first, then
 * a valid international one. Ranges too new for the metadata are let through when the number says itself
 * that it is complete (`possible`), since the person behind it is real.
 *
 * @returns undefined when it can be no phone number
 */
export function readDialled(dialled: Dialled, country: string): Reading | undefined {
  if (!/^\d{7,20}$/.test(dialled.digits)) return undefined;
  const home = findCountry(country);
  if (dialled.plus) return readExplicit(dialled.digits.replace(/^00/, ''), home);
  for (const prefix of new Set([home?.internationalPrefix ?? '00', '00'])) {
    if (!dialled.digits.startsWith(prefix)) continue;
    const number = readExplicit(dialled.digits.slice(prefix.length), home);
    if (number) return number;
  }
  return readBare(dialled.digits, home);
}

/** @param digits what stands behind `+`, `00`, `810` or, when a gateway adds a plus to everything, `+00` */
function readExplicit(digits: string, home: Country | undefined): Reading | undefined {
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

function readBare(digits: string, home: Country | undefined): Reading | undefined {
  const international = lazy(() => {
    const number = parse(`+${digits}`);
    return { number, isValid: number?.isValid() ?? false };
  });
  const foreign = () => {
    if (digits.length < BARE_FOREIGN_MIN_LENGTH || !international().isValid) return undefined;
    return reading(international().number, home, 'foreign');
  };
  if (!home) return foreign();

  // Where national numbers differ in length, 4930123456 is also a number of the German area 4930; the
  // calling code wins, so that reading what was read before changes nothing.
  const hasHomeCode = digits.startsWith(home.callingCode);
  if (hasHomeCode && international().isValid) return reading(international().number, home, 'own');

  const national = parse(digits, home);
  const mayHavePrefix = national?.nationalNumber.startsWith(home.nationalPrefix || '0') ?? false;
  if (national?.isValid() && (!mayHavePrefix || isSettled(national, digits))) {
    const instead = digits.length >= 11 && isDoubtful(national, digits, home) ? foreign() : undefined;
    return instead ?? reading(national, home, 'international');
  }
  return foreign() ?? (hasHomeCode ? possible(international().number, digits) : undefined);
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
function possible(number: PhoneNumber | undefined, digits: string): Reading | undefined {
  if (!number?.isPossible() || number.number !== `+${digits}`) return undefined;
  // What some trunks send in place of a number they withhold.
  if (/^0+$/.test(number.nationalNumber)) return undefined;
  return reading(number, undefined, 'possible');
}

function reading(
  number: PhoneNumber | undefined,
  home: Country | undefined,
  certainty: Certainty,
): Reading | undefined {
  if (!number) return undefined;
  const digits = number.number.slice(1);
  // The length of E.164; the metadata knows a few numbers that are longer or shorter.
  if (!/^\d{7,15}$/.test(digits)) return undefined;
  const isOwn = home !== undefined && number.countryCallingCode === home.callingCode;
  return { digits, certainty: isOwn ? 'own' : certainty };
}

function parse(digits: string, home?: Country): PhoneNumber | undefined {
  return parsePhoneNumberFromString(digits, { extract: false, ...(home && { defaultCountry: home.code }) });
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
