import { describe, expect, test } from '@jest/globals';
import type { Recording } from '../../../src/calls/call.ts';
import { audibleRecordings } from '../../../src/web/calls/audible.ts';
import { at, call, colleague, MARIA, talk } from './calls.ts';

const OLGA = colleague('101', 'olga');
const PAVEL = colleague('102', 'pavel');

const recording = (id: string, from: string, until: string, state: Recording['state'] = 'ready') => ({
  id,
  from: at(from),
  until: at(until),
  bytes: 1,
  seconds: 1,
  state,
});

/** Olga answers and hands the call on to Pavel; each part is a recording of its own. */
const handedOn = call({
  state: 'ended',
  talks: [talk(MARIA, OLGA, '8:40:35', '8:41:00'), talk(MARIA, PAVEL, '8:41:10', '8:42:00')],
  recordings: [
    recording('first', '8:40:35', '8:41:05'),
    recording('second', '8:41:05', '8:42:00'),
    recording('third', '8:41:05', '8:42:00', 'waiting'),
  ],
});

describe('what is offered to be heard', () => {
  test.each([
    ['one who spoke first', 'operator', 'olga', [], ['first']],
    ['one to whom it was handed on', 'operator', 'pavel', [], ['second']],
    ['one who spoke with their mobile as well', 'operator', 'olga', ['101', '79160000001'], ['first']],
    ['one who has had the telephone since', 'operator', 'irina', ['101'], []],
    ['one who has had it since, and is not in the database', 'operator', null, ['101'], []],
    ['an operator who did not take part', 'operator', 'irina', ['103'], []],
    ['a supervisor', 'supervisor', null, [], ['first', 'second']],
    ['an admin', 'admin', null, [], ['first', 'second']],
  ] as const)('to %s', (_who, role, login, extensions, ids) => {
    const heard = audibleRecordings(handedOn, { role, login, extensions }, () => []);
    expect(heard.map(({ id }) => id)).toEqual(ids);
  });

  test('to one who is known by their telephone alone', () => {
    const shared = { ...handedOn, talks: [talk(MARIA, colleague('101'), '8:40:35', '8:41:00')] };
    const irina = { role: 'operator', login: 'irina', extensions: ['101'] } as const;
    const heard = audibleRecordings(shared, irina, () => []);
    expect(heard.map(({ id }) => id)).toEqual(['first']);
  });

  test.each([null, 'irina'])('to %s, who shares the telephone with the one whom the call names', (login) => {
    const telephonesOf = (user: string) => (user === 'olga' ? ['101'] : []);
    const sharing = { role: 'operator', login, extensions: ['101'] } as const;
    const heard = audibleRecordings(handedOn, sharing, telephonesOf);
    expect(heard.map(({ id }) => id)).toEqual(['first']);
  });

  test('to nobody is nothing', () => {
    expect(audibleRecordings(handedOn, null, () => [])).toEqual([]);
  });
});
