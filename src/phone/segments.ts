import { readDialled } from './reading.ts';
import type { Certainty, Dialled } from './reading.ts';

/** A piece of a run: a phone number, or digits that are part of none. */
export type Segment =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'rest'; readonly text: string };

interface Group extends Dialled {
  /** As it stands in the run, without the spaces around it. */
  readonly text: string;
  /** Whether this group alone is a number of the own country. */
  readonly isOwnNumber: boolean;
}

/** Four numbers in five groups each; more groups are no phone numbers, and cost time. */
const MAX_GROUPS = 20;

/**
 * What a segment costs; the cheapest way to cut a run wins. Own numbers come before foreign ones, and leaving
 * no digits over before both. But one group that may be an extension may be left behind an own number:
 * `495 123 45 67 101` is also a number of Germany.
 */
const COST: Record<Certainty | 'extension' | 'rest', number> = {
  own: 10,
  international: 10,
  foreign: 30,
  possible: 40,
  extension: 18,
  rest: 100,
};

/** An international prefix and 15 digits. */
const MAX_DIGITS = 20;

/**
 * Cuts a run of digits, spaces and punctuation into phone numbers, since spaces stand both inside a number
 * and between two: `8 916 123 45 67 8 903 765 43 21`.
 */
export function cutRun(run: string, country: string): Segment[] {
  // The usual case, and nothing could be cheaper.
  const whole = readDialled(dialled(run.trim()), country);
  if (whole && COST[whole.certainty] === COST.own && !/\d.*\+/.test(run)) {
    return [{ kind: 'number', digits: whole.digits }];
  }

  const groups = splitGroups(run, country);
  if (groups.length > MAX_GROUPS) return [{ kind: 'rest', text: run.trim() }];

  // From the end: the cheapest way to cut what begins at each group.
  const best: { cost: number; segments: readonly Segment[] }[] = [];
  best[groups.length] = { cost: 0, segments: [] };
  for (let from = groups.length - 1; from >= 0; from--) {
    for (const { segment, cost, to } of candidates(groups, from, country)) {
      const after = best[to];
      if (!after) continue;
      const total = cost + after.cost;
      const known = best[from];
      if (!known || total < known.cost) best[from] = { cost: total, segments: [segment, ...after.segments] };
    }
  }
  return joinRests(best[0]?.segments ?? []);
}

function splitGroups(run: string, country: string): Group[] {
  return run
    .replaceAll('+', ' +')
    .split(/\s+/)
    .filter((text) => /\d/.test(text))
    .map((text) => {
      const group = dialled(text);
      return { ...group, text, isOwnNumber: readDialled(group, country)?.certainty === 'own' };
    });
}

function dialled(text: string): Dialled {
  return { plus: text.startsWith('+'), digits: text.replace(/\D/g, '') };
}

/** Everything that can begin at one group. `to` is the group behind it. */
function* candidates(groups: readonly Group[], from: number, country: string) {
  const first = groups[from];
  if (!first) return;
  const restCost = /^\d{3,6}$/.test(first.text) ? COST.extension : COST.rest;
  yield { segment: { kind: 'rest', text: first.text } as const, cost: restCost, to: from + 1 };

  let digits = '';
  let holdsOwnNumber = false;
  for (let to = from + 1; to <= groups.length; to++) {
    const last = groups[to - 1];
    if (!last || (last.plus && last !== first)) return;
    digits += last.digits;
    holdsOwnNumber ||= last.isOwnNumber;
    if (digits.length > MAX_DIGITS) return;
    const reading = readDialled({ plus: first.plus, digits }, country);
    if (!reading) continue;
    // `9161234567 12` is an own number and something else, not a number of India.
    const isSure = reading.certainty === 'own' || reading.certainty === 'international';
    if (holdsOwnNumber && !isSure) continue;
    yield { segment: { kind: 'number', digits: reading.digits } as const, cost: COST[reading.certainty], to };
  }
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
