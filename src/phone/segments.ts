import { findCountry } from './country.ts';
import { dialled, groupsOf, wholeWord, type Group } from './groups.ts';
import { cutGlued } from './glued.ts';
import { endsInBrackets, isCityNumber, isGroupedAsUsual, standsBehindItsCode } from './grouping.ts';
import { withoutGuesses } from './guesses.ts';
import { isNearlyMobile, type Reader } from './reader.ts';
import { isMobile, type Certainty, type Dialled, type Reading } from './reading.ts';

/** A piece of a run: a phone number, or digits that are part of none. */
export type Segment = NumberSegment | { readonly kind: 'rest'; readonly text: string };

export interface NumberSegment {
  readonly kind: 'number';
  readonly reading: Reading;
  readonly text: string;
}

/** Four numbers in five words each, `8 916 123 45 67`; more are no phone numbers, and cost time. */
const MAX_WORDS = 20;
const MAX_GROUPS = 40;

/** Digits of the shortest number that may stand before an extension in brackets. */
const SHORTEST = 7;

/**
 * What a segment costs; the cheapest way to cut a run wins. Own numbers come before foreign ones, and leaving
 * no digits over before both. But one group that may be an extension may be left behind an own number:
 * `495 123 45 67 101` is also a number of Germany. Rather behind one than before one: of `925 973-52-18 101`, the last
 * ten digits are a mobile, too.
 */
const COST = {
  own: 10,
  international: 10,
  local: 15,
  oddlyGrouped: 15,
  behindItsCode: 20,
  foreign: 30,
  possible: 40,
  insideWord: 12,
  endsInsideWord: 2,
  extension: 18,
  beforeNumber: 19,
  rest: 100,
} as const satisfies Record<Exclude<Certainty, 'bare'>, number> & Record<string, number>;

/** An international prefix and 15 digits. */
const MAX_DIGITS = 20;

/**
 * Cuts a run of digits, spaces and punctuation into phone numbers, since spaces stand both inside a number
 * and between two: `8 916 123 45 67 8 903 765 43 21`. Where that leaves digits over, a dash may stand between a number
 * and its extension, `84951230000-101`, or two numbers may have lost what was between them.
 */
export function cutRun(run: string, reader: Reader): Segment[] {
  const { read, country } = reader;
  // The usual case, and nothing could be cheaper.
  const all = dialled(run.trim());
  const whole = read(all);
  if (whole && isSure(whole) && !lacksDigits(run, country) && !mayHoldMore(run.trim(), all, whole, country))
    return [{ kind: 'number', reading: whole, text: run.trim() }];

  const words = (run.match(/\+?[^\s+]+/g) ?? []).filter((word) => /\d/.test(word));
  if (words.length > MAX_WORDS) return [{ kind: 'rest', text: run.trim() }];
  let { segments, isCheapest } = cutGroups(
    words.map((word) => wholeWord(word, read)),
    reader,
  );
  const groups = isCheapest ? [] : words.flatMap((word) => groupsOf(word, read));
  if (groups.length > words.length && groups.length <= MAX_GROUPS) ({ segments } = cutGroups(groups, reader));
  return joinRests(withoutGuesses(segments, country)).flatMap((segment) =>
    segment.kind === 'rest' ? (cutGlued(segment.text, read) ?? [segment]) : [segment],
  );
}

/** Whether a text as a whole is a number of the country or of the own city. */
export function isOneNumber(text: string, { read }: Reader): boolean {
  const reading = read(dialled(text.trim()));
  return reading !== undefined && (isSure(reading) || reading.certainty === 'local');
}

/** Whether a text is a number of the country, or several, and written whole: with its prefix or its calling code. */
export function readsAsNumber(text: string, reader: Reader): boolean {
  const home = findCountry(reader.country);
  const isWhole =
    text.startsWith('+') ||
    [home?.nationalPrefix, home?.callingCode].some(
      (prefix) => prefix !== undefined && prefix !== '' && dialled(text).digits.startsWith(prefix),
    );
  if (!isWhole || dialled(text).digits.length <= shortestMobile(reader.country)) return false;
  return cutRun(text, reader).every(
    (segment) => segment.kind === 'number' && segment.reading.digits.startsWith(home?.callingCode ?? ''),
  );
}

/**
 * Whether a prefix or the calling code stands alone before fewer digits than any number has: `8 (16) 485-40-20` is no number
 * of the area 816.
 */
function lacksDigits(text: string, country: string): boolean {
  const { nationalPrefix = '', callingCode = '', lengths = [] } = findCountry(country) ?? {};
  const [first = ''] = /\d+/.exec(text) ?? [];
  if (first !== nationalPrefix && first !== callingCode) return false;
  return dialled(text).digits.length - first.length < Math.min(...lengths);
}

