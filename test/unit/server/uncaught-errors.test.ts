import { expect, test } from '@jest/globals';
import { UncaughtErrorPolicy } from '../../../src/server/uncaught-errors.ts';

function watched(): { resort: UncaughtErrorPolicy; errors: unknown[]; givenUp: () => number } {
  const errors: unknown[] = [];
  let givenUp = 0;
  const resort = new UncaughtErrorPolicy({
    onError: (error) => errors.push(error),
    onGiveUp: () => (givenUp += 1),
    bearable: 3,
    perMs: 1000,
  });
  return { resort, errors, givenUp: () => givenUp };
}

test('bears as many errors as it may, and tells of each', () => {
  const { resort, errors, givenUp } = watched();
  for (const at of [0, 1, 2]) resort.caught(at, at);
  expect(errors).toEqual([0, 1, 2]);
  expect(givenUp()).toBe(0);
  resort.caught(3, 3);
  expect(errors).toEqual([0, 1, 2, 3]);
  expect(givenUp()).toBe(1);
});

test('forgets errors that are long past', () => {
  const { resort, givenUp } = watched();
  for (let at = 0; at < 100_000; at += 334) resort.caught('rare', at);
  expect(givenUp()).toBe(0);
});
