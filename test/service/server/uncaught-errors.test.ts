import { expect, test } from '@jest/globals';
import { UncaughtErrorPolicy } from '../../../src/server/uncaught-errors.ts';

function watched(): { policy: UncaughtErrorPolicy; errors: unknown[]; givenUp: () => number } {
  const errors: unknown[] = [];
  let givenUp = 0;
  const policy = new UncaughtErrorPolicy({
    onError: (error) => errors.push(error),
    onGiveUp: () => (givenUp += 1),
    maxErrors: 3,
    windowMs: 1000,
  });
  return { policy, errors, givenUp: () => givenUp };
}

test('goes on after as many errors as it may, tells of each, and gives up once', () => {
  const { policy, errors, givenUp } = watched();
  for (const at of [0, 1, 2]) policy.caught(at, at);
  expect(errors).toEqual([0, 1, 2]);
  expect(givenUp()).toBe(0);
  policy.caught(3, 3);
  policy.caught(4, 4);
  expect(errors).toEqual([0, 1, 2, 3, 4]);
  expect(givenUp()).toBe(1);
});

test('forgets errors that are long past', () => {
  const { policy, givenUp } = watched();
  for (let at = 0; at < 100_000; at += 334) policy.caught('rare', at);
  expect(givenUp()).toBe(0);
});
