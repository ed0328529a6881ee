import { describe, expect, test } from '@jest/globals';
import { en } from '../../../src/web/text/en.ts';
import { clock, createFormats, internationalDigits, phone } from '../../../src/web/text/formats.ts';
import { ru } from '../../../src/web/text/ru.ts';

describe('Russian', () => {
  test.each([
    [1, '1 звонок'],
    [2, '2 звонка'],
    [5, '5 звонков'],
    [11, '11 звонков'],
    [21, '21 звонок'],
    [104, '104 звонка'],
  ])('counts %i as %s', (count, text) => {
    expect(ru.units.calls(count)).toBe(text);
  });

  test('tells how long somebody waits', () => {
    expect([0, 41, 72, 60 * 26, 60 * 24 * 5].map(ru.units.wait)).toEqual([
      'до минуты',
      '41 мин',
      '1 ч 12 мин',
      '1 день',
      '5 дней',
    ]);
  });
});

test('the head of the missed calls reads well at any length', () => {
  const head = ({ missed, units }: typeof ru, count: number, minutes: number): string =>
    missed.summary(units.people(count), units.wait(minutes));
  expect(head(ru, 1, 0)).toBe('1 человек, самое долгое ожидание: до минуты');
  expect(head(ru, 3, 72)).toBe('3 человека, самое долгое ожидание: 1 ч 12 мин');
  expect(head(en, 1, 0)).toBe('1 person, longest wait: under 1 min');
});

describe('both languages', () => {
  /** Every text, by its path; functions are called with numbers that read as text as well. */
  function* leaves(value: unknown, path = ''): Generator<[string, string]> {
    if (typeof value === 'string') yield [path, value];
    else if (typeof value === 'function') yield [path, String(Reflect.apply(value, undefined, [2, 3, 4, 5]))];
    else for (const [key, part] of Object.entries(Object(value))) yield* leaves(part, `${path}.${key}`);
  }

  test('say something at each place, in their own letters', () => {
    const [russian, english] = [new Map(leaves(ru)), new Map(leaves(en))];
    expect([...english.keys()]).toEqual([...russian.keys()]);
    for (const [path, text] of english)
      expect({ path, text }).not.toMatchObject({ text: expect.stringMatching(/[а-яё]/i) });
    const empty = [...russian, ...english].filter(([, text]) => text === '').map(([path]) => path);
    expect([...new Set(empty)]).toEqual(['.call.recordings.ready']);
  });

  test('use no dash of other people, and no exclamation', () => {
    for (const [path, text] of leaves(ru))
      expect({ path, text }).not.toMatchObject({ text: expect.stringMatching(/—|!/) });
  });
});

describe('numbers', () => {
  test.each([
    ['79162000002', '+7 916 200-00-02'],
    ['375291234567', '+375 29 123-45-67'],
    ['37477123456', '+374 77 123-456'],
    ['4915112345678', '+4915112345678'],
    ['101', '101'],
    ['s', 's'],
  ])('%s is written %s', (digits, text) => {
    expect(phone(digits)).toBe(text);
  });
});

test.each([
  ['8 916 200-00-02', '79162000002'],
  ['+7 916 200 00 02', '79162000002'],
  ['200-00-02', '2000002'],
  ['8 916', '8916'],
])('%s is looked up as %s', (typed, digits) => {
  expect(internationalDigits(typed)).toBe(digits);
});

describe('times', () => {
  const moscow = createFormats('ru', ru.days, 'Europe/Moscow');
  const now = Date.parse('2026-11-26T21:30:00Z');

  test('are those of the time zone, also where it is another day there', () => {
    expect(moscow.exact('2026-11-26T21:05:09.900Z')).toBe('00:05:09');
    expect(moscow.date('2026-11-26T21:05:09Z')).toBe('27.11.2026');
    expect(moscow.dayKey('2026-11-26T20:59:59Z')).not.toBe(moscow.dayKey('2026-11-26T21:00:00Z'));
  });

  test('stand beside a day where it is not today', () => {
    expect(moscow.dayBeside('2026-11-26T21:05:00Z', now)).toBe('');
    expect(moscow.dayBeside('2026-11-26T20:05:00Z', now)).toBe('вчера');
    expect(moscow.dayBeside('2026-11-24T20:05:00Z', now)).toBe('24.11');
    expect(moscow.dayTitle('2026-11-26T20:05:00Z', now)).toBe('Вчера, четверг, 26 ноября');
  });

  test('know yesterday over a change of the clock', () => {
    const berlin = createFormats('ru', ru.days, 'Europe/Berlin');
    const monday = Date.parse('2026-10-26T06:00:00Z');
    expect(berlin.dayBeside('2026-10-24T22:30:00Z', monday)).toBe('вчера');
    expect(berlin.dayBeside('2026-10-24T21:30:00Z', monday)).toBe('24.10');
  });

  test('tell lengths', () => {
    expect([-5, 0, 7400, 61_000, 3_723_000].map(clock)).toEqual(['0:00', '0:00', '0:07', '1:01', '1:02:03']);
  });
});
