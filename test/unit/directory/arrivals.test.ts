import { expect, test } from '@jest/globals';
import { Arrivals } from '../../../src/directory/mysql/arrivals.ts';

/** The gap on average once so many calls have come so far apart. */
function gapAfter(calls: number, apartMs: number, arrivals = new Arrivals(), from = 0): number {
  for (let call = 1; call <= calls; call++) arrivals.add(from + call * apartMs);
  return arrivals.gapMs;
}

test('the gap between calls is known after some of them', () => {
  expect(gapAfter(300, 2)).toBeCloseTo(2, 1);
  expect(gapAfter(300, 0.5)).toBeCloseTo(0.5, 1);
});

test('a burst after a silent night is seen within a hundred calls', () => {
  const arrivals = new Arrivals();
  gapAfter(10, 3_600_000, arrivals);
  expect(arrivals.gapMs).toBe(10);
  expect(gapAfter(100, 0.2, arrivals, 36_000_000)).toBeLessThan(1);
});
