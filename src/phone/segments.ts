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

interface Group extends Dialled {
  /** As it stands in the run. */
  readonly text: string;
  /** Whether this group alone is a number of the own country. */
  readonly isOwnNumber: boolean;
  /** Whether a number may begin here: not in the middle of what is written without a space. */
  readonly mayBegin: boolean;
}

/** Four numbers in five groups each; more groups are no phone numbers, and cost time. */
const MAX_GROUPS = 20;

/**
 * What a segment costs; the cheapest way to cut a run wins. Own numbers come before foreign ones, and leaving
 * no digits over before both. But one group that may be an extension may be left behind an own number:
 * `495 123 45 67 101` is also a number of Germany.
 */
const COST: Record<Exclude<Certainty, 'bare'> | 'extension' | 'rest', number> = {
  own: 10,
  international: 10,
  local: 15,
  foreign: 30,
  possible: 40,
  extension: 18,
  rest: 100,
};

/** An international prefix and 15 digits. */
const MAX_DIGITS = 20;

/** Two to four numbers without anything between them. */
const GLUED = /^\+?\d{20,44}$/;
const GLUED_LENGTHS = [10, 11, 12];

type Read = (dialled: Dialled) => Reading | undefined;

/**
 * Cuts a run of digits, spaces and punctuation into phone numbers, since spaces stand both inside a number
 * and between two: `8 916 123 45 67 8 903 765 43 21`. Where that leaves digits over, a dash may stand between a number
 * and its extension, `84951230000-101`, or two numbers may have lost what was between them.
 */
export function cutRun(run: string, country: string, habits?: LocalHabits): Segment[] {
  const read: Read = (number) => readWritten(number, country, habits);
  // The usual case, and nothing could be cheaper.
  const whole = read(dialled(run.trim()));
  if (whole && isSure(whole) && !/\d.*\+/.test(run)) return [{ kind: 'number', digits: whole.digits }];

  const coarse = cutAt(/\+?[^\s+]+/g, run, read);
  if (/\d[-().~_]/.test(run)) {
    const finer = cutAt(/\+?[^\s()+.~_-]+/g, run, (number) => onlySure(read(number)));
    if (finer.cost < coarse.cost || digitsLeft(finer) < digitsLeft(coarse)) return [...finer.segments];
  }
  return coarse.segments.flatMap((segment) =>
    segment.kind === 'rest' ? (cutGlued(segment.text, read) ?? [segment]) : [segment],
  );
}

/** Whether a text as a whole is a number of the country or of the own city. */
export function isOneNumber(text: string, country: string, habits?: LocalHabits): boolean {
  const reading = readWritten(dialled(text.trim()), country, habits);
  return reading !== undefined && (isSure(reading) || reading.certainty === 'local');
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

/** Digits that nobody wrote as a number may be anything: those of a mobile in no known range are not dialled. */
function readWritten(number: Dialled, country: string, habits?: LocalHabits): Reading | undefined {
  const reading = readDialled(number, country, habits);
  return reading?.certainty === 'bare' ? undefined : reading;
}

function isSure({ certainty }: Reading): boolean {
  return certainty === 'own' || certainty === 'international';
}

function onlySure(reading: Reading | undefined): Reading | undefined {
  return reading && isSure(reading) ? reading : undefined;
}

interface Cut {
  readonly cost: number;
  readonly segments: readonly Segment[];
}

function cutAt(pattern: RegExp, run: string, read: Read): Cut {
  const groups = splitGroups(pattern, run, read);
  if (groups.length > MAX_GROUPS) return { cost: Infinity, segments: [{ kind: 'rest', text: run.trim() }] };

  // From the end: the cheapest way to cut what begins at each group.
  const best: Cut[] = [];
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
  return { cost, segments: joinRests(segments) };
}

function splitGroups(pattern: RegExp, run: string, read: Read): Group[] {
  return [...run.matchAll(pattern)]
    .filter(([text]) => /\d/.test(text))
    .map(({ 0: text, index }) => {
      const group = dialled(text);
      const isOwnNumber = read(group)?.certainty === 'own';
      const mayBegin = group.plus || /(?:^|\s)\(?$/.test(run.slice(0, index));
      return { ...group, text, isOwnNumber, mayBegin };
    });
}

function dialled(text: string): Dialled {
  return { plus: text.startsWith('+'), digits: text.replace(/\D/g, '') };
}

/** Everything that can begin at one group. `to` is the group behind it. */
function* candidates(groups: readonly Group[], from: number, read: Read) {
  const first = groups[from];
  if (!first) return;
  const restCost = /^\d{3,6}$/.test(first.text) ? COST.extension : COST.rest;
  yield { segment: { kind: 'rest', text: first.text } as const, cost: restCost, to: from + 1 };
  if (!first.mayBegin) return;

  let digits = '';
  let holdsOwnNumber = false;
  for (let to = from + 1; to <= groups.length; to++) {
    const last = groups[to - 1];
    if (!last || (last.plus && last !== first)) return;
    digits += last.digits;
    holdsOwnNumber ||= last.isOwnNumber;
    if (digits.length > MAX_DIGITS) return;
    const reading = read({ plus: first.plus, digits });
    if (!reading || reading.certainty === 'bare') continue;
    // `9161234567 12` is an own number and something else, not a number of India.
    if (holdsOwnNumber && !isSure(reading)) continue;
    yield { segment: { kind: 'number', digits: reading.digits } as const, cost: COST[reading.certainty], to };
  }
}

/** @returns undefined when they are not two or more numbers of the country, or may be cut in several ways */
function cutGlued(text: string, read: Read): Segment[] | undefined {
  if (!GLUED.test(text)) return undefined;
  const [cut, ...others] = waysToCut(dialled(text).digits, read);
  return others.length === 0 ? cut : undefined;
}

function waysToCut(digits: string, read: Read): Segment[][] {
  if (digits === '') return [[]];
  return GLUED_LENGTHS.flatMap((length) => {
    const piece = digits.slice(0, length);
    const number = piece.length === length ? read({ plus: false, digits: piece }) : undefined;
    // The digits of an account are many, too: without a prefix before it, a number must be a mobile.
    if (number?.certainty !== 'own' || (number.digits.endsWith(piece) && !isMobile(number.digits))) return [];
    const first: Segment = { kind: 'number', digits: number.digits };
    return waysToCut(digits.slice(length), read).map((rest) => [first, ...rest]);
  });
}

function digitsLeft({ segments }: Cut): number {
  const texts = segments.map((segment) => (segment.kind === 'rest' ? dialled(segment.text).digits : ''));
  return texts.join('').length;
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
