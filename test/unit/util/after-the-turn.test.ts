import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { afterTheTurn } from '../../../src/util/after-the-turn.ts';

test('what is put off is done once, in its order, before the next turn, and nothing before', async () => {
  const done: string[] = [];
  const put = afterTheTurn((item: string) => done.push(item));
  put('1');
  put('2');
  await Promise.resolve();
  expect(done).toEqual([]);
  await setImmediate();
  expect(done).toEqual(['1', '2']);
  await setImmediate();
  expect(done).toEqual(['1', '2']);
});

test('what comes while the others are taken is not lost', async () => {
  const done: number[] = [];
  const put = afterTheTurn((item: number) => {
    done.push(item);
    if (item < 3) put(item + 1);
  });
  put(1);
  await setImmediate();
  await setImmediate();
  await setImmediate();
  expect(done).toEqual([1, 2, 3]);
});
