import { afterEach, expect, jest, test } from '@jest/globals';
import { MinuteRate } from '../../../src/calling/rate.ts';

afterEach(() => void jest.useRealTimers());

test('a clock that is set back keeps nobody from calling for longer than a minute', () => {
  jest.useFakeTimers();
  const rate = new MinuteRate(1);
  expect([rate.take('olga'), rate.take('olga')]).toEqual([true, false]);
  jest.setSystemTime(Date.now() - 3_600_000);
  jest.advanceTimersByTime(59_999);
  expect(rate.take('olga')).toBe(false);
  jest.advanceTimersByTime(1);
  expect(rate.take('olga')).toBe(true);
});
