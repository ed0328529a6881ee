import { type Channel, isLocal, type TrackedCall } from './channel.ts';
import { type Leg, legsOf } from './dial-legs.ts';
import { trunkOf, type PartyOptions } from './parties.ts';

type Trunks = Pick<PartyOptions, 'trunks'>;

/** Who plays which part in a call. */
export interface Roles {
  /** Where the call came from; of one that the server made, whoever it called first. */
  readonly caller: Channel | undefined;
  /** The server made the call (Originate): this is what it asked for, and its channel. */
  readonly originated: Channel | undefined;
  readonly legs: readonly Leg[];
  /** The attempts to reach somebody for the caller: all legs but those that fetched the caller. */
  readonly callees: readonly Leg[];
}

export function rolesOf(call: TrackedCall, options: Trunks): Roles {
  const legs = legsOf(call);
  const calling = first(call, isCalling);
  const originated = first(call, (channel) => channel.originated);
  // Bridges make channels without a caller, too, for a transfer: in a call that somebody else began.
  if (originated === undefined || (calling !== undefined && calling.startedAt <= originated.startedAt)) {
    // Whoever was put through to somebody who was asked before they called is the caller all the same.
    const outsider = first(call, (channel) => isOutsider(channel, options));
    return { caller: outsider ?? calling ?? legs[0]?.channel, originated: undefined, legs, callees: legs };
  }
  if (!isLocal(originated)) {
    const callees = legs.filter(({ channel }) => channel !== originated);
    return { caller: originated, originated, legs, callees };
  }
  const fetching = legs.filter(({ dial }) => dial.caller !== '' && dial.caller === originated.twin);
  const caller = fetching.find(({ answeredAt }) => answeredAt !== undefined) ?? fetching[0];
  const callees = legs.filter((leg) => !fetching.includes(leg));
  return { caller: caller?.channel ?? calling, originated, legs, callees };
}

/**
 * Whether of two calls that turn out to be one the newer stays: somebody from outside was put through to people who talked
 * with one another before.
 */
export function isTakenOver(older: TrackedCall, newer: TrackedCall, options: Trunks): boolean {
  const { caller, originated } = rolesOf(older, options);
  const isInternal = caller !== undefined && originated === undefined && !isOutsider(caller, options);
  return isInternal && first(newer, (channel) => isOutsider(channel, options)) !== undefined;
}

/** The channel of whoever has called us from outside, while it lives. */
export function callerFromOutside(call: TrackedCall, options: Trunks): Channel | undefined {
  return first(
    call,
    (channel) => isAlive(channel) && isCalling(channel) && trunkOf(channel, options) !== null,
  );
}

/** The channel whose end ends a call: of whoever called, else the oldest that lives. */
export function principalChannel(call: TrackedCall, options: Trunks): Channel | undefined {
  const { caller } = rolesOf(call, options);
  if (caller !== undefined && isAlive(caller)) return caller;
  return (
    callerFromOutside(call, options) ??
    first(call, (channel) => isAlive(channel) && !isLocal(channel)) ??
    first(call, isAlive)
  );
}

/** Nobody called it: it is of somebody who calls. */
function isCalling(channel: Channel): boolean {
  return channel.dial === undefined && !channel.originated && !isLocal(channel);
}

/**
 * Whether it has called us from outside, in a call of its own. One that is being called goes by the id of whoever calls it,
 * also in the moment before its dial is told.
 */
function isOutsider(channel: Channel, options: Trunks): boolean {
  const isOwnCall = channel.call.linkedIds.has(channel.id);
  return isOwnCall && isCalling(channel) && trunkOf(channel, options) !== null;
}

function isAlive({ endedAt }: Channel): boolean {
  return endedAt === undefined;
}

function first(call: TrackedCall, matches: (channel: Channel) => boolean): Channel | undefined {
  let found: Channel | undefined;
  for (const channel of call.channels.values()) {
    if (matches(channel) && (found === undefined || isBefore(channel, found))) found = channel;
  }
  return found;
}

/** Of two of the same second, in the list of channels, the one that the call is named after. */
function isBefore(one: Channel, other: Channel): boolean {
  if (one.startedAt !== other.startedAt) return one.startedAt < other.startedAt;
  return one.id === one.linkedId && other.id !== other.linkedId;
}
