import type { Call, CallOutcome, Party } from '../calls/call.ts';
import type { End, Parties } from './parties.ts';

/** A call before Asterisk has told of it. */
export function provisionalCall(
  { from, to, direction, links }: Parties,
  { id, asterisk, at }: { readonly id: string; readonly asterisk: string; readonly at: number },
): Call {
  return {
    id: `${asterisk}-${id}`,
    asterisk,
    linkedIds: [id],
    direction,
    state: 'ringing',
    startedAt: new Date(at).toISOString(),
    answeredAt: null,
    endedAt: null,
    from: partyOf(from),
    to: partyOf(to),
    answeredBy: null,
    outcome: null,
    cause: null,
    endedBy: null,
    missed: false,
    calledBackAt: null,
    seconds: { greeting: 0, wait: 0, ring: 0, talk: 0, hold: 0 },
    legs: [],
    talks: [],
    holds: [],
    links: [...links],
    request: null,
    recordings: [],
    survey: [],
    completeness: 'whole',
  };
}

/** It has ended, and Asterisk never told of a channel that anybody would have heard. */
export function endedUnheard(call: Call, outcome: CallOutcome, at: number): Call {
  const endedAt = new Date(at).toISOString();
  return {
    ...call,
    state: 'ended',
    endedAt,
    outcome,
    endedBy: 'system',
    legs: [{ party: call.from, trunk: null, rangAt: null, answeredAt: null, endedAt, outcome, cause: null }],
  };
}

export function partyOf(end: End): Party {
  return end.kind === 'extension'
    ? { number: null, raw: end.extension, extension: end.extension, user: null }
    : { number: end.number, raw: end.number, extension: null, user: null };
}
