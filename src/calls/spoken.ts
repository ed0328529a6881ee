import type { Party, Recording } from './call.ts';
import { callId, isLocal, staysOf, type Channel, type TrackedCall } from './channel.ts';
import { partyOf, type ViewOptions } from './parties.ts';
import type { ChannelTalk, Span } from './talks.ts';

/** A channel that somebody spoke on: a file of the recorder may belong to it. Times are ms since 1970. */
export interface SpokenChannel {
  readonly call: string;
  readonly asterisk: string;
  /** Asterisk's unique id. */
  readonly channel: string;
  readonly party: Party;
  /** When the channel was there; undefined while it is. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** From the first word to the last; undefined while it goes on. */
  readonly from: number;
  readonly until: number | undefined;
  /** What Asterisk said that it writes to. */
  readonly pieces: readonly Piece[];
}

/** The part of a talk that one file holds. */
export interface Piece extends Span {
  /** Of the file, without its folder. Whoever calls may have chosen a part of it. */
  readonly name: string;
}

/** Longer is no name of a file. */
const MAX_NAME = 255;

/** The channels of a call that somebody spoke on. A Local channel carries others' words: they may be recorded there. */
export function spokenChannels(
  call: TrackedCall,
  talks: readonly ChannelTalk[],
  options: ViewOptions,
): SpokenChannel[] {
  const seen = new Set<string>();
  return [...call.channels.values()].flatMap((channel) => {
    const span = spanOf(channel, talks);
    if (span === undefined) return [];
    // A variable that was handed on names the file of another channel.
    const pieces = piecesOf(channel, span).filter(({ name }) => !seen.has(name));
    for (const { name } of pieces) seen.add(name);
    const { id, startedAt, endedAt } = channel;
    return {
      call: callId(call, options.asterisk),
      asterisk: options.asterisk,
      channel: id,
      party: partyOf(channel, options),
      startedAt,
      endedAt,
      ...span,
      pieces,
    };
  });
}

/** What is being recorded of a call, while nothing more is known of it than the names of the files. */
export function announcedRecordings(
  call: TrackedCall,
  talks: readonly ChannelTalk[],
  options: ViewOptions,
): Recording[] {
  if (talks.length === 0 || !hasRecordings(call)) return [];
  return spokenChannels(call, talks, options).flatMap(({ pieces, endedAt }) =>
    pieces.map(({ name, from, until }) => ({
      id: name.replace(/[^\w.+-]/g, '_'),
      from: new Date(Math.round(from)).toISOString(),
      until: until === undefined ? null : new Date(Math.round(until)).toISOString(),
      bytes: null,
      seconds: null,
      state: until === undefined && endedAt === undefined ? ('recording' as const) : ('waiting' as const),
    })),
  );
}

function hasRecordings(call: TrackedCall): boolean {
  for (const { recordings } of call.channels.values()) if (recordings.length > 0) return true;
  return false;
}

/** From the first word on a channel to the last; undefined when there was none. */
function spanOf(channel: Channel, talks: readonly ChannelTalk[]): Span | undefined {
  if (talks.length === 0) return undefined;
  const spans = isLocal(channel)
    ? staysOf(channel.bridges, channel.endedAt).flatMap((stay) => talks.flatMap((talk) => common(stay, talk)))
    : talks.filter(({ a, b }) => a === channel || b === channel);
  return spans.length === 0 ? undefined : around(spans);
}

/** One for each file: what was paused in between is one all the same. */
function piecesOf({ recordings, endedAt }: Channel, span: Span): Piece[] {
  if (recordings.length === 0) return [];
  const stays = staysOf(recordings, endedAt);
  const names = new Set(stays.map(({ what }) => nameOf(what)));
  return [...names].flatMap((name) => {
    if (name === '') return [];
    const recorded = around(stays.filter(({ what }) => nameOf(what) === name));
    return common(recorded, span).map((part) => ({ name, ...part }));
  });
}

function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // A folder, or what no recorder writes.
  return name.length > MAX_NAME || /[\p{Cc}]|^\.{0,2}$/u.test(name) ? '' : name;
}

function around(spans: readonly Span[]): Span {
  const from = Math.min(...spans.map((span) => span.from));
  const until = Math.max(...spans.map((span) => span.until ?? Infinity));
  return { from, until: until === Infinity ? undefined : until };
}

/** What two times have in common: one, or none. */
function common(one: Span, other: Span): Span[] {
  const from = Math.max(one.from, other.from);
  const until = Math.min(one.until ?? Infinity, other.until ?? Infinity);
  return until <= from ? [] : [{ from, until: until === Infinity ? undefined : until }];
}
