import { legsBehind } from '../calls/attempts.ts';
import type { Call, CallLeg, Talk } from '../calls/call.ts';
import { hasLink, wasRouted } from '../calls/links.ts';
import { decisiveAttempt, isRefusal } from '../calls/outcome.ts';
import { coveredMs, type Span } from '../calls/talks.ts';

/**
 * A call that began before this desk was started: what was known of it, and what has been seen since.
 *
 * @param before as the journal has it
 * @param now what the tracker makes of the channels that it found
 */
export function continueCall(before: Call, now: Call): Call {
  const legs = continueLegs(before.legs, now);
  const attempts = legsBehind({ legs, from: before.from });
  const ending = continueEnding(before, now, attempts);
  const talks = continueTalks(before.talks, now.talks);
  // Of one that lasted, nobody saw the end.
  const holds = before.holds.filter(isOver);
  return {
    ...now,
    id: before.id,
    linkedIds: [...new Set([...before.linkedIds, ...now.linkedIds])],
    direction: before.direction,
    startedAt: before.startedAt,
    answeredAt: before.answeredAt ?? now.answeredAt,
    from: before.from,
    to: before.to,
    answeredBy: before.answeredBy ?? now.answeredBy,
    ...ending,
    missed: isMissed(before, now, ending),
    seconds: {
      ...continueWait(before, now, attempts),
      talk: tenths(now.seconds.talk + unseenTalk(talks, now.talks)),
      hold: tenths(now.seconds.hold + secondsOf(holds)),
    },
    legs,
    talks,
    holds: [...holds, ...now.holds],
    links: [...before.links, ...now.links.filter((link) => !hasLink(before.links, link))],
    request: before.request ?? now.request,
    completeness: 'rebuilt',
  };
}

type Ending = Pick<Call, 'outcome' | 'cause' | 'endedBy'>;
type Waiting = Pick<Call['seconds'], 'greeting' | 'wait' | 'ring'>;

/** @param attempts all that there were */
function continueEnding(before: Call, now: Call, attempts: readonly CallLeg[]): Ending {
  const { outcome, cause, endedBy } = now;
  const seen = { outcome, cause, endedBy };
  if (now.state !== 'ended') return seen;
  if (before.answeredAt !== null) return { ...seen, outcome: 'answered' };
  if (outcome === null || now.answeredAt !== null || hasGivenUp(now)) return seen;
  const decisive = decisiveAttempt(attempts);
  if (decisive === undefined) return seen;
  return {
    outcome: decisive.outcome,
    cause: decisive.attempt.cause,
    endedBy: isRefusal(decisive.outcome) ? 'callee' : 'system',
  };
}

/** While somebody was being tried for them, or in a queue: not after it. */
function hasGivenUp(now: Call): boolean {
  const isTried = legsBehind(now).length > 0 || now.seconds.wait > 0;
  return now.outcome === 'cancelled' && now.endedBy === 'caller' && isTried;
}

/** What is left of a call may look like a greeting, where somebody was to be rung before. */
function isMissed(before: Call, now: Call, { outcome }: Ending): boolean {
  const isUnanswered = before.answeredAt === null && now.answeredAt === null && outcome !== null;
  return (
    before.direction === 'in' && isUnanswered && (now.missed || wasRouted(before.links) || wasTried(before))
  );
}

function wasTried({ legs, seconds, answeredAt }: Call): boolean {
  return legs.length > 0 || seconds.wait > 0 || answeredAt !== null;
}

/** @param attempts all that there were */
function continueWait(before: Call, now: Call, attempts: readonly CallLeg[]): Waiting {
  if (before.answeredAt !== null) return before.seconds;
  const { greeting } = wasTried(before) ? before.seconds : now.seconds;
  const answeredAt = now.answeredAt === null ? undefined : Date.parse(now.answeredAt);
  const rings = attempts.flatMap(ringOf);
  const from = Math.min(...rings.map((one) => one.from));
  const until = answeredAt ?? Math.max(...rings.map((one) => one.until ?? 0));
  const longest = (key: keyof Waiting, ms: number) =>
    Math.max(before.seconds[key], now.seconds[key], tenths(ms / 1000));
  return {
    greeting,
    wait: longest('wait', rings.length === 0 ? 0 : until - from),
    ring: longest('ring', coveredMs(rings, answeredAt)),
  };
}

/** Of a telephone whose end was not seen, nobody knows how long it rang. */
function ringOf({ rangAt, answeredAt, endedAt, outcome }: CallLeg): Span[] {
  if (rangAt === null || (endedAt !== null && outcome === null)) return [];
  const until = answeredAt ?? endedAt;
  return [{ from: Date.parse(rangAt), until: until === null ? undefined : Date.parse(until) }];
}

/** A leg that had not ended goes on as what Asterisk has now; one that Asterisk has no more ends with the call at the latest. */
function continueLegs(before: readonly CallLeg[], { legs, endedAt }: Call): CallLeg[] {
  const goingOn = legs.map((leg) => {
    const same = before.find((one) => one.endedAt === null && isSameLeg(one, leg));
    if (same === undefined) return leg;
    return { ...leg, rangAt: same.rangAt ?? leg.rangAt, answeredAt: same.answeredAt ?? leg.answeredAt };
  });
  const over = before.filter((leg) => leg.endedAt !== null || !legs.some((one) => isSameLeg(one, leg)));
  return [...over.map((leg) => ({ ...leg, endedAt: leg.endedAt ?? endedAt })), ...goingOn];
}

/** Two who talked, and talk now, have talked all the time. */
function continueTalks(before: readonly Talk[], now: readonly Talk[]): Talk[] {
  const open = before.filter(({ until }) => until === null);
  const goingOn = now.map((talk) => ({
    ...talk,
    from: open.find((one) => isSameTalk(one, talk))?.from ?? talk.from,
  }));
  return [...before.filter(({ until }) => until !== null), ...goingOn];
}

export function isOver({ until }: Pick<Talk, 'until'>): boolean {
  return until !== null;
}

/** Of talks, what the tracker has not seen, in s. */
function unseenTalk(talks: readonly Talk[], seen: readonly Talk[]): number {
  return secondsOf(talks) - secondsOf(seen);
}

/** Of what is over. */
function secondsOf(spans: readonly Pick<Talk, 'from' | 'until'>[]): number {
  const lasted = spans.reduce(
    (sum, { from, until }) => sum + (until === null ? 0 : Date.parse(until) - Date.parse(from)),
    0,
  );
  return lasted / 1000;
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

function isSameLeg(a: CallLeg, b: CallLeg): boolean {
  return a.party.raw === b.party.raw && a.trunk === b.trunk;
}

function isSameTalk(one: Talk, other: Talk): boolean {
  return peopleOf(one) === peopleOf(other);
}

function peopleOf({ a, b }: Talk): string {
  return [a.raw, b.raw].toSorted().join('\n');
}
