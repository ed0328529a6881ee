import type { Call, Party } from '../../../src/calls/call.ts';

const NOBODY: Party = { number: null, raw: '', extension: null, user: null };

/** Monday, 12 January 2026, 08:00 UTC. */
export const MORNING = Date.parse('2026-01-12T08:00:00.000Z');

export function outside(number: string): Party {
  return { ...NOBODY, number, raw: `+${number}` };
}

export function inside(extension: string, user: string | null = null): Party {
  return { ...NOBODY, raw: extension, extension, user };
}

/** @param at ms after `MORNING` */
export function time(at: number): string {
  return new Date(MORNING + at).toISOString();
}

/**
 * An inbound call of a recipient, a minute long, that 101 answered after five seconds.
 *
 * @param id also says when it began: call 7 seven seconds after `MORNING`
 */
export function answeredCall(id: number, number: string, changes: Partial<Call> = {}): Call {
  const start = id * 1000;
  const [caller, operator] = [outside(number), inside('101', 'olga')];
  return {
    id: `main-1768204800.${id}`,
    asterisk: 'main',
    linkedIds: [`1768204800.${id}`],
    direction: 'in',
    state: 'ended',
    startedAt: time(start),
    answeredAt: time(start + 5000),
    endedAt: time(start + 65_000),
    from: caller,
    to: outside('74950000000'),
    answeredBy: operator,
    outcome: 'answered',
    cause: 16,
    endedBy: 'caller',
    missed: false,
    calledBackAt: null,
    seconds: { greeting: 0, wait: 5, ring: 5, talk: 60, hold: 0 },
    legs: [
      {
        party: operator,
        trunk: null,
        rangAt: time(start),
        answeredAt: time(start + 5000),
        endedAt: time(start + 65_000),
        outcome: 'answered',
        cause: 16,
      },
    ],
    talks: [{ a: caller, b: operator, from: time(start + 5000), until: time(start + 65_000) }],
    holds: [],
    links: [
      { kind: 'shipment', code: 70_001, how: 'routed', rank: 1 },
      { kind: 'courier', code: 11, how: 'routed', rank: 1 },
    ],
    request: null,
    recordings: [],
    survey: [],
    completeness: 'whole',
    ...changes,
  };
}

/** The same caller, whom nobody answered. */
export function missedCall(id: number, number: string, changes: Partial<Call> = {}): Call {
  const call = answeredCall(id, number);
  return {
    ...call,
    answeredAt: null,
    answeredBy: null,
    outcome: 'no_answer',
    missed: true,
    seconds: { greeting: 0, wait: 65, ring: 65, talk: 0, hold: 0 },
    legs: call.legs.map((leg) => ({ ...leg, answeredAt: null, outcome: 'no_answer' })),
    talks: [],
    holds: [],
    ...changes,
  };
}