/** Whether a number has its prefix or its calling code. */
export function hasPrefix({ text, reading }: NumberSegment, country: string): boolean {
  const { plus, digits } = dialled(text);
  const code = reading.certainty === 'own' ? (findCountry(country)?.callingCode ?? '') : '';
  return plus || digits.length > reading.digits.length - code.length;
}

/**
 * Whether a run that is one number may also be a shorter one and something else: `989 123-45-67 12` behind an outside
 * line, and in Uzbekistan `998500000 100` with its calling code.
 */
function mayHoldMore(run: string, { digits }: Dialled, whole: Reading, country: string): boolean {
  if (/\d.*\+/.test(run) || endsInBrackets(run)) return true;
  const words = run.split(/\s+/);
  const [first = ''] = words;
  if (words.length === 1) return false;
  if (isCityNumber(first)) return true;
  if (whole.isBehindOutsideLine !== true && (run.startsWith('+') || digits !== whole.digits)) return false;
  const shorter = digits.length - dialled(words.at(-1) ?? '').digits.length;
  return shorter >= shortestMobile(country);
}

function shortestMobile(country: string): number {
  return Math.min(...(findCountry(country)?.mobileLengths ?? []), MAX_DIGITS);
}

function isSure({ certainty }: Reading): boolean {
  return certainty === 'own' || certainty === 'international';
}

interface Cut {
  readonly cost: number;
  readonly segments: readonly Segment[];
}

/** The cheapest way to cut the groups; whether there is no better one, however they are cut themselves. */
function cutGroups(groups: readonly Group[], reader: Reader): { segments: Segment[]; isCheapest: boolean } {
  // From the end: the cheapest way to cut what begins at each group, and the same behind an own number.
  const best: Cut[] = [];
  const behindNumber: Cut[] = [];
  best[groups.length] = behindNumber[groups.length] = { cost: 0, segments: [] };
  for (let from = groups.length - 1; from >= 0; from--) {
    const first = groups[from];
    const afterRest = best[from + (first?.groupsInWord ?? 1)];
    if (!first || !afterRest) continue;
    const segments = [{ kind: 'rest', text: first.word } as const, ...afterRest.segments];
    let cheapest: Cut = { cost: costOfRest(first, false) + afterRest.cost, segments };
    let cheapestBehind: Cut = { cost: costOfRest(first, true) + afterRest.cost, segments };
    for (const { segment, cost, to, isComplete } of numbersFrom(groups, from, reader)) {
      const after = (isComplete ? behindNumber : best)[to];
      if (!after) continue;
      const cut = { cost: cost + after.cost, segments: [segment, ...after.segments] };
      if (cut.cost < cheapest.cost) cheapest = cut;
      if (cut.cost < cheapestBehind.cost) cheapestBehind = cut;
    }
    best[from] = cheapest;
    behindNumber[from] = cheapestBehind;
  }
  const { cost = 0, segments = [] } = best[0] ?? {};
  return { segments: joinRests(segments), isCheapest: cost === segments.length * COST.own };
}

/** Every number that can begin at one group. `to` is the group behind it. */
function* numbersFrom(groups: readonly Group[], from: number, { read, country }: Reader) {
  const first = groups[from];
  if (!first) return;
  let digits = '';
  let holdsOwnNumber = false;
  /** An own number that began here and has ended: what follows is no part of it. */
  let complete: Reading | undefined;
  for (let to = from + 1; to <= groups.length; to++) {
    const last = groups[to - 1];
    if (!last || (last.plus && last !== first)) return;
    digits += last.digits;
    holdsOwnNumber ||= last.endsOwnNumber;
    if (digits.length > MAX_DIGITS) return;
    const reading = read({ plus: first.plus, digits });
    const written = groups.slice(from, to);
    if (
      reading &&
      reading.certainty !== 'bare' &&
      !endsInExtension(last, digits) &&
      !isOutOfPlace(written, reading, country)
    ) {
      const mayBeAbroad = reading.certainty === 'foreign' && (complete !== undefined || !holdsOwnNumber);
      const isAbroad = mayBeAbroad && isWrittenAsAbroad(written, reading, complete);
      // `9161234567 12` is an own number and something else, not a number of India.
      const isOther = isSure(reading)
        ? complete !== undefined && isAnother(reading, complete, written)
        : (complete ?? holdsOwnNumber);
      // A word is cut for the sake of an own number alone: `84951230000-101`.
      const cutsWord = !first.beginsWord || last.groupsInWord > 1;
      const isOwn = reading.certainty === 'own';
      if ((!isOther || isAbroad) && (!cutsWord || isOwn)) {
        const isAll = from === 0 && to === groups.length;
        const isOdd = isOwn && !isAll && isOddlyWritten(written, reading);
        if (isOwn && !isOdd) complete ??= reading;
        const kind = isOdd ? 'oddlyGrouped' : isAbroad ? 'behindItsCode' : reading.certainty;
        const endsInside = last.groupsInWord > 1 && to > from + first.groupsInWord;
        const cost =
          COST[kind] + (first.beginsWord ? 0 : COST.insideWord) + (endsInside ? COST.endsInsideWord : 0);
        yield {
          segment: { kind: 'number', reading, text: textOf(written) } as const,
          cost,
          to,
          isComplete: isOwn && !isOdd,
        };
      }
    }
    // `123-45-67 8901` is a number of the own city and something else, not one of the USA.
    if (first.beginsWord && to === from + first.groupsInWord && isCityNumber(first.word)) return;
  }
}

