import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { findCountry, type Country } from './country.ts';

/** The shortest number of a city; fewer digits are an extension. */
const SHORTEST_LOCAL = 5;
const FILLING = '2345678';

/** Why an area code is not one of the country, or may not be the one that is meant. */
export type AreaCodeFault =
  /** `8342`, as people say it: `code` is what is meant, `dropped` what stands before it. */
  | { readonly kind: 'prefix' | 'countryCode' | 'zero'; readonly code: string; readonly dropped: string }
  /** It leaves no digits for a number. */
  | { readonly kind: 'tooLong' }
  /** No number that begins so is known, nor one without its first digits. */
  | { readonly kind: 'unknown' }
  /** `8342` is Saransk, and 342 behind an 8 is Perm. */
  | { readonly kind: 'doubtful'; readonly code: string };

/**
 * What is wrong with an area code; null when nothing is.
 *
 * @param areaCode digits; `''` is none, and right
 * @param country as for `normaliseNumber`
 */
export function faultOfAreaCode(areaCode: string, country: string): AreaCodeFault | null {
  const home = findCountry(country);
  if (!home || areaCode === '') return null;
  const meant = [...withoutPrefix(areaCode, home)].find(({ code }) => isKnownCode(code, home));
  if (isKnownCode(areaCode, home))
    return meant?.kind === 'prefix' ? { kind: 'doubtful', code: meant.code } : null;
  return meant ?? { kind: localLengths(areaCode, home).length === 0 ? 'tooLong' : 'unknown' };
}

/** Digits of the numbers of a city, without its code: 7 behind 342. */
export function localLengths(areaCode: string, { lengths }: Pick<Country, 'lengths'>): number[] {
  const locals = lengths.map((length) => length - areaCode.length);
  return [...new Set(locals)].filter((length) => length >= SHORTEST_LOCAL);
}

function* withoutPrefix(areaCode: string, { nationalPrefix, callingCode }: Country) {
  const zeros = { kind: 'zero', prefix: '0' } as const;
  const all = [
    { kind: 'prefix', prefix: nationalPrefix },
    { kind: 'countryCode', prefix: callingCode },
    zeros,
  ] as const;
  for (const { kind, prefix } of all) {
    if (prefix === '' || !areaCode.startsWith(prefix)) continue;
    // In Belarus, 8017 is 17: 8 for a long-distance call, and 0.
    for (const dropped of [prefix, `${prefix}0`]) {
      const code = areaCode.slice(dropped.length);
      if (code !== '' && areaCode.startsWith(dropped)) yield { kind, code, dropped };
    }
  }
}

/** Whether some number of the country that begins so is valid: tried with each pair of digits behind the code. */
function isKnownCode(code: string, home: Country): boolean {
  return localLengths(code, home).some((length) =>
    Array.from({ length: 100 }, (_, pair) => String(pair).padStart(2, '0')).some((pair) => {
      const number = `+${home.callingCode}${code}${(pair + FILLING).slice(0, length)}`;
      const parsed = parsePhoneNumberFromString(number);
      return parsed?.number === number && parsed.country === home.code && parsed.isValid();
    }),
  );
}
