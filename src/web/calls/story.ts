import type { CallLeg, Hold, LegOutcome, Party } from '../../calls/call.ts';
import { partyKey, type PageCall } from './page-call.ts';

/** `ring` a telephone rings, or the caller hears it; `talk`; `hold` a talk in which one waits; `ask` colleagues among themselves; `robot` an announcement. */
export type SegmentKind = 'ring' | 'talk' | 'hold' | 'ask' | 'robot';

/** Times in ms. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  readonly until: number;
}

/** What one party did during a call. */
export interface Lane {
  readonly party: Party;
  readonly segments: readonly Segment[];
  /** When they put the receiver down and so ended the call; null for those who did not. */
  readonly hungUpAt: number | null;
}

/** A call as a picture in time: who rang, who answered, who talked with whom, who hung up. */
export interface Story {
  readonly from: number;
  readonly until: number;
  readonly lanes: readonly Lane[];
}

/** @param now ends what lasts, in ms */
export function storyOf(call: PageCall, now: number): Story {
  const from = ms(call.startedAt);
  const until = Math.max(from + 1000, call.endedAt === null ? now : ms(call.endedAt));
  const parties = partiesOf(call);
  const ender = enderOf(call, parties);
  const lanes = parties.map((party) => ({
    party,
    segments: segmentsOf(call, party, { from, until }),
    hungUpAt: ender !== null && partyKey(ender) === partyKey(party) ? until : null,
  }));
  return { from, until, lanes };
}

/** The caller first, then everybody in the order in which they came. */
function partiesOf(call: PageCall): Party[] {
  const parties = new Map<string, Party>();
  const add = (party: Party): void => {
    const key = partyKey(party);
    const known = parties.get(key);
    if (key !== '' && (known === undefined || (known.user === null && party.user !== null)))
      parties.set(key, party);
  };
  add(call.from);
  for (const { party } of call.legs.toSorted(
    (a, b) => ms(startOf(a) ?? call.startedAt) - ms(startOf(b) ?? call.startedAt),
  ))
    add(party);
  for (const { a, b } of call.talks) {
    add(a);
    add(b);
  }
  return [...parties.values()];
}

function segmentsOf(call: PageCall, party: Party, span: { from: number; until: number }): Segment[] {
  const key = partyKey(party);
  const caller = partyKey(call.from);
  const end = (time: string | null): number => (time === null ? span.until : ms(time));
  const talks = call.talks
    .filter(({ a, b }) => partyKey(a) === key || partyKey(b) === key)
    .flatMap(({ a, b, from, until }): Segment[] => {
      const isAmongOurselves =
        partyKey(a) !== caller && partyKey(b) !== caller && call.direction !== 'internal';
      const talk = { from: ms(from), until: end(until) };
      if (isAmongOurselves) return [{ kind: 'ask', ...talk }];
      const holds = call.holds.filter(({ by }) => [partyKey(a), partyKey(b)].includes(partyKey(by)));
      return withHolds(
        talk,
        holds.map((hold) => ({ from: ms(hold.from), until: end(hold.until) })),
      );
    });
  const rings = call.legs
    .filter((leg) => partyKey(leg.party) === key && leg.rangAt !== null)
    .map((leg): Segment => ({
      kind: 'ring',
      from: ms(leg.rangAt ?? ''),
      until: end(leg.answeredAt ?? leg.endedAt),
    }));
  const heard =
    key === caller ? [...callerBefore(call, span, talks[0]?.from), ...callerBetween(call, span, talks)] : [];
  return [...heard, ...rings, ...talks]
    .map((one) => ({ ...one, until: Math.min(span.until, Math.max(one.from, one.until)) }))
    .filter(({ from, until }) => until > from)
    .toSorted((a, b) => a.from - b.from);
}

/** A talk, cut by the times in which one of the two waits. */
function withHolds(talk: Omit<Segment, 'kind'>, holds: readonly Omit<Segment, 'kind'>[]): Segment[] {
  const segments: Segment[] = [];
  let from = talk.from;
  for (const hold of holds) {
    const begin = Math.max(from, hold.from);
    const end = Math.min(talk.until, hold.until);
    if (end <= begin) continue;
    segments.push({ kind: 'talk', from, until: begin }, { kind: 'hold', from: begin, until: end });
    from = end;
  }
  return [...segments, { kind: 'talk', from, until: talk.until }];
}

/** The caller hears an announcement, and then that it rings. Of a call that we make both are rung, and their legs tell it. */
function callerBefore(
  call: PageCall,
  span: { from: number; until: number },
  talkAt: number | undefined,
): Segment[] {
  if (call.direction === 'courier' || call.request !== null) return [];
  const greeted = span.from + call.seconds.greeting * 1000;
  const waited = talkAt ?? span.until;
  const robot: Segment[] =
    call.seconds.greeting > 0 ? [{ kind: 'robot', from: span.from, until: greeted }] : [];
  return call.legs.length === 0 ? robot : [...robot, { kind: 'ring', from: greeted, until: waited }];
}

