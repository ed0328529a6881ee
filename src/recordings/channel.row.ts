import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { SpokenChannel } from '../calls/spoken.ts';
import type { CallChannelTable, RecordingTable } from '../journal/tables.ts';
import { splitName } from './formats.ts';
import type { FileOwner } from './link-files.ts';

export type RecordingRow = Selectable<RecordingTable>;

/** The part of a talk that a file would hold. */
interface StoredPiece {
  readonly stem: string;
  readonly from: number;
  readonly until: number;
}

/** A channel that waits for its files, or will. */
export interface OpenChannel extends FileOwner {
  readonly from: number;
  readonly until: number;
  readonly pieces: readonly StoredPiece[];
}

export function toChannelRow(one: SpokenChannel): CallChannelTable {
  const { asterisk, channel, call, party, startedAt, endedAt, from, until } = one;
  const pieces = storedPieces(one);
  return {
    asterisk,
    channel,
    call_id: call,
    extension: party.extension?.slice(0, 40) ?? null,
    number: party.number?.slice(0, 40) ?? null,
    started_at: Math.round(startedAt),
    ended_at: endedAt === undefined ? null : Math.round(endedAt),
    from_at: Math.round(from),
    until_at: until === undefined ? null : Math.round(until),
    pieces: pieces.length === 0 ? null : JSON.stringify(pieces),
    looks: 0,
    is_open: endedAt === undefined ? 0 : 1,
  };
}

/** While the call lasts, the end of a piece is where it is now: the call's own is put in its place when it is over. */
function storedPieces({ pieces, endedAt }: SpokenChannel): StoredPiece[] {
  return pieces.flatMap(({ name, from, until }) => {
    const stem = splitName(name)?.stem;
    if (stem === undefined) return [];
    return { stem, from: Math.round(from), until: Math.round(until ?? endedAt ?? Number.MAX_SAFE_INTEGER) };
  });
}

/** The channel of a recording, as far as the recording tells. */
export function channelOf(row: RecordingRow): CallChannelTable {
  const { asterisk, channel, call_id, stem, from_at, until_at, sound_ms } = row;
  const piece: StoredPiece = { stem, from: from_at, until: until_at };
  return {
    asterisk,
    channel,
    call_id,
    extension: null,
    number: null,
    started_at: from_at,
    ended_at: Math.max(until_at, from_at + (sound_ms ?? 0)),
    from_at,
    until_at,
    pieces: JSON.stringify([piece]),
    looks: 0,
    is_open: 1,
  };
}

/** A recording without a file, as what it may be found by. */
export function soughtChannel(row: RecordingRow): OpenChannel {
  return toOpenChannel(channelOf(row));
}

/** What was announced of an ended channel. */
export function recordingsOf(row: Selectable<CallChannelTable>): RecordingRow[] {
  const channel = toOpenChannel(row);
  return channel.pieces.map((piece) => newRecording(channel, piece));
}

export function newRecording(
  { call, asterisk, channel }: OpenChannel,
  { stem, from, until }: StoredPiece,
): RecordingRow {
  return {
    id: randomBytes(18).toString('base64url'),
    call_id: call,
    asterisk,
    channel,
    stem,
    from_at: from,
    until_at: until,
    state: 'waiting',
    path: null,
    format: null,
    bytes: null,
    sound_ms: null,
    sha256: null,
    attempts: 0,
    next_try_at: null,
    problem: null,
  };
}

export function toOpenChannel(row: Selectable<CallChannelTable>): OpenChannel {
  const endedAt = row.ended_at ?? Infinity;
  const until = row.until_at ?? endedAt;
  const pieces: StoredPiece[] = row.pieces === null ? [] : JSON.parse(row.pieces);
  return {
    call: row.call_id,
    asterisk: row.asterisk,
    channel: row.channel,
    extension: row.extension,
    number: row.number,
    startedAt: row.started_at,
    endedAt,
    from: row.from_at,
    until,
    stems: pieces.map(({ stem }) => stem),
    pieces: pieces.map((piece) => ({ ...piece, until: Math.min(piece.until, until) })),
  };
}
