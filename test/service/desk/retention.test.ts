import { expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Retention, type RetentionOptions } from '../../../src/desk/retention.ts';

function setUp(old: number, options: Partial<RetentionOptions> = {}) {
  let left = old;
  const asked: number[] = [];
  const blankBefore = async (before: number, limit: number): Promise<number> => {
    asked.push(before);
    const now = Math.min(left, limit);
    left -= now;
    return now;
  };
  const onBlanked = jest.fn();
  const onProblem = jest.fn();
  const retention = new Retention({
    keepDays: 30,
    store: () => ({ blankBefore }),
    onBlanked,
    onProblem,
    pauseMs: 1,
    ...options,
  });
  return { retention, asked, onBlanked, onProblem, left: () => left };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !condition(); turn++) await sleep(5);
  expect(condition()).toBe(true);
}

test('all old calls are blanked, in portions, and told once', async () => {
  const { retention, asked, onBlanked, left } = setUp(1001);
  retention.start();
  await eventually(() => onBlanked.mock.calls.length > 0);
  expect(left()).toBe(0);
  expect(asked.length).toBe(6);
  expect(Math.abs(Date.now() - 30 * 86_400_000 - (asked[0] ?? 0))).toBeLessThan(60_000);
  expect(onBlanked.mock.calls).toEqual([[1001]]);
  await retention.stop();
});

test('a journal that fails is told and asked again', async () => {
  const { retention, onProblem, onBlanked } = setUp(0, {
    everyMs: 5,
    store: jest
      .fn<RetentionOptions['store']>()
      .mockReturnValue({ blankBefore: async () => 1 })
      .mockImplementationOnce(() => {
        throw new Error('disk full');
      }),
  });
  retention.start();
  await eventually(() => onBlanked.mock.calls.length > 0);
  expect(onProblem).toHaveBeenCalledTimes(1);
  await retention.stop();
});

test('a desk that does not follow blanks nothing, and stops in the middle when it must', async () => {
  const idle = setUp(10, { store: () => undefined });
  idle.retention.start();
  await sleep(10);
  await idle.retention.stop();
  expect(idle.left()).toBe(10);
  const busy = setUp(1_000_000, { pauseMs: 60_000 });
  busy.retention.start();
  await sleep(10);
  await busy.retention.stop();
  expect(busy.asked).toHaveLength(1);
});
