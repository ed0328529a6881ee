import { expect, test } from '@jest/globals';
import { resultOf } from '../../../src/calling/result.text.ts';
import type { Call, CallLeg } from '../../../src/calls/call.ts';
import { answeredCall, inside, outside } from '../../lab/journal/sample-calls.ts';

const COURIER = outside('79161000011');
const RECIPIENT = outside('79162000001');

const leg = (party: Call['from'], outcome: CallLeg['outcome']): CallLeg => ({
  party,
  trunk: null,
  rangAt: null,
  answeredAt: null,
  endedAt: null,
  outcome,
  cause: null,
});
const courierCall = (changes: Partial<Call>): Call =>
  answeredCall(1, RECIPIENT.raw, {
    direction: 'courier',
    from: COURIER,
    to: RECIPIENT,
    legs: [],
    ...changes,
  });
const FETCHED = leg(COURIER, 'answered');

test.each([
  [
    'they talked',
    { outcome: 'answered', legs: [FETCHED, leg(RECIPIENT, 'answered')] },
    'answered',
    /^Разговор/,
  ],
  [
    'the recipient is busy',
    { outcome: 'busy', legs: [FETCHED, leg(RECIPIENT, 'busy')] },
    'busy',
    /^Абонент: занято/,
  ],
  [
    'the courier is busy',
    { outcome: 'busy', legs: [leg(COURIER, 'busy')] },
    'first_busy',
    /^Курьер: занято; второй/,
  ],
  ['a mailbox', { outcome: 'no_answer', legs: [FETCHED], cause: 16 }, 'not_confirmed', /не нажал 1/],
  [
    'no trunk took it',
    { outcome: 'no_answer', legs: [FETCHED], cause: 34 },
    'unreachable',
    /^Абонент: нет связи/,
  ],
  ['its end was not seen', { outcome: null, completeness: 'partial' }, 'unknown', /неизвестно/],
  [
    'the operator hung up before anybody rang',
    {
      direction: 'out',
      from: inside('101'),
      outcome: 'no_answer',
      legs: [leg(inside('101'), 'answered')],
      cause: 16,
    },
    'cancelled',
    /отменён/,
  ],
  [
    'a colleague does not answer',
    {
      direction: 'internal',
      from: inside('101'),
      to: inside('102'),
      outcome: 'no_answer',
      legs: [leg(inside('101'), 'answered'), leg(inside('102'), 'no_answer')],
    },
    'no_answer',
    /^Телефон 102: нет ответа/,
  ],
] as const)('%s', (_what, changes, code, words) => {
  const result = resultOf(courierCall(changes as Partial<Call>), false);
  expect(result?.code).toBe(code);
  expect(result?.ru).toMatch(words);
  expect(result?.en).toMatch(/^[A-Z].*\.$/);
  // A number stays out of what may be shown anywhere.
  expect(`${result?.ru}${result?.en}`).not.toMatch(/\d{7}/);
});

test('nothing is said while it lasts; who cancelled it is not asked why nobody answered', () => {
  expect(resultOf(courierCall({ state: 'ringing' }), false)).toBeNull();
  expect(resultOf(courierCall({ outcome: 'no_answer' }), true)?.code).toBe('cancelled');
  expect(resultOf(courierCall({ outcome: 'answered' }), true)?.code).toBe('answered');
});
