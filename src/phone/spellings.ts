import { findCountry } from './country.ts';

/** How people and imports write numbers into a table that should hold digits alone. */
export interface Spellings {
  /** How many ways are known; each number has as many, some of them twice. */
  readonly count: number;
  /** How many of the first ways of `of` are always worth a look; the others are rare. */
  readonly usual: number;
  /** How the rare ways begin in this country, such as `8 (`, by their places in `of`; undefined: like any number. */
  readonly beginnings: readonly (string | undefined)[];
  /**
   * @param digits a normalised number; the first way is these digits
   * @param first how many of the ways are wanted; default: all
   */
  of(digits: string, first?: number): readonly string[];
  /** The numbers, in digits, that may be meant by what is written: the other way round. Usually one, or none. */
  meaning(written: string): readonly string[];
  /** The place in `of` of the way in which `digits` is written as `written`; -1: in none of them. */
  indexOf(digits: string, written: string): number;
}

/** What is left behind a number by an import, mostly from Windows, or by a column that pads. */
const TAILS = ['\r', ' ', '\r\n', '\n', '\t', '\u00A0'] as const;
/** Of these, what is looked for behind the rarer ways, too. */
const USUAL_TAILS = TAILS.slice(0, 2);

/** National numbers of ten digits are grouped 3-3-2-2, as in Russia. This is what comes behind `8`, `+7` or `7`. */
const GROUPED: readonly ((a: string, b: string, c: string, d: string) => string)[] = [
  (a, b, c, d) => ` (${a}) ${b}-${c}-${d}`,
  (a, b, c, d) => `(${a})${b}-${c}-${d}`,
  (a, b, c, d) => ` (${a})${b}-${c}-${d}`,
  (a, b, c, d) => `-${a}-${b}-${c}-${d}`,
  (a, b, c, d) => ` ${a} ${b}-${c}-${d}`,
  (a, b, c, d) => ` ${a} ${b} ${c} ${d}`,
  (a, b, c, d) => ` ${a} ${b}${c}${d}`,
  (a, b, c, d) => `(${a})${b}${c}${d}`,
  (a, b, c, d) => ` ${a}-${b}-${c}-${d}`,
  (a, b, c, d) => ` ${a}${b}${c}${d}`,
  (a, b, c, d) => ` (${a}) ${b} ${c} ${d}`,
];

/** Digits, national with and without prefix, with a plus, and digits with a carriage return behind. */
const USUAL = 5;

const LONGEST = 15;

/**
 * The ways to write a number: digits, national (`8916…`, `916…`), with a plus, in the usual groups, and with white
 * space around it.
 *
 * @param country ISO 3166, such as `RU`: what a national number is
 */
export function createSpellings(country: string): Spellings {
  const home = findCountry(country);
  const callingCode = home?.callingCode ?? '';
  const nationalPrefix = home?.nationalPrefix ?? '';
  const international = [...new Set([home?.internationalPrefix ?? '00', '00'])];

  const nationalOf = (digits: string): string | undefined => {
    if (callingCode === '' || !digits.startsWith(callingCode)) return undefined;
    const national = digits.slice(callingCode.length);
    // The numbers of Russia have ten digits; those of other countries differ.
    if (nationalPrefix === '8' ? national.length !== 10 : national.length < 6) return undefined;
    return national;
  };

  /** At least so many of the first ways, if there are as many: the usual ones of each call cost little. */
  const write = (digits: string, first = Infinity): string[] => {
    const national = nationalOf(digits);
    const plus = `+${digits}`;
    if (national === undefined) {
      const abroad = international.map((prefix) => prefix + digits);
      return [digits, plus, ...abroad, ...tailed([digits, plus])];
    }
    const dialled = nationalPrefix + national;
    // One that begins with the calling code may be another number, complete.
    const bare = national.startsWith(callingCode) ? digits : national;
    const ways = [digits, dialled, plus, bare];
    if (first <= USUAL) return [...ways, digits + TAILS[0]];
    ways.push(...tailed([digits, dialled, plus]));
    if (national.length === 10 && ways.length < first) {
      const groups = [3, 6, 8, 10].map((end, index) => national.slice([0, 3, 6, 8][index], end));
      const [a = '', b = '', c = '', d = ''] = groups;
      for (const group of GROUPED) {
        for (const start of [nationalPrefix, `+${callingCode}`, callingCode])
          ways.push(start + group(a, b, c, d));
      }
      ways.push(`(${a}) ${b}-${c}-${d}`, `${a}-${b}-${c}-${d}`, `${a} ${b}-${c}-${d}`);
    }
    return ways;
  };

  // As many for each number, so that one statement serves them all.
  const sample = `${callingCode}9123456780`;
  const count = write(sample).length;
  const of = (digits: string, first = count): string[] => {
    const ways = write(digits, first);
    while (ways.length < first) ways.push(digits);
    return ways;
  };
  const indexOf = (digits: string, written: string): number => {
    if (written === digits) return 0;
    // Without marks it can only be one of the first.
    const ways = /^\+?\d+$/.test(written) ? write(digits, USUAL) : of(digits);
    const exact = ways.indexOf(written);
    // Most collations take no notice of spaces at the end.
    return exact === -1 ? ways.indexOf(written.replace(/ +$/, '')) : exact;
  };

  return {
    count,
    usual: USUAL,
    beginnings: of(sample).map((way) => /^\+?\d?[^\d+]/.exec(way)?.[0]),
    of,
    indexOf,
    meaning(written) {
      const digits = written.replaceAll(/\D/g, '');
      if (digits.length < 5) return [];
      const candidates = [digits];
      if (callingCode !== '') {
        if (digits.startsWith(nationalPrefix))
          candidates.push(callingCode + digits.slice(nationalPrefix.length));
        candidates.push(callingCode + digits);
      }
      for (const prefix of international) {
        if (digits.startsWith(prefix)) candidates.push(digits.slice(prefix.length));
      }
      return [...new Set(candidates)].filter(
        (one) => one.length >= 5 && one.length <= LONGEST && indexOf(one, written) !== -1,
      );
    },
  };
}

function tailed([digits = '', ...others]: readonly string[]): string[] {
  return [
    ...TAILS.map((tail) => digits + tail),
    ...others.flatMap((way) => USUAL_TAILS.map((tail) => way + tail)),
    ` ${digits}`,
    `\u00A0${digits}`,
  ];
}
