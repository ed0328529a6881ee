import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgiEnvironment } from '../../../src/agi/environment.ts';
import { AgiHangupError } from '../../../src/agi/errors.ts';
import type { AgiSession } from '../../../src/agi/session.ts';
import type { Call, Party } from '../../../src/calls/call.ts';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { subjectOf } from '../../../src/survey/subject.ts';
import { SurveyScript } from '../../../src/survey/survey.script.ts';
import { SurveyStore } from '../../../src/survey/survey.store.ts';
import { Surveys } from '../../../src/survey/surveys.ts';
import { parseHours } from '../../../src/util/hours.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall, inside, missedCall, outside, time } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const ANNA = '79161234567';
const COURIER = '79161000011';

const cleanups = new Cleanups();
afterEach(cleanups.run);

/** With the courier as the last one who spoke. */
const transferred = (id: number): Call =>
  answeredCall(id, ANNA, {
    talks: [
      { a: outside(ANNA), b: inside('101', 'olga'), from: time(1), until: time(2) },
      { a: inside('101', 'olga'), b: outside(COURIER), from: time(2), until: time(3) },
      { a: outside(COURIER), b: outside(ANNA), from: time(3), until: time(4) },
    ],
  });

describe('whom a survey is about', () => {
  test.each([
    ['an operator', answeredCall(1, ANNA), { about: 'operator', operator: 'olga', shipment: 70_001 }],
    [
      'an extension of nobody',
      answeredCall(1, ANNA, { talks: [{ a: outside(ANNA), b: inside('199'), from: time(1), until: null }] }),
      { about: 'operator', operator: '199' },
    ],
    ['the last one who spoke', transferred(1), { about: 'courier', operator: null, courier: 11 }],
    [
      'the courier whom the server called',
      answeredCall(1, COURIER, {
        direction: 'courier',
        to: outside(ANNA),
        talks: [{ a: outside(COURIER), b: outside(ANNA), from: time(1), until: null }],
      }),
      { about: 'courier', number: ANNA },
    ],
    [
      'somebody outside who is no courier',
      answeredCall(1, ANNA, {
        links: [],
        talks: [{ a: outside(ANNA), b: outside(COURIER), from: time(1), until: null }],
      }),
      { about: null, courier: null, shipment: null },
    ],
  ])('%s', (_what, call, subject) => {
    expect(subjectOf(call)).toMatchObject(subject);
  });

  // As dial.numberFormat writes it for the trunk, and with a prefix that no number has.
  const asDialled = (raw: string, number: string | null = ANNA): Party => ({ ...outside(ANNA), raw, number });
  const SPELLINGS = [asDialled('89161234567'), asDialled('+79161234567'), asDialled('*31*79161234567', null)];
  const asked = { ...outside(ANNA), raw: ANNA };
  test.each(SPELLINGS)('the one who was called, whom the trunk knows as $raw', (party) => {
    const by = (from: Party, direction: Call['direction']) =>
      subjectOf(
        answeredCall(1, ANNA, {
          direction,
          from,
          to: asked,
          talks: [{ a: from, b: party, from: time(1), until: null }],
        }),
      );
    expect(by(inside('101', 'olga'), 'out')).toMatchObject({
      about: 'operator',
      operator: 'olga',
      number: ANNA,
    });
    expect(by(asDialled('89161000011', COURIER), 'courier')).toMatchObject({
      about: 'courier',
      number: ANNA,
    });
  });

  const courier = { kind: 'courier', code: 11, how: 'matched', rank: 1 } as const;
  test.each([
    [
      'when the operator spoke with a colleague alone',
      answeredCall(1, ANNA, {
        direction: 'out',
        from: inside('101'),
        to: outside(ANNA),
        talks: [{ a: inside('101'), b: inside('102'), from: time(1), until: null }],
      }),
    ],
    ['when nobody spoke', missedCall(1, ANNA)],
    ['of two telephones of the office', answeredCall(1, ANNA, { direction: 'internal' })],
    ['of a test call', answeredCall(1, ANNA, { direction: 'test' })],
    ['when a courier calls the office', answeredCall(1, COURIER, { links: [courier] })],
  ])('nobody, %s', (_what, call) => {
    expect(subjectOf(call)).toBeUndefined();
  });
});

