import { type Channel, isLocal, staysOf, type TrackedCall } from './channel.ts';

export interface ChannelTalk {
  readonly a: Channel;
  readonly b: Channel;
  readonly from: number;
  /** Undefined while it lasts. */
  readonly until: number | undefined;
}

/** A channel in a bridge. */
interface Visit {
  readonly channel: Channel;
  readonly bridge: string;
  readonly from: number;
  readonly until: number;
}

/** A talk that goes on elsewhere so soon is the same talk: a Local channel was taken out of it. */
const SEAM_MS = 50;

/** In so short a time nobody says a word. */
const TOUCH_MS = 100;

/** Enough for any conference that a courier company holds. */
const MAX_TALKS = 200;

/**
 * Who heard whom, from when to when: two channels of people in one bridge, or in two that a Local channel
 * joins. Where a bridge was left by somebody whom nobody saw enter, they were there since before the start.
 */
export function talksOf(call: TrackedCall, start: number): ChannelTalk[] {
  const visits = visitsOf(call, start);
  if (visits.length < 2) return [];
  const times = [...new Set(visits.flatMap(({ from, until }) => [from, until]))].toSorted((a, b) => a - b);
  const talks: Talking[] = [];
  const latest = new Map<string, Talking>();
  for (let index = 0; index + 1 < times.length; index++) {
    const [from = 0, until = 0] = [times[index], times[index + 1]];
    const present = visits.filter((visit) => visit.from <= from && visit.until >= until);
    for (const [a, b] of pairsOf(present)) {
      const pair = `${a.id} ${b.id}`;
      const last = latest.get(pair);
      if (last !== undefined && from - last.until <= SEAM_MS) last.until = until;
      else if (talks.length < MAX_TALKS) {
        const talk = { a, b, from, until };
        talks.push(talk);
        latest.set(pair, talk);
      }
    }
  }
  return worthTelling(talks)
    .map(({ a, b, from, until }) => ({ a, b, from, until: until === Infinity ? undefined : until }))
    .toSorted((one, other) => one.from - other.from);
}

/** Sets channels that called before all that were called, ms. */
const LONG_AGO = 1e13;

interface Talking {
  readonly a: Channel;
  readonly b: Channel;
  readonly from: number;
  until: number;
}

/** Between two long ones a touch is how neighbouring events look in the wrong order. */
function worthTelling(talks: readonly Talking[]): readonly Talking[] {
  const long = talks.filter(({ from, until }) => until - from >= TOUCH_MS);
  return long.length > 0 ? long : talks;
}

function visitsOf(call: TrackedCall, start: number): Visit[] {
  const visits: Visit[] = [];
  for (const channel of call.channels.values()) {
    if (channel.bridges.length === 0) continue;
    for (const { what, from, until } of staysOf(channel.bridges, channel.endedAt, start - 1)) {
      visits.push({ channel, bridge: what, from, until: until ?? Infinity });
    }
  }
  return visits;
}

/** Everybody in a room with everybody else in it; who called stands before who was called. */
function pairsOf(present: readonly Visit[]): [Channel, Channel][] {
  const rooms = roomsOf(present);
  const people = present
    .filter(({ channel }) => !isLocal(channel))
    .toSorted((one, other) => rankOf(one.channel) - rankOf(other.channel));
  const pairs: [Channel, Channel][] = [];
  for (const [index, one] of people.entries()) {
    for (const other of people.slice(index + 1)) {
      if (one.channel === other.channel || rooms.get(one.bridge) !== rooms.get(other.bridge)) continue;
      pairs.push([one.channel, other.channel]);
      if (pairs.length >= MAX_TALKS) return pairs;
    }
  }
  return pairs;
}

function rankOf({ dial, startedAt }: Channel): number {
  return dial === undefined ? startedAt - LONG_AGO : (dial.beganAt ?? startedAt);
}

/** Bridges that hear one another: the two halves of a Local channel stand in one each. */
function roomsOf(present: readonly Visit[]): ReadonlyMap<string, string> {
  const rooms = new Map(present.map(({ bridge }) => [bridge, bridge]));
  const half = new Map(
    present.filter(({ channel }) => isLocal(channel)).map(({ channel, bridge }) => [channel.id, bridge]),
  );
  for (const { channel, bridge } of present) {
    const beyond = isLocal(channel) ? half.get(channel.twin) : undefined;
    if (beyond === undefined) continue;
    const [from, to] = [rooms.get(beyond), rooms.get(bridge) ?? bridge];
    for (const [key, room] of rooms) if (room === from) rooms.set(key, to);
  }
  return rooms;
}

export interface Span {
  readonly from: number;
  /** Undefined while it lasts. */
  readonly until: number | undefined;
}

/** Milliseconds up to `until` that at least one of the spans covers, of those that are over. */
export function coveredMs(spans: readonly Span[], until = Infinity): number {
  let covered = 0;
  let end = -Infinity;
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    if (span.until === undefined) continue;
    const start = Math.max(span.from, end);
    const stop = Math.min(span.until, until);
    if (stop <= start) continue;
    covered += stop - start;
    end = stop;
  }
  return covered;
}

/** Somebody had somebody else on hold. */
export interface ChannelHold extends Span {
  readonly by: Channel;
}

/** Until they take them back, or are gone themselves. */
export function holdsOf(call: TrackedCall): ChannelHold[] {
  return [...call.channels.values()].flatMap((by) =>
    staysOf(by.holds, by.endedAt).map(({ from, until }) => ({ by, from, until })),
  );
}
