import { hash } from 'node:crypto';
import { normaliseNumber } from '../phone/number.ts';
import type { NumberHabits } from '../phone/reading.ts';
import { memoise } from '../util/memoise.ts';
import type { Call } from './call.ts';
import { isVisible, viewCall } from './call-view.ts';
import { CallTracker, startOf, type Limits } from './call-tracker.ts';
import { ChannelBook } from './channel-book.ts';
import { addMark, callId, type Channel, staysOf, type TrackedCall } from './channel.ts';
import { noteCalled } from './dial-legs.ts';
import { RULES } from './event-rules.ts';
import { OWED_MS, patienceWith } from './patience.ts';
import { callerFromOutside, isTakenOver, principalChannel } from './roles.ts';
import { type ChannelEvent, idOf, textOf, timeOf } from './event.ts';
import type { ViewOptions } from './parties.ts';
import { spokenChannels, type SpokenChannel } from './spoken.ts';
import { talksOf } from './talks.ts';

export interface TrackerOptions {
  /** The name of the Asterisk; stands in front of every call's id. */
  readonly asterisk: string;
  /** Names of endpoints that are trunks, besides whatever is not 2 to 6 digits. Default: none. */
  readonly trunks?: readonly string[];
  /** How numbers are read. Default: as in Russia. */
  readonly numbers?: NumberHabits;
  readonly limits?: Partial<Limits>;
  /** At each change of a call, and once when it has ended. */
  readonly onCall: (call: Call) => void;
  /** A call that was told turns out to be a part of another: `gone` is no more. */
  readonly onJoin?: (gone: string, into: string) => void;
  /** Channels that people speak on: when a talk begins, and all of a call once more when it has ended. */
  readonly onSpoken?: (channels: readonly SpokenChannel[]) => void;
}

export interface Gap {
  /** When the last event before the gap came, ms since 1970. */
  readonly from: number;
}

export interface Resynced {
  /** Channels that we did not know. */
  readonly found: number;
  /** Those of them that have been there for so long that their event must have come, if events come at all. */
  readonly overlooked: number;
  /** Channels that are gone without a word. They end when no word comes within half a second. */
  readonly missing: number;
}

/** A channel that is older, and of which no event told, was overlooked. */
const OVERLOOKED_MS = 3000;

/** Between two looks at what changed: a new state is told so late at most. */
const TELL_MS = 50;

const LIMITS: Limits = { calls: 10_000, channels: 40_000, channelsPerCall: 300 };

const REMEMBERED_NUMBERS = 5000;

/** What CoreShowChannels says of a channel that was called, in place of an application. */
const CALLED_BY = /^App(?:Dial|Queue)/;

/** Follows the channels of one Asterisk and tells the calls that people make. Never throws, whatever comes. */
export class Tracker {
  readonly #calls: CallTracker;
  readonly #book: ChannelBook;
  readonly #view: ViewOptions;
  readonly #options: TrackerOptions;
  /** Our own clock, as far as events and ticks tell it. */
  #now = 0;
  #toldAt = 0;
  /** Calls whose channels are all gone, or may be. */
  readonly #ending = new Set<TrackedCall>();

