import { sorted } from '../util/sorted.ts';

/** How we came to know of a channel. What is not `created` had a life before that nobody told us of. */
export type Origin = 'created' | 'seen' | 'listed';

/** An attempt to reach this channel's telephone. Its key is the channel: a dial can move to another caller. */
export interface Dial {
  /** Unique id of the channel that dials; `''` when Asterisk itself does, for an Originate. */
  caller: string;
  /** What was dialled, `79161234567@trunk`. */
  target: string;
  beganAt: number | undefined;
  /** When each final DialStatus was first told: a queue tells two of one attempt. */
  readonly endings: Map<string, number>;
  forwardedTo: string;
}

/** Something that starts and stops again: a channel in a bridge, a hold, a recording. */
export interface Mark {
  readonly what: string;
  readonly at: number;
  readonly on: boolean;
}

/**
 * All that is known of a channel, as facts with their times: whatever order they came in, and however often,
 * the facts are the same. What they mean is worked out from all of them at once.
 */
export interface Channel {
  readonly id: string;
  call: TrackedCall;
  /** `PJSIP/101-00000001` */
  name: string;
  linkedId: string;
  origin: Origin;
  /** Earliest news of it, ms; that of its Newchannel when that was seen. */
  startedAt: number;
  /** Latest news of it. */
  lastAt: number;
  /** The caller's number as it was at first, and the first that it was set to. */
  firstNumber: string;
  laterNumber: string;
  laterNumberAt: number;
  /** The number called, at first. */
  exten: string;
  extenAt: number;
  ringingAt: number | undefined;
  upAt: number | undefined;
  endedAt: number | undefined;
  /** Its Hangup was not seen: it was gone when the channels were listed. */
  endUnknown: boolean;
  /** By our own clock: it was not in the list of channels, and its Hangup may be on its way. */
  missingSince: number | undefined;
  /** The last moment at which it may have been there. */
  missedAt: number;
  cause: number | undefined;
  /** The SIP status behind the cause; Asterisk 20.17 and 22.7 on. */
  techCause: number | undefined;
  /** When its far side hung up. */
  hangupRequestedAt: number | undefined;
  /** When Asterisk hung up on it, since it ends itself. */
  shutDownAt: number | undefined;
  dial: Dial | undefined;
  /** The other half of a Local channel. */
  twin: string;
  /** Whoever was put through takes its place, wherever it is by then. */
  heir: Channel | undefined;
  /** Asterisk made this channel for an Originate. */
  originated: boolean;
  originateExten: string;
  /** Another telephone took the call that rang here. */
  pickedUp: boolean;
  queuedAt: number | undefined;
  unqueuedAt: number | undefined;
  readonly bridges: Mark[];
  readonly holds: Mark[];
  readonly recordings: Mark[];
  /** ChanVariable, the last value of each that is of use. */
  readonly variables: Map<string, string>;
}

/** One of which nothing more is known yet. */
export function newChannel(
  id: string,
  call: TrackedCall,
  { name, linkedId, origin, at }: { name: string; linkedId: string; origin: Origin; at: number },
): Channel {
  return {
    id,
    call,
    name,
    linkedId,
    origin,
    startedAt: at,
    lastAt: at,
    firstNumber: '',
    laterNumber: '',
    laterNumberAt: Infinity,
    exten: '',
    extenAt: Infinity,
    ringingAt: undefined,
    upAt: undefined,
    endedAt: undefined,
    endUnknown: false,
    missingSince: undefined,
    missedAt: at,
    cause: undefined,
    techCause: undefined,
    hangupRequestedAt: undefined,
    shutDownAt: undefined,
    dial: undefined,
    twin: '',
    heir: undefined,
    originated: false,
    originateExten: '',
    pickedUp: false,
    queuedAt: undefined,
    unqueuedAt: undefined,
    bridges: [],
    holds: [],
    recordings: [],
    variables: new Map(),
  };
}

/** One conversation chain: all channels that ever had to do with one another. */
export interface TrackedCall {
  readonly id: string;
  /** Asterisk's own grouping changes while a call lives, so a call is a union of Linkedids. */
  readonly linkedIds: Set<string>;
  readonly channels: Map<string, Channel>;
  readonly bridges: Set<string>;
  /** By our own clock: since when all of its channels are gone. */
  emptySince: number | undefined;
  /** Events may have been lost while it lived. */
  gap: boolean;
  /** Digest of what was last told of it; `''` before the first time. */
  told: string;
  /** Talks of it that were told. */
  toldTalks: number;
}

export function callId(call: TrackedCall, asterisk: string): string {
  return `${asterisk}-${call.id}`;
}

/** More than any real call has; a storm beyond that is no longer told in detail. */
const MAX_MARKS = 200;

/** @returns whether it is news */
export function addMark(marks: Mark[], mark: Mark): boolean {
  if (marks.length >= MAX_MARKS) return false;
  // Repetitions stand near the end.
  const known = marks.findLast((one) => one.at === mark.at && one.what === mark.what && one.on === mark.on);
  if (known !== undefined) return false;
  marks.push(mark);
  return true;
}

export interface ChannelEnd {
  readonly at: number;
  readonly cause: number | undefined;
  readonly techCause: number | undefined;
}

export function endChannel(channel: Channel, { at, cause, techCause }: ChannelEnd): void {
  channel.endedAt = Math.min(channel.endedAt ?? Infinity, at);
  channel.cause = cause;
  channel.techCause = techCause;
}

/** Whether a channel carries two other channels rather than a person. */
export function isLocal(channel: Channel): boolean {
  return channel.name.startsWith('Local/');
}

/** Since when it was in a queue: one that nobody saw come, and then leave, was there from the start. */
export function queuedSince({ queuedAt, unqueuedAt, startedAt }: Channel): number | undefined {
  return queuedAt ?? (unqueuedAt === undefined ? undefined : startedAt);
}

export interface Stay {
  readonly what: string;
  readonly from: number;
  /** Undefined while it lasts. */
  readonly until: number | undefined;
}

/**
 * Pairs the marks of one channel.
 *
 * @param end of what has not ended by itself
 * @param since start of what nobody saw begin; without it such an end counts for nothing
 */
export function staysOf(marks: readonly Mark[], end: number | undefined, since?: number): Stay[] {
  const stays: Stay[] = [];
  const open = new Map<string, number>();
  const closed = new Set<string>();
  for (const { what, at, on } of sorted(marks, (a, b) => a.at - b.at)) {
    const from = open.get(what);
    if (on) {
      if (from === undefined) open.set(what, at);
      continue;
    }
    open.delete(what);
    if (from !== undefined) stays.push({ what, from, until: at });
    else if (since !== undefined && !closed.has(what))
      stays.push({ what, from: Math.min(since, at), until: at });
    closed.add(what);
  }
  for (const [what, from] of open) stays.push({ what, from, until: end });
  return stays;
}
