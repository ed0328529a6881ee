import type { Call, CallLeg, Hold, Link, Party, Talk } from './call.ts';
import { startOf } from './call-tracker.ts';
import { callId, type Channel, isLocal, queuedSince, type TrackedCall } from './channel.ts';
import type { Leg } from './dial-legs.ts';
import { endingOf, isGreetingOnly, legOutcome } from './outcome.ts';
import { dialledParty, NOBODY, partyOf, type ViewOptions, trunkOf } from './parties.ts';
import { type Roles, rolesOf } from './roles.ts';
import { announcedRecordings } from './spoken.ts';
import { type ChannelTalk, coveredMs, holdsOf, talksOf } from './talks.ts';

/** Whether a person has to do with it: Local channels alone are dialplan talking to itself. */
export function isVisible(call: TrackedCall): boolean {
  for (const channel of call.channels.values()) if (!isLocal(channel)) return true;
  return false;
}

/** Works out from all facts of a call what it is. The same facts always make the same call. */
export function viewCall(call: TrackedCall, options: ViewOptions): Call {
  const roles = rolesOf(call, options);
  const start = startOf(call);
  const end = endOf(call, start);
  const talks = talksOf(call, start);
  const completeness = completenessOf(call, roles);
  const { outcome, cause, endedBy } =
    end === undefined
      ? { outcome: null, cause: null, endedBy: null }
      : endingOf(roles, talks, completeness === 'partial');
  const to = calledParty(roles, options);
  const direction = directionOf(roles, to, options);
  const links = linksOf(call, roles);
  // Whoever the router named was to be rung, also where no telephone could be.
  const isGreeting = isGreetingOnly(roles) && links.length === 0;
  return {
    id: callId(call, options.asterisk),
    asterisk: options.asterisk,
    linkedIds: [...call.linkedIds].toSorted(),
    direction,
    state: end !== undefined ? 'ended' : talks.length > 0 ? 'talking' : 'ringing',
    startedAt: iso(start),
    answeredAt: isoOrNull(talks[0]?.from),
    endedAt: isoOrNull(end),
    from: roles.caller === undefined ? NOBODY : partyOf(roles.caller, options),
    to,
    answeredBy: answererOf(roles, talks, options),
    outcome,
    cause,
    endedBy,
    missed: direction === 'in' && outcome !== null && talks.length === 0 && !isGreeting,
    calledBackAt: null,
    seconds: secondsOf(call, roles, talks, { start, end }),
    legs: roles.legs.map((leg) => viewLeg(leg, roles, options)),
    talks: talks.map((talk) => viewTalk(talk, roles, options)),
    holds: viewHolds(call, talks, options),
    links,
    request: null,
    recordings: announcedRecordings(call, talks, options),
    survey: [],
    completeness,
  };
}

/** Never before its start, as it seems where a clock was set back. */
function endOf(call: TrackedCall, start: number): number | undefined {
  let end = start;
  for (const { endedAt } of call.channels.values()) {
    if (endedAt === undefined) return undefined;
    end = Math.max(end, endedAt);
  }
  return end;
}

/** A call whose beginning, end or length nobody knows is partial, unless the list of channels filled it up. */
function completenessOf(call: TrackedCall, { caller }: Roles): Call['completeness'] {
  let listed = call.gap;
  for (const channel of call.channels.values()) {
    if (channel.endUnknown || channel.origin === 'seen' || wasSetBack(channel)) return 'partial';
    listed ||= channel.origin === 'listed';
  }
  if (caller === undefined) return 'partial';
  return listed ? 'rebuilt' : 'whole';
}

/** Neighbouring events are never told so late. */
const SET_BACK_MS = 1000;

/** Asterisk's clock was: the channel has ended before it was there, or somebody spoke on it. */
function wasSetBack({ startedAt, bridges, endedAt = Infinity }: Channel): boolean {
  const latest = endedAt + SET_BACK_MS;
  return startedAt > latest || bridges.some(({ on, at }) => on && at > latest);
}

/** Whom the caller wanted: of our own calls what was asked for, of others what the caller dialled. */
function calledParty({ caller, originated, callees }: Roles, options: ViewOptions): Party {
  const callee = callees[0]?.channel;
  const exten =
    originated === undefined ? (caller?.exten ?? '') : originated.originateExten || (caller?.exten ?? '');
  const dialled = dialledParty(exten, options);
  if (callee === undefined) return dialled;
  // An operator dials 9 and the number, an Originate may name an application: what rang is what was meant.
  const wantsOutside =
    caller !== undefined && (originated !== undefined || trunkOf(caller, options) === null);
  if (dialled.raw === '') return originated === undefined ? dialled : partyOf(callee, options);
  const isUnclear = wantsOutside && dialled.number === null && dialled.extension === null;
  return isUnclear ? { ...dialled, number: partyOf(callee, options).number } : dialled;
}

function directionOf(
  { caller, originated, callees }: Roles,
  to: Party,
  options: ViewOptions,
): Call['direction'] {
  const isFromOutside = caller !== undefined && trunkOf(caller, options) !== null;
  if (isFromOutside) return originated === undefined ? 'in' : 'courier';
  const [callee] = callees;
  if (callee !== undefined) return trunkOf(callee.channel, options) === null ? 'internal' : 'out';
  return to.number === null ? 'internal' : 'out';
}

