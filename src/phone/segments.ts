import { memoise } from '../util/memoise.ts';
import { findCountry } from './country.ts';
import {
  isMobile,
  readDialled,
  type Certainty,
  type Dialled,
  type LocalHabits,
  type Reading,
} from './reading.ts';

/** A piece of a run: a phone number, or digits that are part of none. */
export type Segment =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'rest'; readonly text: string };

/** Digits without anything between them. */
interface Group extends Dialled {
  /** The word it belongs to, from here to the next space: `123-45-67` of the group `123`, `45-67` of `45`. */
  readonly word: string;
  /** Groups from here to the end of the word. */
  readonly groupsInWord: number;
  readonly beginsWord: boolean;
  /** Whether the word whose last group this is, alone, is a number of the own country. */
  readonly endsOwnNumber: boolean;
}

/** Four numbers in five words each, `8 916 123 45 67`; more are no phone numbers, and cost time. */
const MAX_WORDS = 20;
const MAX_GROUPS = 40;

/**
 * What a segment costs; the cheapest way to cut a run wins. Own numbers come before foreign ones, and leaving
 * no digits over before both. But one group that may be an extension may be left behind an own number:
 * `495 123 45 67 101` is also a number of Germany.
 */
const COST: Record<Exclude<Certainty, 'bare'> | 'insideWord' | 'extension' | 'rest', number> = {
  own: 10,
  international: 10,
  local: 15,
  foreign: 30,
  possible: 40,
  insideWord: 12,
  extension: 18,
  rest: 100,
};

/** An international prefix and 15 digits. */
const MAX_DIGITS = 20;

/** Two to four numbers without anything between them. */
const GLUED = /^\+?\d[\d().~_-]{19,60}$/;
const GLUED_DIGITS = 44;
const GLUED_LENGTHS = [10, 11, 12];

type Read = (dialled: Dialled) => Reading | undefined;

/**
 * Cuts a run of digits, spaces and punctuation into phone numbers, since spaces stand both inside a number
 * and between two: `8 916 123 45 67 8 903 765 43 21`. Where that leaves digits over, a dash may stand between a number
 * and its extension, `84951230000-101`, or two numbers may have lost what was between them.
 */
export function cutRun(run: string, country: string, habits?: LocalHabits): Segment[] {
  const read = reader(country, habits);
  // The usual case, and nothing could be cheaper.
  const whole = read(dialled(run.trim()));
  if (whole && isSure(whole) && !/\d.*\+/.test(run)) return [{ kind: 'number', digits: whole.digits }];

  const words = (run.match(/\+?[^\s+]+/g) ?? []).filter((word) => /\d/.test(word));
  if (words.length > MAX_WORDS) return [{ kind: 'rest', text: run.trim() }];
  let { segments, isCheapest } = cutGroups(
    words.map((word) => wholeWord(word, read)),
    read,
  );
  const groups = isCheapest ? [] : words.flatMap((word) => groupsOf(word, read));
  if (groups.length > words.length && groups.length <= MAX_GROUPS) ({ segments } = cutGroups(groups, read));
  return segments.flatMap((segment) =>
    segment.kind === 'rest' ? (cutGlued(segment.text, read) ?? [segment]) : [segment],
  );
}

/** Whether a text as a whole is a number of the country or of the own city. */
export function isOneNumber(text: string, country: string, habits?: LocalHabits): boolean {
  const reading = reader(country, habits)(dialled(text.trim()));
  return reading !== undefined && (isSure(reading) || reading.certainty === 'local');
}

/** Whether a text as a whole is a mobile number of the country. */
export function isOwnMobile(text: string, country: string): boolean {
  const reading = readDialled(dialled(text), country);
  return reading?.certainty === 'own' && isMobile(reading.digits, country);
}

/** Whether a text is a number of the country, or several, and written whole: with its prefix or its calling code. */
export function readsAsNumber(text: string, country: string, habits?: LocalHabits): boolean {
  const home = findCountry(country);
  const isWhole =
    text.startsWith('+') ||
    [home?.nationalPrefix, home?.callingCode].some(
      (prefix) => prefix !== undefined && prefix !== '' && dialled(text).digits.startsWith(prefix),
    );
  const shortest = Math.min(...(home?.mobileLengths ?? []), MAX_DIGITS);
  if (!isWhole || dialled(text).digits.length <= shortest) return false;
  return cutRun(text, country, habits).every(
    (segment) => segment.kind === 'number' && segment.digits.startsWith(home?.callingCode ?? ''),
  );
}

/**
 * Reads the same digits once. Digits that nobody wrote as a number may be anything: those of a mobile in no known
 * range are not dialled.
 */
