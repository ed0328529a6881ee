import type { CallLeg, Party, Talk } from '../../../src/calls/call.ts';
import type { PageCall } from '../../../src/web/calls/page-call.ts';

export const OFFICE: Party = { number: '74950000000', raw: '74950000000', extension: null, user: null };
export const MARIA: Party = { number: '79162000002', raw: '79162000002', extension: null, user: null };

export function colleague(extension: string, user: string | null = null): Party {
  return { number: null, raw: extension, extension, user };
}

/** A time of one morning. @param clock such as `8:40:29` */
export function at(clock: string): string {
  return new Date(Date.parse(`2026-11-26T0${clock}.000Z`)).toISOString();
}

export function leg(party: Party, parts: Partial<CallLeg> = {}): CallLeg {
  return {
    party,
    trunk: null,
    rangAt: at('8:40:31'),
    answeredAt: null,
    endedAt: null,
    outcome: null,
    cause: null,
    ...parts,
  };
}

export function talk(a: Party, b: Party, from: string, until: string | null = null): Talk {
  return { a, b, from: at(from), until: until === null ? null : at(until) };
}

/** A call from outside that rings, unless said otherwise. */
export function call(parts: Partial<PageCall> = {}): PageCall {
  return {
    id: 'main-1.1',
    asterisk: 'main',
    linkedIds: ['1.1'],
    direction: 'in',
    state: 'ringing',
    startedAt: at('8:40:29'),
    answeredAt: null,
    endedAt: null,
    from: MARIA,
    to: OFFICE,
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
    links: [],
    request: null,
    recordings: [],
    survey: [],
    completeness: 'whole',
    note: null,
    ...parts,
  };
}
