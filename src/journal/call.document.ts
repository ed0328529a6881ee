import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Call } from '../calls/call.ts';
import { FIRST_DICTIONARY, DICTIONARY } from './call.dictionary.ts';

/** Says how the rest was written; a later version may write otherwise, and must still read this. */
const FORMAT = 2;
/** With times as texts; no longer written. */
const FIRST_FORMAT = 1;

/** Enough for the dictionary and the text of a call; what zlib takes by itself is 270 kB, to be cleared for each call. */
const SMALL_WINDOW = { windowBits: 13, memLevel: 5 };

/** A time in ms after the beginning of the call: a third of the bytes. One that is not written as we write times stays. */
type ShortTime = number | string | null;

/** Few calls have holds: without them, and of a version that knew of none, there is no word of them. */
type Stored = Omit<Call, 'holds'> & { holds?: Call['holds'] };

/** The whole call in few bytes. */
export function encodeCall(call: Call): Uint8Array {
  const start = Date.parse(call.startedAt);
  const { holds, ...rest } = call;
  const stored: Stored = holds.length === 0 ? rest : call;
  const text = JSON.stringify(withTimes(stored, (time: string | null) => shortTime(time, start)));
  const packed = deflateRawSync(text, { dictionary: DICTIONARY, ...SMALL_WINDOW });
  return Buffer.concat([Buffer.of(FORMAT), packed]);
}

/** @throws {RangeError} it was written by a newer version, or is damaged */
export function decodeCall(document: Uint8Array): Call {
  const [format] = document;
  if (format !== FORMAT && format !== FIRST_FORMAT)
    throw new RangeError(`A call of the journal has the unknown format ${format}.`);
  const dictionary = format === FORMAT ? DICTIONARY : FIRST_DICTIONARY;
  const stored: Stored = JSON.parse(inflateRawSync(document.subarray(1), { dictionary }).toString());
  const call = { ...stored, holds: stored.holds ?? [] };
  if (format === FIRST_FORMAT) return call;
  const start = Date.parse(call.startedAt);
  return withTimes(call, (time: ShortTime) => longTime(time, start));
}

/** The call with other times of legs and talks, and of its answer and end. */
function withTimes<Some extends Stored, Time extends ShortTime>(
  call: Some,
  change: (time: string | null) => Time,
) {
  return {
    ...call,
    answeredAt: change(call.answeredAt),
    endedAt: change(call.endedAt),
    legs: call.legs.map((leg) => ({
      ...leg,
      rangAt: change(leg.rangAt),
      answeredAt: change(leg.answeredAt),
      endedAt: change(leg.endedAt),
    })),
    talks: call.talks.map((talk) => ({ ...talk, from: change(talk.from), until: change(talk.until) })),
  };
}

function shortTime(time: string | null, start: number): ShortTime {
  if (time === null) return null;
  const short = Date.parse(time) - start;
  return longTime(short, start) === time ? short : time;
}

function longTime(time: ShortTime, start: number): string | null {
  if (typeof time !== 'number') return time;
  const ms = start + time;
  // `Date` knows no others.
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}
