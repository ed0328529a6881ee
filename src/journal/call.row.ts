import type { Selectable } from 'kysely';
import { callSchema, type Call, type Link, type Party } from '../calls/call.ts';
import { NOBODY, partiesOf } from '../calls/parties.ts';
import { decodeCall, encodeCall } from './call.document.ts';
import { KEY_KINDS, type CallKeyTable, type CallTable, type KeyKind } from './tables.ts';

/** Room for calls of the same millisecond in `calls.seq`. Ten keep it within the six bytes that SQLite takes for it. */
export const SEQ_PER_MS = 10;

/** Characters of `call_keys.value`. */
const MAX_VALUE = 100;

/** What a call adds to the journal, without what people add to it there (note, links, "called back"). */
export type CallValues = Omit<CallTable, 'open_missed' | 'called_back_at' | 'note' | 'manual_links'>;

export function toRow(call: Call, seq: number): CallValues {
  const { seconds, answeredBy } = call;
  return {
    seq,
    id: call.id,
    asterisk: call.asterisk,
    direction: call.direction,
    state: call.state,
    started_at: Date.parse(call.startedAt),
    answered_at: toMs(call.answeredAt),
    ended_at: toMs(call.endedAt),
    outcome: call.outcome,
    missed: Number(call.missed),
    from_number: call.from.number,
    to_number: call.to.number,
    answered_by: answeredBy === null ? null : (answeredBy.extension ?? answeredBy.number),
    wait_ms: Math.round(seconds.wait * 1000),
    ring_ms: Math.round(seconds.ring * 1000),
    talk_ms: Math.round(seconds.talk * 1000),
    hold_ms: Math.round(seconds.hold * 1000),
    completeness: call.completeness,
    // Those that people add have a column of their own.
    detail: encodeCall({ ...call, links: call.links.filter(({ how }) => how !== 'manual') }),
  };
}

/** A call with everything that belongs to it: see `completeCalls`. */
export interface JournalCall extends Call {
  readonly note: string | null;
}

/** The call of a row, without what is added to it. Of one whose story is damaged, what stands in the columns. */
export function fromRow(row: Selectable<CallTable>): Call {
  if (row.detail === null) return withoutStory(row);
  const story = readStory(row);
  if (story !== undefined) return story;
  // A call is named after its Linkedid: by that its records are found.
  return {
    ...withoutStory(row),
    linkedIds: [row.id.slice(row.asterisk.length + 1)],
    completeness: 'partial',
  };
}

/** Links that people added; none where they are damaged. */
export function manualLinks({ manual_links }: Pick<CallTable, 'manual_links'>): Link[] {
  try {
    return manual_links === null ? [] : JSON.parse(manual_links);
  } catch {
    return [];
  }
}

/** @returns undefined when it is damaged, or was forgotten */
export function readStory({ detail }: Selectable<CallTable>): Call | undefined {
  try {
    return detail === null ? undefined : decodeCall(detail);
  } catch {
    return undefined;
  }
}

/** What a call can be found by, each once. */
export function keysOf(call: Call, seq: number): CallKeyTable[] {
  const keys = new Map<string, CallKeyTable>();
  const add = (kind: KeyKind, value: string | null): void => {
    if (value !== null && value !== '') keys.set(`${kind} ${value}`, { kind, value, seq });
  };
  for (const { number, extension, user } of partiesOf(call)) {
    add(KEY_KINDS.number, number === null ? null : reversed(number));
    add(KEY_KINDS.extension, extension);
    add(KEY_KINDS.user, user);
  }
  for (const linkedId of call.linkedIds) {
    const isNamedAfter = call.id === `${call.asterisk}-${linkedId}`;
    if (!isNamedAfter && linkedId.length <= MAX_VALUE) add(KEY_KINDS.linked, linkedId);
  }
  for (const { kind, code } of call.links) add(KEY_KINDS[kind], String(code));
  return [...keys.values()];
}

/** So the end of a number is the beginning of what is looked for. */
export function reversed(number: string): string {
  return Array.from(number).toReversed().join('');
}

function withoutStory(row: Selectable<CallTable>): Call {
  return callSchema.parse({
    id: row.id,
    asterisk: row.asterisk,
    linkedIds: [],
    direction: row.direction,
    state: row.state,
    startedAt: new Date(row.started_at).toISOString(),
    answeredAt: toTime(row.answered_at),
    endedAt: toTime(row.ended_at),
    from: partyOf(row.from_number),
    to: partyOf(row.to_number),
    answeredBy: null,
    outcome: row.outcome,
    cause: null,
    endedBy: null,
    missed: row.missed === 1,
    calledBackAt: null,
    seconds: {
      greeting: 0,
      wait: row.wait_ms / 1000,
      ring: row.ring_ms / 1000,
      talk: row.talk_ms / 1000,
      hold: row.hold_ms / 1000,
    },
    legs: [],
    talks: [],
    holds: [],
    links: [],
    request: null,
    recordings: [],
    survey: [],
    completeness: row.completeness,
  });
}

function partyOf(number: string | null): Party {
  return number === null ? NOBODY : { ...NOBODY, number, raw: number };
}

function toMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

export function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