/** Passed on, the caller hears it ring again. */
function callerBetween(call: PageCall, span: { until: number }, talks: readonly Segment[]): Segment[] {
  const [first] = talks;
  if (first === undefined) return [];
  return call.legs.flatMap((leg): Segment[] => {
    const from = leg.rangAt === null ? 0 : ms(leg.rangAt);
    const isWhileTalking = talks.some((talk) => talk.from <= from && talk.until > from);
    if (from <= first.from || isWhileTalking || partyKey(leg.party) === partyKey(call.from)) return [];
    const end = leg.answeredAt ?? leg.endedAt;
    return [{ kind: 'ring', from, until: end === null ? span.until : ms(end) }];
  });
}

function enderOf(call: PageCall, parties: readonly Party[]): Party | null {
  if (call.endedBy === 'caller') return call.from;
  if (call.endedBy !== 'callee') return null;
  const talk = call.talks.at(-1);
  if (talk === undefined) return call.legs.at(-1)?.party ?? parties[1] ?? null;
  return partyKey(talk.a) === partyKey(call.from) ? talk.b : talk.a;
}

/** What happened, one line a moment. */
export type Moment = { readonly at: number } & (
  | { readonly kind: 'began'; readonly greeting: number }
  | { readonly kind: 'rings'; readonly parties: readonly Party[] }
  | { readonly kind: 'legEnded'; readonly party: Party; readonly outcome: LegOutcome }
  | { readonly kind: 'answered'; readonly party: Party; readonly waited: number }
  | { readonly kind: 'passed'; readonly party: Party }
  /** Null `seconds` while it lasts. */
  | { readonly kind: 'held'; readonly party: Party; readonly seconds: number | null }
  | { readonly kind: 'consult'; readonly a: Party; readonly b: Party }
  | { readonly kind: 'ended'; readonly party: Party | null; readonly by: PageCall['endedBy'] }
);

/** Telephones that begin to ring so close together ring at once, in ms. */
const AT_ONCE_MS = 1500;

/** The story in words, for reading aloud and for copying. */
export function momentsOf(call: PageCall): Moment[] {
  const began: Moment = {
    at: ms(call.startedAt),
    kind: 'began',
    greeting: Math.round(call.seconds.greeting),
  };
  const moments: Moment[] = [
    began,
    ...ringMoments(call.legs),
    ...talkMoments(call),
    ...holdMoments(call.holds),
  ];
  for (const { party, outcome, answeredAt, endedAt } of call.legs) {
    const isWorthIt =
      outcome !== null &&
      outcome !== 'answered' &&
      outcome !== 'answered elsewhere' &&
      outcome !== 'cancelled';
    if (isWorthIt && answeredAt === null && endedAt !== null)
      moments.push({ at: ms(endedAt), kind: 'legEnded', party, outcome });
  }
  moments.sort((a, b) => a.at - b.at);
  if (call.endedAt !== null) {
    moments.push({
      at: ms(call.endedAt),
      kind: 'ended',
      party: enderOf(call, partiesOf(call)),
      by: call.endedBy,
    });
  }
  return moments;
}

function ringMoments(legs: readonly CallLeg[]): Moment[] {
  const groups: { at: number; parties: Party[] }[] = [];
  for (const leg of legs.toSorted((a, b) => ms(a.rangAt ?? '') - ms(b.rangAt ?? ''))) {
    if (leg.rangAt === null) continue;
    const at = ms(leg.rangAt);
    const group = groups.at(-1);
    if (group === undefined || at - group.at > AT_ONCE_MS) groups.push({ at, parties: [leg.party] });
    else group.parties.push(leg.party);
  }
  return groups.map(({ at, parties }) => ({ at, kind: 'rings', parties }));
}

function talkMoments(call: PageCall): Moment[] {
  const caller = partyKey(call.from);
  const moments: Moment[] = [];
  for (const { a, b, from } of call.talks) {
    const at = ms(from);
    if (partyKey(a) !== caller && partyKey(b) !== caller) moments.push({ at, kind: 'consult', a, b });
    else {
      const party = partyKey(a) === caller ? b : a;
      const isFirst = !moments.some(({ kind }) => kind === 'answered');
      moments.push(
        isFirst
          ? { at, kind: 'answered', party, waited: Math.round(call.seconds.wait) }
          : { at, kind: 'passed', party },
      );
    }
  }
  // Somebody who talks again after a hold was not given the call.
  return moments.filter(
    (one, index) =>
      one.kind !== 'passed' ||
      !moments
        .slice(0, index)
        .some(
          (before) =>
            'party' in before && before.party !== null && partyKey(before.party) === partyKey(one.party),
        ),
  );
}

function holdMoments(holds: readonly Hold[]): Moment[] {
  return holds.map(({ by, from, until }) => ({
    at: ms(from),
    kind: 'held',
    party: by,
    seconds: until === null ? null : Math.round((ms(until) - ms(from)) / 1000),
  }));
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);

/** Times at which the axis is marked: round ones, at most five. */
export function ticksOf({ from, until }: Pick<Story, 'from' | 'until'>): number[] {
  const step = STEPS.find((one) => (until - from) / one <= 5) ?? Math.ceil((until - from) / 5);
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((until - first) / step) + 1) },
    (_, index) => first + index * step,
  );
}

function startOf({ rangAt, answeredAt }: CallLeg): string | null {
  return rangAt ?? answeredAt;
}

function ms(time: string): number {
  return Date.parse(time);
}
