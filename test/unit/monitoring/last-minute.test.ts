import { expect, test } from '@jest/globals';
import { LastMinute } from '../../../src/monitoring/last-minute.ts';

const NOW = 1_000_000;

test('ranks: the median, the 95th, the 99th percentile, each to one part in fifty, and the longest', () => {
  const times = new LastMinute();
  for (let ms = 1; ms <= 100; ms++) times.add(NOW, ms);
  const found = times.percentiles(NOW);
  for (const [name, exact] of [
    ['p50', 50],
    ['p95', 95],
    ['p99', 99],
  ] as const) {
    expect(Math.abs((found?.[name] ?? 0) / exact - 1)).toBeLessThan(0.02);
  }
  expect(found?.max).toBe(100);
});

test('is a minute at 500 calls a second, too', () => {
  const times = new LastMinute();
  // Two thirds of the minute were slow, the last third is not.
  for (let call = 0; call < 30_000; call++) times.add(NOW + call * 2, call < 20_000 ? 900 : 2);
  const now = NOW + 59_999;
  expect(times.percentiles(now)).toEqual({ p50: 900, p95: 900, p99: 900, max: 900 });
  // When the slow ones are older than a minute, they are forgotten.
  const { p50, max } = times.percentiles(now + 40_000) ?? {};
  expect([p50, max]).toEqual([2, 2]);
});

test('forgets what is older than a minute, to the second', () => {
  const times = new LastMinute();
  times.add(NOW, 5);
  expect(times.percentiles(NOW + 59_999)).not.toBeNull();
  expect(times.percentiles(NOW + 60_000)).toBeNull();
});

test('takes whatever time there is, and the slot of a second again after a minute', () => {
  const times = new LastMinute();
  for (const ms of [0, 0.001, 1e9]) times.add(NOW, ms);
  expect(times.percentiles(NOW)?.max).toBe(1e9);
  times.add(NOW + 60_000, 7);
  expect(times.percentiles(NOW + 60_000)).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
});
