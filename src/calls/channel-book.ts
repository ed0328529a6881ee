import {
  type Channel,
  type ChannelEnd,
  endChannel,
  isLocal,
  newChannel,
  type Origin,
  type TrackedCall,
} from './channel.ts';
import type { CallTracker, Limits } from './call-tracker.ts';
import { type ChannelEvent, idOf, textOf, UNKNOWN } from './event.ts';

/**
 * Channels that no person is behind: helpers of conferences, of spying and of parking, messages, and what
 * an Originate leaves when it fails.
 */
const TECHNICAL =
  /^(?:Announcer|AsyncGoto|Bridge|CBAnn|CBRec|Message|MulticastRTP|OutgoingSpoolFailed|Parked|Recorder|Snoop|Surrogate|Test|UnicastRTP)(?:\/|$)/;

/** Names that a channel bears for a moment while two channels change places. */
const TEMPORARY_NAME = /<(?:MASQ|ZOMBIE)>$/;

/** Variables worth remembering: the router's answer, and where the recording goes. */
const USEFUL_VARIABLE = /^(?:ROUTE_(?:SHIPMENT|ORDER|CLIENT|COURIER)|MIXMONITOR_FILENAME)=/;

/** A unique id is used again only by somebody who chooses ChannelIds, and later than any echo of the first. */
const REUSE_AFTER_MS = 1000;

/** How long echoes of a channel are recognised after its call is told, ms by our clock, and of how many. */
const ECHO_MS = 30_000;
const MAX_ECHOES = 50_000;

/** How much earlier than its beginning an end may come, and how many ends wait for one. */
const EARLY_MS = 1000;
const MAX_EARLY = 1000;

/** Header names of one channel within an event: a Dial has `Channel` and `DestChannel`. */
class Headers {
  readonly name: string;
  readonly state: string;
  readonly number: string;
  readonly exten: string;
  readonly id: string;
  readonly linkedId: string;
  readonly variable: string;

  constructor(prefix: string) {
    this.name = `${prefix}Channel`;
    this.state = `${prefix}ChannelState`;
    this.number = `${prefix}CallerIDNum`;
    this.exten = `${prefix}Exten`;
    this.id = `${prefix}Uniqueid`;
    this.linkedId = `${prefix}Linkedid`;
    this.variable = `${prefix}ChanVariable`;
  }
}

const PREFIXES = [
  '',
  'Dest',
  'LocalOne',
  'LocalTwo',
  'Source',
  'Target',
  'OrigTransferer',
  'SecondTransferer',
  'Transferer',
  'Transferee',
  'TransferTarget',
] as const;
export type Prefix = (typeof PREFIXES)[number];
const HEADERS = new Map<Prefix, Headers>(PREFIXES.map((prefix) => [prefix, new Headers(prefix)]));

/** All channels of the calls that last, by unique id. */
export class ChannelBook {
  readonly #channels = new Map<string, Channel>();
  /** Of calls that are over and told: when each channel ended, and until when its echoes are expected. */
  readonly #echoes = new Map<string, { endedAt: number; until: number }>();
  /** Ends of channels that nobody has heard of yet. */
  readonly #early = new Map<string, ChannelEnd & { readonly until: number }>();
  readonly #calls: CallTracker;
  readonly #limits: Limits;
  readonly #giveUpOldest: () => void;

  constructor(calls: CallTracker, limits: Limits, giveUpOldest: () => void) {
    this.#calls = calls;
    this.#limits = limits;
    this.#giveUpOldest = giveUpOldest;
  }

  get size(): number {
    return this.#channels.size;
  }

