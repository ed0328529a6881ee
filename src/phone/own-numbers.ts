import { isSupportedCountry, Metadata } from 'libphonenumber-js/max';
import { findCountry } from './country.ts';

/**
 * Recognises the numbers that nearly every caller has: a mobile or fixed line of the country, complete with
 * its calling code. The parser of libphonenumber-js would return it as it stands, twenty times as slowly; this
 * asks its metadata the one question that matters.
 *
 * @returns whether digits, without a plus, are such a number; one that always says no where the rules of a
 *   country leave a doubt
 */
export function ownNumbers(country: string): (digits: string) => boolean {
  const home = findCountry(country);
  const pattern = patternOf(country);
  if (home === undefined || pattern === undefined) return () => false;
  const { callingCode, internationalPrefix } = home;
  // Digits that begin with the international prefix are read as an international number first.
  const mayBeInternational = [internationalPrefix, '00'].some(
    (prefix) => callingCode.startsWith(prefix) || prefix.startsWith(callingCode),
  );
  if (mayBeInternational) return () => false;
  const whole = new RegExp(`^${callingCode}(?:${pattern})$`);
  return (digits) => digits.length <= 15 && whole.test(digits);
}

function patternOf(country: string): string | undefined {
  if (!isSupportedCountry(country)) return undefined;
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan;
  if (plan === undefined || !hasTypes(plan)) return undefined;
  const patterns = TYPES.map((type) => plan.type(type)?.pattern()).filter((one) => one !== undefined);
  return patterns.length === 0 ? undefined : patterns.join('|');
}

const TYPES = ['MOBILE', 'FIXED_LINE'] as const;

interface WithTypes {
  type(name: (typeof TYPES)[number]): { pattern(): string } | undefined;
}

/** The types of libphonenumber-js leave this method out; it decides with it itself. */
function hasTypes(plan: object): plan is WithTypes {
  return 'type' in plan && typeof plan.type === 'function';
}
