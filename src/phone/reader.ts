import { memoise } from '../util/memoise.ts';
import { findCountry } from './country.ts';
import { dialled, type Read } from './groups.ts';
import { isMobile, readDialled, type Dialled, type LocalHabits, type Reading } from './reading.ts';

/** How the digits of a text that people keep are read, each of them once. */
export interface Reader {
  readonly country: string;
  readonly read: Read;
}

/** More than the pieces of a long field, and so little that a hostile one holds nothing for long. */
const REMEMBERED = 1000;

export function createReader(country: string, habits: LocalHabits = {}): Reader {
  const read = memoise((text) => readKept(dialled(text), country, habits) ?? null, REMEMBERED);
  return { country, read: ({ plus, digits }) => read(plus ? `+${digits}` : digits) ?? undefined };
}

/** Whether a text as a whole is a mobile number of the country. */
export function isOwnMobile(text: string, country: string): boolean {
  const reading = readDialled(dialled(text), country);
  return reading?.certainty === 'own' && isMobile(reading.digits, country);
}

/**
 * Whether digits are a mobile of the country with one missing or too many, a prefix or the calling code before it or not:
 * `8 926 891-23-133`. What else may be read into them is somebody else.
 */
export function isNearlyMobile(text: string, country: string): boolean {
  const { digits } = dialled(text);
  const { nationalPrefix = '', callingCode = '', mobileLengths = [] } = findCountry(country) ?? {};
  const fronts = new Set(['', nationalPrefix, callingCode]);
  return [...fronts].some((front) => {
    const mobile = digits.startsWith(front) ? digits.slice(front.length) : '';
    const longer = mobileLengths.includes(mobile.length - 1) && isOwnMobile(mobile.slice(0, -1), country);
    return longer || (mobileLengths.includes(mobile.length + 1) && isOwnMobile(`${mobile}0`, country));
  });
}

/**
 * Nobody keeps a number as it is dialled, but for one that was copied with its prefix, `98916…`, or from the own city:
 * 9 and ten digits are a mobile with one too many. Digits that nobody wrote as a number may be anything: those of a mobile
 * in no known range are not dialled.
 */
function readKept(text: Dialled, country: string, habits: LocalHabits): Reading | undefined {
  const asDialled = readDialled(text, country, habits);
  const isKept = asDialled?.isBehindOutsideLine !== true || isCopied(text, asDialled, country, habits);
  const reading = isKept ? asDialled : readDialled(text, country, { ...habits, strip: [] });
  return reading?.certainty === 'bare' ? undefined : reading;
}

function isCopied(
  { digits }: Dialled,
  reading: Reading,
  country: string,
  { strip = [] }: LocalHabits,
): boolean {
  if (reading.certainty === 'local') return true;
  const line = strip.find((one) => digits.startsWith(one)) ?? '';
  const national = reading.digits.length - (findCountry(country)?.callingCode.length ?? 0);
  return digits.length - line.length > national;
}
