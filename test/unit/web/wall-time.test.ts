import { describe, expect, test } from '@jest/globals';
import { isOver, wallClock, wallTime } from '../../../src/web/text/wall-time.ts';

const at = (time: string): number => Date.parse(`2026-11-26T${time}Z`);

describe('a time of delivery is over by the clock of the company, wherever the browser is', () => {
  const moscow = wallClock('Europe/Moscow');
  const plan = { day: '2026-11-26', from: '10:00', until: '18:00' };

  test.each([
    // 11:00 in Moscow, where it is 18:00 in Vladivostok.
    ['08:00:00', false],
    ['15:00:59', false],
    ['15:01:00', true],
    ['20:59:59', true],
  ])('%s UTC: %s', (time, is) => {
    expect(isOver(plan, moscow(at(time)))).toBe(is);
  });

  test('with the day, where no hour is planned', () => {
    const all = { ...plan, until: null };
    expect(isOver(all, moscow(at('20:59:59')))).toBe(false);
    expect(isOver(all, moscow(at('21:00:00')))).toBe(true);
  });
});

test('the wall shows another hour in summer', () => {
  const berlin = wallClock('Europe/Berlin');
  expect(berlin(Date.parse('2026-07-01T10:00:00Z'))).toBe(wallTime('2026-07-01 12:00:00'));
  expect(berlin(Date.parse('2026-12-01T10:00:00Z'))).toBe(wallTime('2026-12-01 11:00:00'));
});

test.each(['Mars/Olympus', undefined])('a zone that the browser does not know (%s) is its own', (zone) => {
  const own = new Date(2026, 10, 26, 18, 30, 15);
  expect(wallClock(zone)(own.getTime())).toBe(wallTime('2026-11-26 18:30:15'));
});