  constructor(options: TrackerOptions) {
    this.#options = options;
    const habits = options.numbers ?? { country: 'RU' };
    const normalised = memoise((raw) => {
      const number = normaliseNumber(raw, habits.country, habits);
      return number.kind === 'number' ? number.digits : '';
    }, REMEMBERED_NUMBERS);
    this.#view = {
      asterisk: options.asterisk,
      trunks: new Set(options.trunks),
      normalise: (raw) => normalised(raw) || null,
    };
    const limits = { ...LIMITS, ...options.limits };
    this.#calls = new CallTracker(
      limits,
      (older, newer) => isTakenOver(older, newer, this.#view),
      (gone, into) => this.#joined(gone, into),
    );
    this.#book = new ChannelBook(this.#calls, limits, () => this.#giveUpOldest());
  }

  /**
   * What one event says. Events may come in the wrong order with their neighbours, repeated, or not at all.
   *
   * @param receivedAt ms since 1970 by our own clock
   */
  feed(event: ChannelEvent, receivedAt: number): void {
    this.#advance(receivedAt);
    const rule = RULES.get(event.event ?? '');
    rule?.({ book: this.#book, calls: this.#calls, now: receivedAt }, event, timeOf(event, receivedAt));
  }

  /** Lets time pass: to be called some times a second, for what ends when nothing more comes. */
  tick(now: number): void {
    this.#advance(now, true);
  }

  /**
   * Compares with the rows of CoreShowChannels. Channels that we don't know are put down with what is known
   * of them; of those that are gone the end is not known.
   *
   * @param gap when events may have been lost since the last comparison
   */
  resync(rows: Iterable<ChannelEvent>, at: number, gap?: Gap): Resynced {
    this.#advance(at);
    const listed = new Set<Channel>();
    let found = 0;
    let overlooked = 0;
    for (const row of rows) {
      const isNews = this.#book.find(idOf(row, 'Uniqueid')) === undefined;
      const channel = this.#book.seen(row, at, '', 'listed');
      if (channel === undefined) continue;
      listed.add(channel);
      if (isNews) {
        found += 1;
        channel.startedAt = at - durationOf(row);
        if (durationOf(row) >= OVERLOOKED_MS) overlooked += 1;
        if (CALLED_BY.test(row.get('Application') ?? '')) noteCalled(channel);
      }
      if (!isNews && gap === undefined) continue;
      if (row.get('Application') === 'Queue') channel.queuedAt ??= at;
      this.#noteBridge(channel, row, { at, leftAt: gap?.from ?? at });
    }
    let missing = 0;
    for (const channel of this.#book.all()) {
      if (gap !== undefined) channel.call.gap = true;
      if (listed.has(channel) || channel.endedAt !== undefined) continue;
      missing += 1;
      channel.missingSince = at;
      channel.missedAt = gap?.from ?? at;
      this.#ending.add(channel.call);
    }
    return { found, overlooked, missing };
  }

  /** Calls that last, and those that ended just now. */
  snapshot(): Call[] {
    return [...this.#calls.calls].filter(isVisible).map((call) => viewCall(call, this.#view));
  }

  /** Uniqueid of the channel of whoever has called from outside, while it lives. @param linkedIds of their call */
  callerOf(linkedIds: readonly string[]): string | undefined {
    const call = this.#calls.find(linkedIds);
    return call && callerFromOutside(call, this.#view)?.id;
  }

  /** Uniqueid of a channel that a call ends with: of whoever called, else the oldest that lives. */
  channelOf(linkedIds: readonly string[]): string | undefined {
    const call = this.#calls.find(linkedIds);
    return call && principalChannel(call, this.#view)?.id;
  }

  /** How much there is to remember. */
  get size(): { readonly calls: number; readonly channels: number } {
    return { calls: this.#calls.calls.size, channels: this.#book.size };
  }

  #advance(now: number, always = false): void {
    if (now < this.#now - TELL_MS) this.#setBack(now);
    if (!(now > this.#now)) return;
    const before = this.#now;
    this.#now = now;
    if (!always && now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    for (const call of this.#ending) this.#settle(call);
    for (const call of this.#calls.changed) this.#tell(call, before);
    this.#calls.changed.clear();
  }

  /** Our clock was put right, by hours where the machine began with a wrong one: nobody waits until it is that late again. */
  #setBack(now: number): void {
    this.#now = now;
    this.#toldAt = now;
    for (const call of this.#ending) {
      if (call.emptySince !== undefined) call.emptySince = Math.min(call.emptySince, now);
      for (const channel of call.channels.values())
        if (channel.missingSince !== undefined) channel.missingSince = Math.min(channel.missingSince, now);
    }
  }

  /** Ends what is missing, and tells a call that is over when nothing more can be expected of it. */
  #settle(call: TrackedCall): void {
    if (!this.#calls.calls.has(call)) {
      this.#ending.delete(call);
      return;
    }
    let isWaiting = false;
    for (const channel of call.channels.values()) {
      if (channel.missingSince === undefined || channel.endedAt !== undefined) continue;
      if (this.#now < channel.missingSince + OWED_MS) isWaiting = true;
      else {
        endUnseen(channel, channel.missedAt);
        this.#calls.changed.add(call);
      }
    }
    if (isWaiting) return;
    if (!hasEnded(call)) {
      this.#ending.delete(call);
      return;
    }
    call.emptySince ??= this.#now - OWED_MS;
    if (this.#now < call.emptySince + patienceWith(call)) return;
    this.#close(call);
  }

  #close(call: TrackedCall): void {
    this.#ending.delete(call);
    if (isVisible(call)) {
      const view = viewCall(call, this.#view);
      this.#options.onCall(view);
      if (view.talks.length > 0) this.#tellSpoken(call);
    }
    this.#book.close(call, this.#now);
  }

  /** A call that is just ending is told once, when it has settled. */
  #tell(call: TrackedCall, changedBy: number): void {
    if (hasEnded(call)) {
      call.emptySince ??= changedBy;
      this.#ending.add(call);
      this.#settle(call);
      return;
    }
    if (!isVisible(call)) return;
    const view = viewCall(call, this.#view);
    // Of each call kept while it lasts: a text of 3 kB would make much work for the garbage collector.
    const digest = hash('md5', JSON.stringify(view));
    if (digest === call.told) return;
    call.told = digest;
    this.#options.onCall(view);
    if (view.talks.length > call.toldTalks) this.#tellSpoken(call);
    call.toldTalks = view.talks.length;
  }

  #tellSpoken(call: TrackedCall): void {
    const { onSpoken } = this.#options;
    onSpoken?.(spokenChannels(call, talksOf(call, startOf(call)), this.#view));
  }

  #joined(gone: TrackedCall, into: TrackedCall): void {
    this.#ending.delete(gone);
    const { asterisk } = this.#options;
    if (gone.told !== '') this.#options.onJoin?.(callId(gone, asterisk), callId(into, asterisk));
  }

  #giveUpOldest(): void {
    const [oldest] = this.#calls.calls;
    if (oldest === undefined) return;
    for (const channel of oldest.channels.values()) endUnseen(channel, channel.lastAt);
    this.#close(oldest);
  }

  #noteBridge(channel: Channel, row: ChannelEvent, { at, leftAt }: { at: number; leftAt: number }): void {
    const bridge = textOf(row, 'BridgeId');
    for (const { what, until } of staysOf(channel.bridges, channel.endedAt)) {
      if (until === undefined && what !== bridge) addMark(channel.bridges, { what, at: leftAt, on: false });
    }
    if (bridge === '') return;
    addMark(channel.bridges, { what: bridge, at, on: true });
    this.#calls.meet(channel, bridge);
  }
}

function hasEnded(call: TrackedCall): boolean {
  for (const { endedAt } of call.channels.values()) if (endedAt === undefined) return false;
  return true;
}

function endUnseen(channel: Channel, at: number): void {
  if (channel.endedAt !== undefined) return;
  channel.endedAt = Math.max(at, channel.lastAt);
  channel.endUnknown = true;
}

/** `Duration: 00:01:02` of CoreShowChannels, ms. */
function durationOf(row: ChannelEvent): number {
  const [, hours, minutes, seconds] = /^(\d{1,4}):(\d\d):(\d\d)$/.exec(row.get('Duration') ?? '') ?? [];
  if (hours === undefined) return 0;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
