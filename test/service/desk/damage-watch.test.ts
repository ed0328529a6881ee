import { afterEach, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamageWatch, type DamageWatchOptions } from '../../../src/desk/damage-watch.ts';
import { findDamage } from '../../../src/journal/sqlite/damage.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { fillJournal } from '../../lab/journal/fill-journal.ts';
import { spoilCalls } from '../../lab/journal/spoil-journal.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

function watch(options: Partial<DamageWatchOptions>) {
  const onDamage = jest.fn<DamageWatchOptions['onDamage']>();
  const onProblem = jest.fn<DamageWatchOptions['onProblem']>();
  const watching = new DamageWatch({
    find: async () => null,
    onDamage,
    onProblem,
    firstMs: 1,
    restMs: 1,
    ...options,
  });
  watching.start();
  cleanups.add(() => watching.stop());
  return { watching, onDamage, onProblem };
}

test('a file is whole until somebody spoils it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-journal-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'journal.db');
  await fillJournal(path, 500);
  expect(await findDamage(sqliteInProcess(path))).toBeNull();
  await spoilCalls(path);
  expect(await findDamage(sqliteInProcess(path))).toMatch(/\S/);
});

test('it looks again and again, and tells each damage once', async () => {
  let looks = 0;
  const find = async () => {
    looks += 1;
    return looks < 3 ? null : looks < 6 ? 'page 7' : 'page 8';
  };
  const { watching, onDamage } = watch({ find, everyMs: 1 });
  await eventually('many looks', () => looks > 10);
  expect(onDamage.mock.calls).toEqual([['page 7'], ['page 8']]);
  expect(watching.damage).toBe('page 8');
});

test('it looks at once when somebody suspects damage, and not for each who does', async () => {
  const find = jest.fn(async () => 'page 7');
  const { watching, onDamage } = watch({ find, firstMs: 3_600_000, everyMs: 3_600_000, restMs: 3_600_000 });
  expect(watching.damage).toBeUndefined();
  for (let times = 0; times < 100; times += 1) watching.suspect();
  await eventually('it is told', () => onDamage.mock.calls.length > 0);
  for (let times = 0; times < 100; times += 1) watching.suspect();
  await new Promise((resolve) => setImmediate(resolve));
  expect(find).toHaveBeenCalledTimes(1);
});

test('a file that cannot be looked at is told, and looked at again', async () => {
  let looks = 0;
  const find = async () => {
    looks += 1;
    if (looks === 1) throw new Error('disk I/O error');
    return null;
  };
  const { watching, onDamage, onProblem } = watch({ find, everyMs: 1 });
  await eventually('another look', () => looks > 1);
  expect(onProblem).toHaveBeenCalledTimes(1);
  expect(onDamage).not.toHaveBeenCalled();
  expect(watching.damage).toBeUndefined();
});
