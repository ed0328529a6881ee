import { describe, expect, test } from '@jest/globals';
import type { Call, CallLeg, Party } from '../../../src/calls/call.ts';
import { isReached, stepsOfCall } from '../../../src/doctor/test-call/call.steps.ts';

const outside = (number: string): Party => ({ number, raw: number, extension: null, user: null });
const inside = (extension: string): Party => ({ number: null, raw: extension, extension, user: null });
const FIRST = outside('79161000011');
const SECOND = outside('79162000001');
const AT = '2026-11-27T08:00:00.000Z';

const leg = (party: Party, changes: Partial<CallLeg> = {}): CallLeg => ({
  party,
  trunk: party.extension === null ? 'trunk' : null,
  rangAt: null,
  answeredAt: null,
  endedAt: null,
  outcome: null,
  cause: null,
  ...changes,
});
const rung = { rangAt: AT };
const answered = { ...rung, answeredAt: AT, outcome: 'answered' as const };
const over = (outcome: CallLeg['outcome'], cause: number | null, more: Partial<CallLeg> = {}) => ({
  endedAt: AT,
  outcome,
  cause,
  ...more,
});

function call(legs: readonly CallLeg[], changes: Partial<Call> = {}): Call {
  return {
    id: 'main-courier-1',
    asterisk: 'main',
    linkedIds: ['courier-1'],
    direction: 'test',
    state: 'ringing',
    startedAt: AT,
    answeredAt: null,
    endedAt: null,
    from: FIRST,
    to: SECOND,
    answeredBy: null,
    outcome: null,
    cause: null,
    endedBy: null,
    missed: false,
    calledBackAt: null,
    seconds: { greeting: 0, wait: 0, ring: 0, talk: 0, hold: 0 },
    legs: [...legs],
    talks: [],
    holds: [],
    links: [],
    request: null,
    recordings: [],
    survey: [],
    completeness: 'whole',
    ...changes,
  };
}

const told = (of: Call) => stepsOfCall(of).map(({ name, state }) => `${name}: ${state}`);
const ended = { state: 'ended' as const };

describe('a test call, rung by rung', () => {
  test.each<[string, Call, string[]]>([
    ['nothing yet', call([]), []],
    ['the first telephone is dialled', call([leg(FIRST)]), []],
    ['it rings', call([leg(FIRST, rung)]), ['trunk: ok', 'first rings: ok']],
    ['it answers', call([leg(FIRST, answered)]), ['trunk: ok', 'first rings: ok', 'first answers: ok']],
    [
      'the second one rings',
      call([leg(FIRST, answered), leg(SECOND, rung)]),
      ['trunk: ok', 'first rings: ok', 'first answers: ok', 'second rings: ok'],
    ],
    [
      'it answers',
      call([leg(FIRST, answered), leg(SECOND, answered)]),
      ['trunk: ok', 'first rings: ok', 'first answers: ok', 'second rings: ok', 'second answers: ok'],
    ],
    [
      'a second trunk takes over, while it lasts and afterwards',
      call([leg(FIRST, over('unreachable', 34)), leg(FIRST, { ...rung, trunk: 'gsm' })]),
      ['trunk: ok', 'first rings: ok'],
    ],
    ['the line forbids it', call([leg(FIRST, over('failed', 21))], ended), ['trunk: fail']],
    ['the line has no room', call([leg(FIRST, over('unreachable', 34))], ended), ['trunk: fail']],
    [
      'nobody picks up',
      call([leg(FIRST, over('no_answer', 19, rung))], ended),
      ['trunk: ok', 'first rings: ok', 'first answers: fail'],
    ],
    [
      'a telephone of the office is not there',
      call([leg(inside('101'), over('unreachable', 20))], { ...ended, from: inside('101') }),
      ['trunk: ok', 'first rings: fail'],
    ],
    [
      'the second one is busy',
      call([leg(FIRST, answered), leg(SECOND, over('busy', 17))], ended),
      ['trunk: ok', 'first rings: ok', 'first answers: ok', 'second rings: fail'],
    ],
    [
      'the second one is never dialled',
      call([leg(FIRST, answered)], ended),
      ['trunk: ok', 'first rings: ok', 'first answers: ok', 'second rings: fail'],
    ],
  ])('%s', (_what, one, expected) => {
    expect(told(one)).toEqual(expected);
  });

  test('is at the top when both have answered', () => {
    expect(isReached(stepsOfCall(call([leg(FIRST, answered), leg(SECOND, answered)])))).toBe(true);
    expect(isReached(stepsOfCall(call([leg(FIRST, answered)])))).toBe(false);
    expect(isReached([])).toBe(false);
  });
});

describe('each way to fail', () => {
  const failures: readonly Call[] = [
    call([leg(FIRST, over('failed', 21))], ended),
    call([leg(FIRST, over('unreachable', 34))], ended),
    call([leg(FIRST, over('unreachable', 1))], ended),
    call([leg(FIRST, over('unreachable', 19))], ended),
    call([leg(FIRST, over('busy', 17))], ended),
    call([leg(FIRST, over('refused', 21, rung))], ended),
    call([leg(FIRST, over('no_answer', 19, rung))], ended),
    call([leg(inside('101'), over('unreachable', 20))], { ...ended, from: inside('101') }),
    call([leg(FIRST, answered), leg(SECOND, over('failed', 21))], ended),
    call([leg(FIRST, answered), leg(SECOND, over('unreachable', 34))], ended),
    call([leg(FIRST, answered), leg(SECOND, over('busy', 17))], ended),
    call([leg(FIRST, answered), leg(SECOND, over('refused', 21, rung))], ended),
    call([leg(FIRST, answered), leg(SECOND, over('no_answer', 19, rung))], ended),
    call([leg(FIRST, answered)], ended),
  ];
  const failed = failures.map((one) => stepsOfCall(one).at(-1));

  test.each(['en', 'ru'] as const)('has a text and a remedy of its own: %s', (language) => {
    for (const step of failed) {
      expect(step?.state).toBe('fail');
      expect(step?.remedy?.[language]).toMatch(/.{20}/);
    }
    expect(new Set(failed.map((step) => step?.message[language])).size).toBe(failures.length);
  });

  test('shows no number', () => {
    expect(JSON.stringify(failed)).not.toMatch(/\d{7}/);
  });
});
