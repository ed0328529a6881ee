import { getCountryCallingCode, isSupportedCountry, Metadata } from 'libphonenumber-js/max';
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
}

/** Whether the numbering plan of this country (ISO 3166, two capital letters, `RU`) is known. */
export function isKnownCountry(country: string): boolean {
  return isSupportedCountry(country);
}

/** @returns undefined for a country whose numbering plan is not known */
export function findCountry(country: string): Country | undefined {
  if (!isSupportedCountry(country)) return undefined;
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan;
  if (plan === undefined) return undefined;
  return {
    code: country,
    callingCode: getCountryCallingCode(country),
    // The packed metadata has the number 0 where there is none.
    nationalPrefix: (hasNationalPrefix(plan) && plan.nationalPrefix()) || '',
    internationalPrefix: internationalPrefix(plan.defaultIDDPrefix() || plan.IDDPrefix()),
  };
}

/** `8~10` (a tilde stands for a dial tone) is 810; a pattern, which offers a choice of carriers, is no prefix. */
function internationalPrefix(fromMetadata: string): string {
  const digits = fromMetadata.replaceAll('~', '');
  return /^\d+$/.test(digits) ? digits : '00';
}

/** libphonenumber-js has the method and formats with it; its type declaration leaves it out. */
function hasNationalPrefix(
  plan: NumberingPlan,
): plan is NumberingPlan & { nationalPrefix(): string | undefined } {
  return 'nationalPrefix' in plan;
}