function answererOf({ caller }: Roles, talks: readonly ChannelTalk[], options: ViewOptions): Party | null {
  const talk = talks.find(({ a, b }) => a === caller || b === caller) ?? talks[0];
  if (talk === undefined) return null;
  return partyOf(talk.b === caller ? talk.a : talk.b, options);
}

/** Of a call that lasts, what is over of it: a clock may count on from `answeredAt` and `startedAt`. */
function secondsOf(
  call: TrackedCall,
  { caller, originated, callees }: Roles,
  talks: readonly ChannelTalk[],
  { start, end }: { start: number; end: number | undefined },
): Call['seconds'] {
  const answered = talks[0]?.from;
  // Of what nobody saw begin, nobody knows how long it rang; what was picked up did not ring there.
  const tries = callees
    .filter(({ dial }) => dial.beganAt !== undefined)
    .map((leg) => ({ from: leg.beganAt, until: leg.answeredAt ?? leg.endedAt ?? end }));
  const queued = caller && queuedSince(caller);
  const queue = queued === undefined ? [] : [{ from: queued, until: caller?.unqueuedAt ?? end }];
  const attempts = [...tries, ...queue];
  const firstTry = Math.min(...attempts.map(({ from }) => from));
  const lastTry = Math.max(...attempts.map(({ until }) => until ?? 0));
  const isGreeted = originated === undefined && caller?.upAt !== undefined && caller.upAt < firstTry;
  const greetedUntil = Math.min(firstTry, answered ?? end ?? Infinity);
  return {
    greeting: isGreeted && greetedUntil < Infinity ? seconds(greetedUntil - start) : 0,
    wait: attempts.length === 0 ? 0 : seconds((answered ?? lastTry) - firstTry),
    ring: seconds(coveredMs(tries, answered)),
    talk: seconds(coveredMs(talks)),
    hold: answered === undefined ? 0 : seconds(coveredMs(holdsOf(call), end)),
  };
}

function viewLeg(leg: Leg, { legs }: Roles, options: ViewOptions): CallLeg {
  const { channel, answeredAt, endedAt } = leg;
  return {
    party: partyOf(channel, options),
    trunk: trunkOf(channel, options),
    rangAt: isoOrNull(rangAt(leg)),
    answeredAt: isoOrNull(answeredAt),
    endedAt: isoOrNull(endedAt),
    outcome: legOutcome(leg, legs),
    cause: channel.cause === undefined || channel.cause === 0 ? null : channel.cause,
  };
}

/** A telephone that picks up without a word of ringing rang for a moment. */
function rangAt({ channel, beganAt, answeredAt }: Leg): number | undefined {
  if (channel.ringingAt !== undefined) return channel.ringingAt;
  return answeredAt === undefined || channel.dial?.beganAt === undefined ? undefined : beganAt;
}

function viewTalk({ a, b, from, until }: ChannelTalk, { caller }: Roles, options: ViewOptions): Talk {
  const [one, other] = b === caller ? [b, a] : [a, b];
  return {
    a: partyOf(one, options),
    b: partyOf(other, options),
    from: iso(from),
    until: isoOrNull(until),
  };
}

/** More than anybody counts. */
const MAX_HOLDS = 100;

/** Before anybody has answered nobody is on hold. A Local channel repeats what a telephone behind it does. */
function viewHolds(call: TrackedCall, talks: readonly ChannelTalk[], options: ViewOptions): Hold[] {
  if (talks.length === 0) return [];
  return holdsOf(call)
    .filter(({ by }) => !isLocal(by))
    .toSorted((one, other) => one.from - other.from)
    .slice(0, MAX_HOLDS)
    .map(({ by, from, until }) => ({
      by: partyOf(by, options),
      from: iso(from),
      until: isoOrNull(until),
    }));
}

const LINKS: readonly (readonly [string, Link['kind']])[] = [
  ['ROUTE_SHIPMENT', 'shipment'],
  ['ROUTE_ORDER', 'order'],
  ['ROUTE_CLIENT', 'client'],
  ['ROUTE_COURIER', 'courier'],
];

/** What the router says of a call, which `channelvars` of manager.conf must let through. */
export const LINK_VARIABLES = LINKS.map(([variable]) => variable);

/** What the router found, as it stands in the channels' variables; the caller's own first. */
function linksOf(call: TrackedCall, { caller }: Roles): Link[] {
  const channels = [...(caller === undefined ? [] : [caller]), ...call.channels.values()];
  return LINKS.flatMap(([variable, kind]) => {
    const code = channels
      .map(({ variables }) => codeOf(variables.get(variable)))
      .find((one) => one !== undefined);
    return code === undefined ? [] : [{ kind, code, how: 'routed' as const, rank: 1 }];
  });
}

function codeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function iso(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : iso(ms);
}

/** To a tenth, as people read it. */
function seconds(ms: number): number {
  return Math.round(Math.max(0, ms) / 100) / 10;
}