  find(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  all(): IterableIterator<Channel> {
    return this.#channels.values();
  }

  /** A channel as an event shows it, if we know it already. */
  known(event: ChannelEvent, at: number, prefix: Prefix = ''): Channel | undefined {
    return this.#read(event, at, prefix, undefined);
  }

  /**
   * A channel as an event shows it, put down when it is news; undefined where the event shows none, none of
   * interest, or the echo of one that is over.
   */
  seen(event: ChannelEvent, at: number, prefix: Prefix = '', origin: Origin = 'seen'): Channel | undefined {
    return this.#read(event, at, prefix, origin);
  }

  /** Keeps the end of a channel for a moment: it may have overtaken the beginning. */
  keepEnd(id: string, end: ChannelEnd, now: number): void {
    if (id === '' || this.#echoes.has(id)) return;
    this.#early.delete(id);
    this.#early.set(id, { ...end, until: now + EARLY_MS });
    dropOld(this.#early, now, MAX_EARLY);
  }

  /** Forgets a call that is over; what is still heard of its channels is no news. */
  close(call: TrackedCall, now: number): void {
    for (const channel of call.channels.values()) {
      this.#channels.delete(channel.id);
      this.#echoes.delete(channel.id);
      this.#echoes.set(channel.id, { endedAt: channel.endedAt ?? channel.lastAt, until: now + ECHO_MS });
    }
    this.#calls.forget(call);
    dropOld(this.#echoes, now, MAX_ECHOES);
  }

  #read(event: ChannelEvent, at: number, prefix: Prefix, origin: Origin | undefined): Channel | undefined {
    const headers = HEADERS.get(prefix);
    if (headers === undefined) return undefined;
    const id = idOf(event, headers.id);
    if (id === '') return undefined;
    const known = this.#channels.get(id);
    if (known === undefined && origin === undefined) return undefined;
    const channel = known ?? this.#open(event, headers, { id, at, origin: origin ?? 'seen' });
    if (channel === undefined) return undefined;
    this.#update(channel, event, headers, { at, origin });
    this.#calls.changed.add(channel.call);
    return channel;
  }

  #open(
    event: ChannelEvent,
    headers: Headers,
    { id, at, origin }: { id: string; at: number; origin: Origin },
  ): Channel | undefined {
    const name = textOf(event, headers.name);
    if (name === '' || TECHNICAL.test(name)) return undefined;
    const echo = this.#echoes.get(id);
    if (echo !== undefined && (origin !== 'created' || at < echo.endedAt + REUSE_AFTER_MS)) return undefined;
    if (this.#channels.size >= this.#limits.channels || this.#calls.calls.size >= this.#limits.calls)
      this.#giveUpOldest();

    const linkedId = idOf(event, headers.linkedId) || id;
    // A call of that id was told already: two calls never share an id.
    const callId = this.#echoes.has(linkedId) && echo === undefined ? id : linkedId;
    const call = this.#calls.callOf(linkedId, callId);
    if (!this.#hasRoom(call)) return undefined;
    const channel = newChannel(id, call, { name, linkedId, origin, at });
    this.#channels.set(id, channel);
    call.channels.set(id, channel);
    call.emptySince = undefined;
    if (isLocal(channel)) joinHalves(channel, call);
    const end = this.#early.get(id);
    if (end !== undefined && this.#early.delete(id) && Math.abs(end.at - at) < EARLY_MS)
      endChannel(channel, end);
    return channel;
  }

  /** Makes room for one more channel, at the cost of the oldest attempt that came to nothing. */
  #hasRoom(call: TrackedCall): boolean {
    if (call.channels.size < this.#limits.channelsPerCall) return true;
    for (const { id, endedAt, bridges, upAt } of call.channels.values()) {
      if (endedAt === undefined || upAt !== undefined || bridges.length > 0) continue;
      call.channels.delete(id);
      this.#channels.delete(id);
      return true;
    }
    return false;
  }

  #update(
    channel: Channel,
    event: ChannelEvent,
    headers: Headers,
    { at, origin }: { at: number; origin: Origin | undefined },
  ): void {
    if (origin === 'created' && channel.origin !== 'created') {
      channel.origin = 'created';
      channel.startedAt = at;
    }
    if (channel.origin !== 'created' && at < channel.startedAt) channel.startedAt = at;
    if (at > channel.lastAt) channel.lastAt = at;
    channel.missingSince = undefined;

    const name = event.get(headers.name) ?? '';
    if (name !== channel.name && name !== '' && !TEMPORARY_NAME.test(name)) {
      channel.name = textOf(event, headers.name);
    }
    const linkedId = idOf(event, headers.linkedId);
    if (linkedId !== '' && linkedId !== channel.linkedId) this.#calls.relink(channel, linkedId);

    const state = event.get(headers.state);
    if (state === '6' && (channel.upAt === undefined || at < channel.upAt)) channel.upAt = at;
    if (state === '5' && (channel.ringingAt === undefined || at < channel.ringingAt)) channel.ringingAt = at;

    noteNumber(channel, event, headers, { at, origin });
    if (event.get(headers.variable) !== undefined) noteVariables(channel, event.all(headers.variable), at);
  }
}

/** The halves of a Local channel are called alike, `Local/101@office-00000001;1` and `;2`. */
function joinHalves(half: Channel, call: TrackedCall): void {
  const name = half.name.replace(/[12]$/, (digit) => (digit === '1' ? '2' : '1'));
  for (const other of call.channels.values()) {
    if (other.name !== name) continue;
    half.twin = other.id;
    other.twin = half.id;
  }
}

/** Of entries in the order of their time. */
function dropOld(entries: Map<string, { readonly until: number }>, now: number, most: number): void {
  for (const [id, { until }] of entries) {
    if (until > now && entries.size <= most) break;
    entries.delete(id);
  }
}

/** A dialplan may rewrite both while the call lives: who called whom is what they were at first. */
function noteNumber(
  channel: Channel,
  event: ChannelEvent,
  headers: Headers,
  { at, origin }: { at: number; origin: Origin | undefined },
): void {
  if (origin === 'created') channel.firstNumber = textOf(event, headers.number);
  if (at < channel.laterNumberAt) {
    const number = textOf(event, headers.number);
    if (number !== '' && number !== UNKNOWN) {
      channel.laterNumber = number;
      channel.laterNumberAt = at;
    }
  }
  const when = origin === 'created' ? -Infinity : at;
  if (when < channel.extenAt && !isLocal(channel)) {
    const exten = textOf(event, headers.exten);
    if (exten !== '' && exten !== 's') {
      channel.exten = exten;
      channel.extenAt = when;
    }
  }
}

function noteVariables(channel: Channel, assignments: readonly string[], at: number): void {
  for (const assignment of assignments) {
    if (!USEFUL_VARIABLE.test(assignment)) continue;
    const end = assignment.indexOf('=');
    const [name, value] = [assignment.slice(0, end), assignment.slice(end + 1)];
    if (value === '' || value.length > 512 || channel.variables.get(name) === value) continue;
    channel.variables.set(name, value);
    if (name === 'MIXMONITOR_FILENAME' && channel.recordings.length < 50) {
      channel.recordings.push({ what: value, at, on: true });
    }
  }
}
