import type { Call } from '../calls/call.ts';

/**
 * A call that began before this desk was started: what was known of it, and what has been seen since.
 *
 * @param before as the journal has it
 * @param now what the tracker makes of the channels that it found
 */
export function continueCall(before: Call, now: Call): Call {
  const { seconds } = before;
  return {
    ...now,
    linkedIds: [...new Set([...before.linkedIds, ...now.linkedIds])],
    direction: before.direction,
    startedAt: before.startedAt,
    answeredAt: before.answeredAt ?? now.answeredAt,
    from: before.from,
    to: before.to,
    answeredBy: before.answeredBy ?? now.answeredBy,
    outcome: now.outcome ?? before.outcome,
    missed: now.missed && before.answeredAt === null,
    seconds: { ...now.seconds, greeting: seconds.greeting, wait: seconds.wait, ring: seconds.ring },
    legs: [...before.legs, ...now.legs.filter((leg) => !before.legs.some((one) => isSameLeg(one, leg)))],
    talks: [...before.talks.filter(({ until }) => until !== null), ...now.talks],
    links: [
      ...before.links,
      ...now.links.filter((link) => !before.links.some((one) => isSameLink(one, link))),
    ],
    request: before.request ?? now.request,
    completeness: 'rebuilt',
  };
}

/**
 * A call that was over when Asterisk could be asked again. Its end was not seen: of the outcome only what is known
 * for sure is kept.
 *
 * @param until when it was last known to last, in ms since 1970
 */
export function endUnseen(call: Call, until: number): Call {
  const endedAt = new Date(Math.max(until, Date.parse(call.startedAt))).toISOString();
  return {
    ...call,
    state: 'ended',
    endedAt,
    outcome: call.answeredAt === null ? null : 'answered',
    endedBy: null,
    missed: false,
    legs: call.legs.map((leg) => ({ ...leg, endedAt: leg.endedAt ?? endedAt })),
    talks: call.talks.map((talk) => ({ ...talk, until: talk.until ?? endedAt })),
    completeness: 'partial',
  };
}

type Leg = Call['legs'][number];
type Link = Call['links'][number];

function isSameLeg(a: Leg, b: Leg): boolean {
  return a.party.raw === b.party.raw && a.trunk === b.trunk;
}

function isSameLink(a: Link, b: Link): boolean {
  return a.kind === b.kind && a.code === b.code;
}