/**
 * Whether digits are a number only where an outside line hides in them, a prefix stands before too few digits, or a mobile has one
 * digit too many. But of `993 65 123456`, with two digits behind what would be the code, that is a number of Turkmenistan.
 */
function isOutOfPlace(written: readonly Group[], reading: Reading, country: string): boolean {
  const [first, second] = written.flatMap(({ lengths }) => lengths);
  const text = textOf(written);
  if (lacksDigits(text, country)) return true;
  if (reading.certainty === 'local') return reading.isBehindOutsideLine === true && first !== 1;
  const mayBeForeign = second === 2 && isWrittenAsAbroad(written, reading);
  return reading.certainty === 'foreign' && !mayBeForeign && isNearlyMobile(text, country);
}

/** Groups as they were written; of a word that is cut, the digits alone. */
function textOf(written: readonly Group[]): string {
  const cutsWord = written[0]?.beginsWord === false || (written.at(-1)?.groupsInWord ?? 1) > 1;
  if (cutsWord) return written.map(({ plus, digits }) => (plus ? `+${digits}` : digits)).join(' ');
  return written.flatMap(({ beginsWord, word }) => (beginsWord ? word : [])).join(' ');
}

/** Whether a number is another one than that which has ended within it, and not written as it would be. */
function isAnother(reading: Reading, complete: Reading, written: readonly Group[]): boolean {
  if (reading.certainty !== 'own' || reading.digits.startsWith(complete.digits)) return false;
  return reading.isBehindOutsideLine === true || !isGrouped(written, reading);
}

/** `98916 123 45 67` has the digit for an outside line, but few write it so. */
function isOddlyWritten(written: readonly Group[], reading: Reading): boolean {
  const [first] = written;
  const hidesLine =
    reading.isBehindOutsideLine === true && written.length > 1 && (first?.digits.length ?? 0) > 1;
  return hidesLine || !isGrouped(written, reading);
}

/** Whether the last of the digits stand in brackets behind enough of them for a number. */
function endsInExtension({ word, groupsInWord }: Group, digits: string): boolean {
  const [, extension] = (groupsInWord === 1 && /(?:^|\()(\d{1,6})\)$/.exec(word)) || [];
  return extension !== undefined && digits.length - extension.length >= SHORTEST;
}

function isGrouped(written: readonly Group[], { digits }: Reading): boolean {
  return isGroupedAsUsual(
    digits,
    written.flatMap(({ lengths }) => lengths),
  );
}

/**
 * Whether the calling code stands alone before a number of another country. Where the digits before the last two are an
 * own number as well, `996 555 12 34 56`, that must be a mobile, which has no extensions, and nothing may set the two
 * digits off, as in `996 555-12-34 56`.
 */
function isWrittenAsAbroad(written: readonly Group[], reading: Reading, complete?: Reading): boolean {
  const [first] = written;
  const [previous, last] = written.slice(-2);
  if (!first || !/^\d/.test(first.word) || !standsBehindItsCode(reading.digits, first.digits)) return false;
  if (complete === undefined) return true;
  const arePairs = previous?.lengths.join() === '2' && last?.lengths.join() === '2';
  return arePairs && previous.beginsWord === last.beginsWord && isMobile(complete.digits);
}

/** Behind an own number two digits may be an extension, and behind a dash a single one. */
function costOfRest({ word, beginsWord }: Group, isBehindNumber: boolean): number {
  if (!beginsWord) return /^\d{1,6}(?:-\d{1,6})?\)?$/.test(word) ? COST.extension : COST.rest;
  if (isBehindNumber) return /^\(?\d{2,6}\)?$/.test(word) ? COST.extension : COST.rest;
  return /^\(?\d{3,6}\)?$/.test(word) ? COST.beforeNumber : COST.rest;
}

function joinRests(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const segment of segments) {
    const previous = joined.at(-1);
    if (segment.kind === 'rest' && previous?.kind === 'rest') {
      joined[joined.length - 1] = { kind: 'rest', text: `${previous.text} ${segment.text}` };
    } else {
      joined.push(segment);
    }
  }
  return joined;
}
