import type { Call, Party } from '../../../src/calls/call.ts';
import { inside, outside } from './sample-calls.ts';

export interface YearOptions {
  /** When the last call begins, in ms since 1970. Default: a fixed day, the same for every run. */
  readonly until?: number;
}

const YEAR_MS = 365 * 86_400_000;
const UNTIL = Date.parse('2026-11-26T00:00:00Z');
/** Customers of a big company: each calls some times a year. */
export const CUSTOMERS = 300_000;
const OPERATORS = 40;
/** The number that customers call. */
export const COMPANY = '74950000000';
/** One call in so many goes another way than in: little of something is what is hardest to find. */
const RARELY = 1000;
const UNANSWERED = ['no_answer', 'no_answer', 'cancelled', 'busy'] as const;

/** @param customer below `CUSTOMERS` */
export const numberOfCustomer = (customer: number): string =>
  `79${String(160_000_000 + customer * 761).padStart(9, '0')}`;

/**
 * So many calls, evenly over a year, the same in every run: at nearly all of them two operators ring, and mostly one of
 * them answers.
 *
 * @returns makes the n-th call; asked for each one once, in their order
 */
export function yearOfCalls(calls: number, { until = UNTIL }: YearOptions = {}): (n: number) => Call {
  const random = randomNumbers();
  const pick = (count: number): number => Math.floor(random() * count);
  return (n) => {
    const startMs = until - YEAR_MS + Math.floor(((n + 1) / calls) * YEAR_MS);
    const at = (seconds: number): string => new Date(startMs + Math.round(seconds * 1000)).toISOString();
    const customer = outside(numberOfCustomer(pick(CUSTOMERS)));
    const first = pick(OPERATORS);
    const winner = operator(first);
    const loser = operator((first + 1) % OPERATORS);
    // To a tenth of a second, as calls have it.
    const ring = 2 + pick(200) / 10;
    const talk = 10 + pick(1200) / 10;
    const isAnswered = random() < 0.85;
    const unanswered = n % 5000 === 0 ? 'refused' : (UNANSWERED[pick(UNANSWERED.length)] ?? 'no_answer');
    const end = isAnswered ? ring + talk : ring;
    const id = `${Math.floor(startMs / 1000)}.${n * 3}`;
    const shipment = 70_000 + pick(calls);
    const call: Call = {
      id: `main-${id}`,
      asterisk: 'main',
      linkedIds: [id],
      direction: 'in',
      state: 'ended',
      startedAt: at(0),
      answeredAt: isAnswered ? at(ring) : null,
      endedAt: at(end),
      from: customer,
      to: outside(COMPANY),
      answeredBy: isAnswered ? winner : null,
      outcome: isAnswered ? 'answered' : unanswered,
      cause: 16,
      endedBy: 'caller',
      missed: !isAnswered,
      calledBackAt: null,
      seconds: { greeting: 0, wait: ring, ring, talk: isAnswered ? talk : 0, hold: 0 },
      legs: [
        {
          party: winner,
          trunk: null,
          rangAt: at(0.2),
          answeredAt: isAnswered ? at(ring) : null,
          endedAt: at(end),
          outcome: isAnswered ? 'answered' : 'no_answer',
          cause: 16,
        },
        {
          party: loser,
          trunk: null,
          rangAt: at(0.2),
          answeredAt: null,
          endedAt: at(ring),
          outcome: isAnswered ? 'answered elsewhere' : 'no_answer',
          cause: 26,
        },
      ],
      talks: isAnswered ? [{ a: customer, b: winner, from: at(ring), until: at(end) }] : [],
      holds: [],
      links: [
        { kind: 'shipment', code: shipment, how: 'matched', rank: 1 },
        { kind: 'order', code: Math.floor(shipment / 3), how: 'matched', rank: 1 },
        { kind: 'client', code: 200 + pick(500), how: 'matched', rank: 1 },
        { kind: 'courier', code: 10 + pick(200), how: 'matched', rank: 1 },
      ],
      request: null,
      recordings: [],
      survey: [],
      completeness: 'whole',
    };
    if (n % RARELY === 1) return turned(call, 'out', winner, customer);
    if (n % RARELY === 2) return turned(call, 'internal', winner, loser);
    if (n % RARELY === 3) return turned(call, 'courier', outside(COMPANY), customer);
    return call;
  };
}

const operator = (n: number): Party => inside(String(101 + n), `user${n}`);

/** The same length and outcome between others: nobody else rings. */
function turned(call: Call, direction: Call['direction'], from: Party, to: Party): Call {
  const { answeredBy, legs, talks } = call;
  return {
    ...call,
    direction,
    from,
    to,
    answeredBy: answeredBy === null ? null : to,
    missed: false,
    legs: legs.slice(0, 1).map((leg) => ({ ...leg, party: to })),
    talks: talks.map((talk) => ({ ...talk, a: from, b: to })),
  };
}

/** The same in every run: mulberry32. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