function reader(country: string, habits?: LocalHabits): Read {
  const read = memoise((text) => {
    const reading = readDialled(dialled(text), country, habits);
    return reading === undefined || reading.certainty === 'bare' ? null : reading;
  }, 1000);
  return ({ plus, digits }) => read(plus ? `+${digits}` : digits) ?? undefined;
}

function isSure({ certainty }: Reading): boolean {
  return certainty === 'own' || certainty === 'international';
}

/** The cheapest way to cut the groups; whether there is no better one, however they are cut themselves. */
function cutGroups(groups: readonly Group[], read: Read): { segments: Segment[]; isCheapest: boolean } {
  // From the end: the cheapest way to cut what begins at each group.
  const best: { cost: number; segments: readonly Segment[] }[] = [];
  best[groups.length] = { cost: 0, segments: [] };
  for (let from = groups.length - 1; from >= 0; from--) {
    for (const { segment, cost, to } of candidates(groups, from, read)) {
      const after = best[to];
      if (!after) continue;
      const total = cost + after.cost;
      const known = best[from];
      if (!known || total < known.cost) best[from] = { cost: total, segments: [segment, ...after.segments] };
    }
  }
  const { cost = 0, segments = [] } = best[0] ?? {};
  return { segments: joinRests(segments), isCheapest: cost === segments.length * COST.own };
}

function wholeWord(word: string, read: Read): Group {
  const group = dialled(word);
  const endsOwnNumber = read(group)?.certainty === 'own';
  return { ...group, word, groupsInWord: 1, beginsWord: true, endsOwnNumber };
}

function groupsOf(word: string, read: Read): Group[] {
  const whole = wholeWord(word, read);
  return [...word.matchAll(/\+?\d+/g)].map(({ 0: text, index }, place, all) => ({
    ...dialled(text),
    word: place === 0 ? word : word.slice(index),
    groupsInWord: all.length - place,
    beginsWord: place === 0,
    endsOwnNumber: whole.endsOwnNumber && place === all.length - 1,
  }));
}

function dialled(text: string): Dialled {
  return { plus: text.startsWith('+'), digits: text.replace(/\D/g, '') };
}

/** Everything that can begin at one group. `to` is the group behind it. */
function* candidates(groups: readonly Group[], from: number, read: Read) {
  const first = groups[from];
  if (!first) return;
  const rest = { kind: 'rest', text: first.word } as const;
  yield { segment: rest, cost: costOfRest(first), to: from + first.groupsInWord };

  let digits = '';
  let holdsOwnNumber = false;
  for (let to = from + 1; to <= groups.length; to++) {
    const last = groups[to - 1];
    if (!last || (last.plus && last !== first)) return;
    digits += last.digits;
    holdsOwnNumber ||= last.endsOwnNumber;
    if (digits.length > MAX_DIGITS) return;
    const reading = read({ plus: first.plus, digits });
    if (!reading || reading.certainty === 'bare') continue;
    // `9161234567 12` is an own number and something else, not a number of India.
    if (holdsOwnNumber && !isSure(reading)) continue;
    // A word is cut for the sake of an own number alone: `84951230000-101`.
    const cutsWord = !first.beginsWord || last.groupsInWord > 1;
    if (cutsWord && reading.certainty !== 'own') continue;
    const cost = COST[reading.certainty] + (first.beginsWord ? 0 : COST.insideWord);
    yield { segment: { kind: 'number', digits: reading.digits } as const, cost, to };
  }
}

/** Behind a dash, even two digits may be an extension. */
function costOfRest({ word, beginsWord }: Group): number {
  return (beginsWord ? /^\d{3,6}$/ : /^\d{1,6}(?:-\d{1,6})?$/).test(word) ? COST.extension : COST.rest;
}

/** @returns undefined when they are not two or more numbers of the country, or may be cut in several ways */
function cutGlued(text: string, read: Read): Segment[] | undefined {
  const { digits } = dialled(text);
  if (!GLUED.test(text) || digits.length > GLUED_DIGITS) return undefined;
  const [cut, ...others] = waysToCut(digits, read);
  return others.length === 0 ? cut : undefined;
}

function waysToCut(digits: string, read: Read): Segment[][] {
  if (digits === '') return [[]];
  return GLUED_LENGTHS.flatMap((length) => {
    const piece = digits.slice(0, length);
    const number = piece.length === length ? read({ plus: false, digits: piece }) : undefined;
    // The digits of an account are many, too: without a prefix before it, a number must be a mobile.
    if (number?.certainty !== 'own' || (piece.length < number.digits.length && !isMobile(number.digits)))
      return [];
    const first: Segment = { kind: 'number', digits: number.digits };
    return waysToCut(digits.slice(length), read).map((rest) => [first, ...rest]);
  });
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
