import {
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import type { CountryCode, NumberingPlan } from 'libphonenumber-js/max';
import { memoise } from '../util/memoise.ts';

/** What dialling looks like inside one country. */
export interface Country {
  readonly code: CountryCode;
  /** `7` for Russia and for Kazakhstan. */
  readonly callingCode: string;
  /** What is dialled before a national number: `8` in Russia; `''` where nothing is. */
  readonly nationalPrefix: string;
  /** What is dialled before an international number, digits only: `810` in Russia, `00` in Germany. */
  readonly internationalPrefix: string;
  /** How its national numbers begin where another country has the same calling code: Russia's with 3, 4, 8 or 9. */
  readonly leadingDigits: RegExp | undefined;
  /** Digits of its mobile numbers, without prefix and calling code: 10 in Russia. */
  readonly mobileLengths: readonly number[];
  /** Digits of its mobile numbers and fixed lines. */
  readonly lengths: readonly number[];
}

/** Whether the numbering plan of this country (ISO 3166, two capital letters, `RU`) is known. */
export function isKnownCountry(country: string): boolean {
  return isSupportedCountry(country);
}

/** The country of a number in digits as `contacts.VALUE` holds it, such as `RU`; null when its range is in none. */
export function countryOfNumber(digits: string): string | null {
  return parsePhoneNumberFromString(`+${digits}`)?.country ?? null;
}

/** @returns null for a country whose numbering plan is not known */
export const findCountry = memoise((country): Country | null => {
  if (!isSupportedCountry(country)) return null;
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan;
  if (plan === undefined || !isWholePlan(plan)) return null;
  const mobileLengths = plan.type('MOBILE')?.possibleLengths() ?? [];
  const leadingDigits = plan.leadingDigits();
  return {
    code: country,
    callingCode: getCountryCallingCode(country),
    // The packed metadata has the number 0 where there is none.
    nationalPrefix: plan.nationalPrefix() || '',
    internationalPrefix: internationalPrefix(plan.defaultIDDPrefix() || plan.IDDPrefix()),
    leadingDigits: leadingDigits ? new RegExp(`^(?:${leadingDigits})`) : undefined,
    mobileLengths,
    lengths: [...mobileLengths, ...(plan.type('FIXED_LINE')?.possibleLengths() ?? [])],
  };
}, 300);

/** `8~10` (a tilde stands for a dial tone) is 810; a pattern, which offers a choice of carriers, is no prefix. */
function internationalPrefix(fromMetadata: string): string {
  const digits = fromMetadata.replaceAll('~', '');
  return /^\d+$/.test(digits) ? digits : '00';
}

/** libphonenumber-js has these methods and decides with them; its type declaration leaves them out. */
interface WholePlan extends NumberingPlan {
  nationalPrefix(): string | undefined;
  leadingDigits(): string | undefined;
  type(name: 'MOBILE' | 'FIXED_LINE'): { possibleLengths(): number[] } | undefined;
}

function isWholePlan(plan: NumberingPlan): plan is WholePlan {
  return 'nationalPrefix' in plan && 'leadingDigits' in plan && 'type' in plan;
}
