import {
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import type { CountryCode, NumberingPlan } from 'libphonenumber-js/max';

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
  /** Its mobile numbers and fixed lines with the calling code, 7 to 15 digits; null where they may mean anything else. */
  readonly complete: RegExp | null;
}

/** Whether the numbering plan of this country (ISO 3166, two capital letters, `RU`) is known. */
export function isKnownCountry(country: string): boolean {
  return isSupportedCountry(country);
}

/** The country of a number in digits as `contacts.VALUE` holds it, such as `RU`; null when its range is in none. */
export function countryOfNumber(digits: string): string | null {
  return parsePhoneNumberFromString(`+${digits}`)?.country ?? null;
}

const known = new Map<string, Country | null>();

/** @returns null for a country whose numbering plan is not known */
export function findCountry(country: string): Country | null {
  if (!isSupportedCountry(country)) return null;
  const found = known.get(country);
  if (found !== undefined) return found;
  const made = makeCountry(country);
  known.set(country, made);
  return made;
}

function makeCountry(country: CountryCode): Country | null {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan;
  if (plan === undefined || !isWholePlan(plan)) return null;
  const mobileLengths = plan.type('MOBILE')?.possibleLengths() ?? [];
  const leadingDigits = plan.leadingDigits();
  const callingCode = getCountryCallingCode(country);
  const prefix = internationalPrefix(plan.defaultIDDPrefix() || plan.IDDPrefix());
  return {
    code: country,
    callingCode,
    // The packed metadata has the number 0 where there is none.
    nationalPrefix: plan.nationalPrefix() || '',
    internationalPrefix: prefix,
    leadingDigits: leadingDigits ? new RegExp(`^(?:${leadingDigits})`) : undefined,
    mobileLengths,
    lengths: [...mobileLengths, ...(plan.type('FIXED_LINE')?.possibleLengths() ?? [])],
    complete: completeNumbers(plan, callingCode, prefix),
  };
}

function completeNumbers(plan: WholePlan, callingCode: string, prefix: string): RegExp | null {
  // What begins with the international prefix is read as an international number first.
  if ([prefix, '00'].some((one) => callingCode.startsWith(one) || one.startsWith(callingCode))) return null;
  const patterns = (['MOBILE', 'FIXED_LINE'] as const).flatMap((type) => plan.type(type)?.pattern() ?? []);
  return patterns.length === 0 ? null : new RegExp(`^(?=\\d{7,15}$)${callingCode}(?:${patterns.join('|')})$`);
}

/** `8~10` (a tilde stands for a dial tone) is 810; a pattern, which offers a choice of carriers, is no prefix. */
function internationalPrefix(fromMetadata: string): string {
  const digits = fromMetadata.replaceAll('~', '');
  return /^\d+$/.test(digits) ? digits : '00';
}

/** libphonenumber-js has these methods and decides with them; its type declaration leaves them out. */
interface WholePlan extends NumberingPlan {
  nationalPrefix(): string | undefined;
  leadingDigits(): string | undefined;
  type(name: 'MOBILE' | 'FIXED_LINE'): { possibleLengths(): number[]; pattern(): string } | undefined;
}

function isWholePlan(plan: NumberingPlan): plan is WholePlan {
  return 'nationalPrefix' in plan && 'leadingDigits' in plan && 'type' in plan;
}
