import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { CodedError } from '../util/errors.ts';
import { findCountry } from './country.ts';

/** `digits` 79161234567 | `plus` +79161234567 | `national` 89161234567 */
export type NumberFormat = 'digits' | 'plus' | 'national';

export class NotNormalisedError extends CodedError {
  readonly code = 'NUMBER_NOT_NORMALISED';
}

/**
 * @param digits E.164 without the plus, as `normaliseNumber` and `parsePhoneField` return it
 * @param country where the phone stands that dials; it decides what `national` means: the national prefix
 *   and the number for its own numbers (RU: `89161234567`, and `87011234567` for Kazakhstan, which shares
 *   the calling code), the international prefix and all digits for others (RU: `810375291234567`). With a
 *   country that is not known, `00` and all digits.
 * @returns digits only, but for the `+` of `plus`
 * @throws {NotNormalisedError} `digits` holds anything else than 7 to 15 digits: nothing unchecked may get
 *   into a dial string
 */
export function formatNumber(digits: string, format: NumberFormat, country: string): string {
  if (!/^\d{7,15}$/.test(digits)) {
    throw new NotNormalisedError('A number to format must be 7 to 15 digits; normalise it first.');
  }
  if (format === 'digits') return digits;
  if (format === 'plus') return `+${digits}`;
  return nationalFormat(digits, country);
}

function nationalFormat(digits: string, country: string): string {
  const home = findCountry(country);
  const number = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  if (!home || number?.countryCallingCode !== home.callingCode) {
    return `${home?.internationalPrefix ?? '00'}${digits}`;
  }
  // The metadata's own formatting, not prefix and number: in Belarus it is 8 0 29 …, in Uzbekistan no
  // prefix at all.
  if (number.isValid()) return number.formatNational().replace(/\D/g, '');
  return home.nationalPrefix + number.nationalNumber;
}
