import type { Client } from '../accounts/client.ts';
import type { Call, Party } from '../calls/call.ts';
import { partyTest } from '../calls/in-hand.ts';
import { partiesOf } from '../calls/parties.ts';
import { can } from './rights.ts';

/** Whether a number outside is a telephone of somebody of the house, such as a mobile that rings beside the desk. */
export type IsOfStaff = (number: string) => boolean;

const SOMEBODY: Party = { number: null, raw: '', extension: null, user: null };

/**
 * A call as somebody may see it. While others talk, an operator sees that, and with which number outside, but not who of
 * the house it is: that is for supervisors. Calls that ring, that have ended, and one's own are seen whole.
 */
export function seenBy<Seen extends Call>(client: Client, call: Seen, isOfStaff: IsOfStaff): Seen {
  return isSeenWhole(client, call) ? call : withoutStaff(call, isOfStaff);
}

export function isSeenWhole(client: Client, call: Call): boolean {
  return call.state !== 'talking' || can(client, 'calls.watch') || isOwn(client, call);
}

/** Whether of what somebody sees of a call a number ends so. Found by a number that is hidden, it would tell who it is. */
export function isSeenWithNumber(client: Client, call: Call, end: string, isOfStaff: IsOfStaff): boolean {
  if (isSeenWhole(client, call)) return true;
  return partiesOf(withoutStaff(call, isOfStaff)).some(({ number }) => number?.endsWith(end) === true);
}

export function withoutStaff<Seen extends Call>(call: Seen, isOfStaff: IsOfStaff): Seen {
  const hidden = (party: Party): Party => (isOfHouse(party, isOfStaff) ? SOMEBODY : party);
  return {
    ...call,
    from: hidden(call.from),
    to: hidden(call.to),
    answeredBy: call.answeredBy === null ? null : hidden(call.answeredBy),
    legs: call.legs.map((leg) => ({ ...leg, party: hidden(leg.party) })),
    talks: call.talks.map((talk) => ({ ...talk, a: hidden(talk.a), b: hidden(talk.b) })),
    holds: call.holds.map((hold) => ({ ...hold, by: hidden(hold.by) })),
    links: call.links.filter(({ kind }) => kind !== 'user'),
    request: call.request === null ? null : { ...call.request, user: null },
  };
}

/**
 * The calls of one number, as somebody may see them. Who calls back the one who was missed is told by name, so that nobody
 * else does, or wonders.
 */
export function seenOfNumber<Seen extends Call>(
  client: Client,
  calls: readonly Seen[],
  isOfStaff: IsOfStaff,
): Seen[] {
  return calls.map((call) => {
    const seen = seenBy(client, call, isOfStaff);
    if (seen === call || !isCallBack(call, calls)) return seen;
    return { ...seen, from: { ...SOMEBODY, user: call.request?.user ?? call.from.user } };
  });
}

/** Whether it is the call by which missed ones are no longer open. @param calls of the same number */
function isCallBack({ direction, answeredAt }: Call, calls: readonly Call[]): boolean {
  return (
    direction === 'out' &&
    answeredAt !== null &&
    calls.some(({ missed, calledBackAt }) => missed && calledBackAt === answeredAt)
  );
}

function isOfHouse({ extension, number, user }: Party, isOfStaff: IsOfStaff): boolean {
  return extension !== null || user !== null || (number !== null && isOfStaff(number));
}

/** Whether a telephone of theirs takes part in a call, or has rung. Enough to see it, too little to end it. */
export function isOwn(client: Client, { from, to, answeredBy, legs, talks }: Call): boolean {
  const isTheirs = partyTest(client);
  return (
    [from, to, answeredBy].some(isTheirs) ||
    legs.some(({ party }) => isTheirs(party)) ||
    talks.some(({ a, b }) => isTheirs(a) || isTheirs(b))
  );
}
