import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, Party } from '../../../src/calls/call.ts';
import type { ChannelEvent } from '../../../src/calls/event.ts';
import { Tracker, type TrackerOptions } from '../../../src/calls/tracker.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'ami-streams');

type Headers = Readonly<Record<string, string>>;

/** `22-a`, … : what a real Asterisk of that version told of one flow. */
export const STREAMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

/** An event and when it is received, ms since 1970. */
export interface Received extends ChannelEvent {
  readonly receivedAt: number;
}

/** The events of a recorded stream; received when they happened. */
export function loadStream(name: string): Received[] {
  const rows: unknown = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  return (rows as Headers[]).map((headers) => event(headers));
}

/** @param receivedAt default: its Timestamp */
export function event(headers: Headers, receivedAt = Number(headers['Timestamp'] ?? 0) * 1000): Received {
  return {
    event: headers['Event'],
    get: (header) => headers[header],
    all: (header) => (headers[header] === undefined ? [] : [headers[header]]),
    receivedAt,
  };
}

export interface Followed {
  /** Calls that ended, in the order in which they were told. */
  readonly ended: readonly Call[];
  /** Everything told, in order. */
  readonly told: readonly Call[];
  readonly joined: readonly (readonly [string, string])[];
  readonly tracker: Tracker;
}

/** Feeds a tracker, and waits until all that has ended is told. */
export function follow(events: readonly Received[], options: Partial<TrackerOptions> = {}): Followed {
  const told: Call[] = [];
  const joined: [string, string][] = [];
  const tracker = new Tracker({
    asterisk: 'main',
    onCall: (call) => told.push(call),
    onJoin: (...ids) => joined.push(ids),
    ...options,
  });
  for (const one of events) tracker.feed(one, one.receivedAt);
  tracker.tick(Math.max(0, ...events.map(({ receivedAt }) => receivedAt)) + 10_000);
  return { ended: told.filter(({ state }) => state === 'ended'), told, joined, tracker };
}

/** A party in a word, for tables of what is expected. */
export function who(party: Party | null): string {
  return party === null ? 'nobody' : (party.extension ?? party.number ?? party.raw);
}

/** A call in a few lines a human can check. */
export function summary(call: Call): Record<string, unknown> {
  const start = Date.parse(call.startedAt);
  const after = (time: string | null) =>
    time === null ? '…' : ((Date.parse(time) - start) / 1000).toFixed(1);
  return {
    direction: call.direction,
    who: `${who(call.from)} > ${who(call.to)} = ${who(call.answeredBy)}`,
    outcome: `${call.outcome} ${call.cause} by ${call.endedBy}${call.missed ? ', missed' : ''}`,
    seconds: `greeting ${call.seconds.greeting} wait ${call.seconds.wait} ring ${call.seconds.ring} talk ${call.seconds.talk} hold ${call.seconds.hold}`,
    legs: call.legs.map(
      (leg) =>
        `${who(leg.party)}${leg.trunk === null ? '' : `@${leg.trunk}`} ${after(leg.rangAt)} ${after(leg.answeredAt)} ${after(leg.endedAt)} ${leg.outcome} ${leg.cause}`,
    ),
    talks: call.talks.map(({ a, b, from, until }) => `${who(a)}-${who(b)} ${after(from)} ${after(until)}`),
    completeness: call.completeness,
  };
}
