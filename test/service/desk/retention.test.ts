import { expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Retention, type RetentionOptions } from '../../../src/desk/retention.ts';

function setUp(old: number, options: Partial<RetentionOptions> = {}) {
  let left = old;
  const asked: number[] = [];
  const ends: (number | undefined)[] = [];
  const blankBefore = async (before: number, limit: number, after?: number) => {
    asked.push(before);
    ends.push(after);
    const calls = Math.min(left, limit);
    left -= calls;
    return { calls, end: old - left };
  };
  const blankAnswersBefore = jest.fn(async (_before: number, _limit: number) => 0);
  blankAnswersBefore.mockImplementationOnce(async (_before, limit) => limit);
  const onBlanked = jest.fn();
  const onProblem = jest.fn();
  const retention = new Retention({
    keepDays: 30,
    store: () => ({ blankBefore, blankAnswersBefore }),
    onBlanked,
    onProblem,
    pauseMs: 1,
    ...options,
  });
  return { retention, asked, ends, blankAnswersBefore, onBlanked, onProblem, left: () => left };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !condition(); turn++) await sleep(5);
  expect(condition()).toBe(true);
}

test('all old calls and answers are blanked, in portions, and the calls told once', async () => {
  const { retention, asked, ends, blankAnswersBefore, onBlanked, left } = setUp(1001);
  retention.start();
  await eventually(() => onBlanked.mock.calls.length > 0);
  expect(left()).toBe(0);
  expect(asked.length).toBe(6);
  expect(ends).toEqual([undefined, 200, 400, 600, 800, 1000]);
  expect(Math.abs(Date.now() - 30 * 86_400_000 - (asked[0] ?? 0))).toBeLessThan(60_000);
  expect(onBlanked.mock.calls).toEqual([[1001]]);
  await eventually(() => blankAnswersBefore.mock.calls.length === 2);
  expect(blankAnswersBefore.mock.calls[0]?.[0]).toBe(asked[0]);
  await retention.stop();
});

test('a journal that fails is told and asked again', async () => {
  const { retention, onProblem, onBlanked } = setUp(0, {
    everyMs: 5,
    store: jest
      .fn<RetentionOptions['store']>()
      .mockReturnValue({ blankBefore: async () => ({ calls: 1, end: 1 }), blankAnswersBefore: async () => 0 })
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