describe('a survey', () => {
  let store: JournalStore;
  let told: string[];
  let open: boolean;
  beforeEach(async () => {
    const folder = await mkdtemp(join(MEMORY, 'courier-agi-survey-'));
    cleanups.add(() => rm(folder, { recursive: true, force: true }));
    store = await openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db')));
    cleanups.add(() => store.close());
    told = [];
    open = true;
  });

  /**
   * Plays what a caller presses; the dialogue itself is held by test/asterisk/survey.test.ts.
   *
   * @param keys one for each question; `-` is silence, `!` hangs up, `?` is a sound that is not there, `"` the same again
   */
  const ask = async (
    call: Call | undefined,
    keys: string,
    channel = 'PJSIP/trunk-00000001',
  ): Promise<string[]> => {
    const heard: string[] = [];
    const waiting = Array.from(keys);
    const session = {
      command: jest.fn(async (name: string, sound: string) => {
        if (name === 'waitForDigit') {
          const isAgain = waiting[0] === '"';
          if (isAgain) waiting.shift();
          return { result: isAgain ? '53' : '0', value: undefined };
        }
        heard.push(sound);
        if (name === 'streamFile') return { result: '0', value: undefined };
        const key = waiting.shift() ?? '-';
        if (key === '!') throw new AgiHangupError('The caller hung up.');
        if (key === '?') return { result: '-1', value: undefined };
        return key === '-' ? { result: '', value: 'timeout' } : { result: key, value: undefined };
      }),
    };
    const surveys = new Surveys({
      journal: () => store,
      store: new SurveyStore({ engine: 'sqlite', onAnswer: () => Promise.resolve() }),
      isOpen: () => open,
      lowMark: 2,
      onAnswer: ({ question, value }, isLow) => told.push(`${question} ${value}${isLow ? ' low' : ''}`),
    });
    const script = new SurveyScript({
      questions: [
        { name: 'courier', prompt: 'ask-courier', about: 'courier', max: 5 },
        { name: 'operator', prompt: 'ask-operator', about: 'operator', max: 5 },
        { name: 'company', prompt: 'ask-company', about: 'anybody', max: 3 },
      ],
      greeting: 'hello',
      thanks: 'thanks',
      wrongKey: 'wrong',
      answerSeconds: 5,
      repeats: 1,
      isInside: (name) => name.startsWith('PJSIP/101-'),
      findCall: async () => call,
      ask: (subject) => surveys.ask(subject),
      onAnswer: (answer) => surveys.add(answer),
      onMissingPrompt: (prompt) => told.push(`no ${prompt}`),
    });
    if (call !== undefined) await store.save([call]);
    await script
      .run(session as unknown as AgiSession, {
        environment: new AgiEnvironment(
          new Map([
            ['agi_uniqueid', '1'],
            ['agi_channel', channel],
          ]),
          [],
        ),
        params: new Map(),
        linkedId: '1',
      })
      .catch((error: unknown) => told.push(String(error)));
    return heard;
  };

  test('asks of whoever spoke last, and binds the marks to the call', async () => {
    expect(await ask(answeredCall(1, ANNA), '52')).toEqual([
      'hello',
      'ask-operator',
      'ask-company',
      'thanks',
    ]);
    expect(told).toEqual(['operator 5', 'company 2 low']);
    expect((await store.get(answeredCall(1, ANNA).id))?.survey).toMatchObject([
      { question: 'operator', value: 5 },
      { question: 'company', value: 2 },
    ]);
    expect((await store.list({}, 1)).calls[0]?.survey).toHaveLength(2);
    expect(await ask(transferred(2), '')).toEqual([]);
  });

  test.each([
    [
      'a wrong key, then a right one',
      '94',
      ['hello', 'ask-operator', 'wrong', 'ask-operator', 'ask-company', 'ask-company'],
    ],
    ['silence', '--', ['hello', 'ask-operator', 'ask-operator']],
    ['a key beyond the scale', '54', ['hello', 'ask-operator', 'ask-company', 'wrong', 'ask-company']],
  ])('copes with %s', async (_what, keys, heard) => {
    expect(await ask(answeredCall(1, ANNA), keys)).toEqual(heard);
  });

  test('takes a key that is pressed twice for one answer', async () => {
    expect(await ask(answeredCall(1, ANNA), '5""2')).toEqual([
      'hello',
      'ask-operator',
      'ask-company',
      'thanks',
    ]);
    expect(told).toEqual(['operator 5', 'company 2 low']);
  });

  test('keeps what was said before the caller hung up', async () => {
    await ask(answeredCall(1, ANNA), '4!');
    expect(told).toEqual(['operator 4', expect.stringContaining('hung up')]);
    expect((await store.get(answeredCall(1, ANNA).id))?.survey).toHaveLength(1);
  });

  test('tells of a sound that is not there, and lets the caller go', async () => {
    expect(await ask(answeredCall(1, ANNA), '?')).toEqual(['hello', 'ask-operator']);
    expect(told).toEqual(['no ask-operator']);
  });

  test('comes once a shipment, and once a day to a number without one', async () => {
    const later = (id: number, shipment: number | null, number: string | null = ANNA): Call => ({
      ...answeredCall(id, ANNA, {
        links: shipment === null ? [] : [{ kind: 'shipment', code: shipment, how: 'matched', rank: 1 }],
      }),
      from: number === null ? { ...outside(ANNA), number: null, raw: 'anonymous' } : outside(number),
      talks: [
        {
          a: number === null ? { ...outside(ANNA), number: null, raw: 'anonymous' } : outside(number),
          b: inside('101'),
          from: time(1),
          until: null,
        },
      ],
    });
    const isAsked = async (call: Call) => (await ask(call, '5')).length > 0;
    expect(await isAsked(later(1, 1))).toBe(true);
    expect(await isAsked(later(2, 1, COURIER))).toBe(false);
    expect(await isAsked(later(3, 2))).toBe(true);
    expect(await isAsked(later(4, null, COURIER))).toBe(true);
    expect(await isAsked(later(5, null, COURIER))).toBe(false);
    expect(await isAsked(later(6, null, null))).toBe(true);
    expect(await isAsked(later(7, null, null))).toBe(true);
    // Whom we call.
    const client = outside('79035550101');
    const called = (id: number): Call => ({
      ...answeredCall(id, ANNA, { direction: 'out', links: [] }),
      from: inside('101'),
      to: client,
      talks: [{ a: inside('101'), b: client, from: time(1), until: null }],
    });
    expect(await isAsked(called(8))).toBe(true);
    expect(await isAsked(called(9))).toBe(false);
  });

  test('comes to nobody at quiet hours, nor to a call that is not known, that nobody answered, or to a telephone of our own', async () => {
    expect(await ask(undefined, '5')).toEqual([]);
    expect(await ask(missedCall(1, ANNA), '5')).toEqual([]);
    expect(await ask(answeredCall(1, ANNA), '5', 'PJSIP/101-00000002')).toEqual([]);
    open = false;
    expect(await ask(answeredCall(1, ANNA), '5')).toEqual([]);
    open = true;
    expect(await ask(answeredCall(1, ANNA), '5')).not.toEqual([]);
  });
});

test.each([
  ['09:00-21:00', '2026-11-26T05:59:59Z', false],
  ['09:00-21:00', '2026-11-26T06:00:00Z', true],
  ['09:00-21:00', '2026-11-26T18:00:00Z', false],
  ['22:00-06:00', '2026-11-26T22:00:00Z', true],
  ['22:00-06:00', '2026-11-26T12:00:00Z', false],
  ['00:00-24:00', '2026-11-26T12:00:00Z', true],
])('the hours %s in Moscow hold at %s: %s', (hours, at, isOpen) => {
  expect(parseHours(hours, 'Europe/Moscow')(new Date(at))).toBe(isOpen);
});
