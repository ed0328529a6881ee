import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
} from '../../../src/directory/directory.ts';
import type { Row } from '../../../src/directory/mysql/connection.ts';
import { LookupBatcher } from '../../../src/directory/mysql/lookup-batcher.ts';
import { eventually } from '../../lab/eventually.ts';
import type { LookupStatements } from '../../../src/directory/mysql/lookup-statements.ts';

const STATEMENTS: LookupStatements = {
  valuesOf: (number) => [number],
  one: { numbers: 1, sql: 'one', mostRows: 100 },
  several: [
    { numbers: 2, sql: 'two', mostRows: 100 },
    { numbers: 4, sql: 'four', mostRows: 100 },
  ],
  crowded: 'crowded',
  crowdedParameters: (values) => [...values],
  crowdedNumbers: new Map(),
};
const OPTIONS = { poolSize: 3, queueLimit: 8, name: 'db', sideBySide: 2 };
const ENOUGH_MS = 10_000;

interface Asked {
  readonly statement: string;
  readonly numbers: readonly string[];
  readonly answer: (rows: Row[]) => void;
  readonly fail: (error: Error) => void;
}

describe('a batcher of look-ups', () => {
  let asked: Asked[];
  let batcher: LookupBatcher;

  const pool = {
    run: (statement: string, numbers: readonly string[]) =>
      new Promise<Row[]>((answer, fail) => {
        asked.push({ statement, numbers, answer, fail });
      }),
  };
  beforeEach(() => {
    asked = [];
    batcher = new LookupBatcher(pool, OPTIONS);
  });

  const find = (number: string, budgetMs = ENOUGH_MS) => batcher.find(number, budgetMs, STATEMENTS);
  /** Until so many statements were sent in all. */
  const statements = async (count: number) => {
    await eventually(`${count} statements`, () => asked.length >= count);
    expect(asked).toHaveLength(count);
  };
  const sent = () => asked.map(({ statement, numbers }) => [statement, ...numbers].join(' '));

  test('one by itself is asked for by itself', async () => {
    const rows = find('7001');
    await statements(1);
    expect(sent()).toEqual(['one 7001']);
    asked[0]?.answer([{ source: 1 }]);
    expect(await rows).toEqual([{ source: 1 }]);
  });

  test('those that come together are asked for together, and each gets his own rows', async () => {
    const rows = Promise.all(['7001', '7002', '7003'].map((number) => find(number)));
    await statements(1);
    expect(sent()).toEqual(['four 7001 7002 7003 7001']);
    // A fixed-width column has spaces after the number.
    asked[0]?.answer([
      { number: '7002', source: 2 },
      { number: '7001  ', source: 1 },
      { number: '7002', source: 3 },
    ]);
    expect(await rows).toEqual([
      [{ number: '7001  ', source: 1 }],
      [
        { number: '7002', source: 2 },
        { number: '7002', source: 3 },
      ],
      [],
    ]);
  });

  test('one who calls twice is found once, for both', async () => {
    const rows = Promise.all(['7001', '7001'].map((number) => find(number)));
    await statements(1);
    expect(sent()).toEqual(['one 7001']);
    asked[0]?.answer([{ source: 1 }]);
    expect(await rows).toEqual([[{ source: 1 }], [{ source: 1 }]]);
  });

  test('more than fit go in statements of their own', async () => {
    const rows = Promise.all(['7001', '7002', '7003', '7004', '7005'].map((number) => find(number)));
    await statements(2);
    expect(sent()).toEqual(['four 7001 7002 7003 7004', 'one 7005']);
    for (const { answer } of asked) answer([]);
    expect(await rows).toEqual([[], [], [], [], []]);
  });

  test('a few that come one after the other are looked up side by side, at once', async () => {
    const rows = [];
    for (const number of ['7001', '7002']) {
      rows.push(find(number));
      await new Promise(setImmediate);
    }
    expect(sent()).toEqual(['one 7001', 'one 7002']);
    for (const { answer } of asked) answer([]);
    expect(await Promise.all(rows)).toEqual([[], []]);
  });

  test('those that wait a moment to go together do not wait for a connection', async () => {
    batcher = new LookupBatcher(pool, { ...OPTIONS, maxWaitMs: 1000 });
    const first = Promise.all(['7001', '7002', '7003'].map((number) => find(number)));
    await statements(1);
    const second = find('7006');
    await statements(2);
    const late = Promise.all([find('7004'), find('7005')]);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(asked).toHaveLength(2);
    // The pool has a connection left: nobody waits for one.
    expect(batcher.waiting).toBe(0);
    asked[0]?.answer([]);
    await statements(3);
    expect(sent()).toEqual(['four 7001 7002 7003 7001', 'one 7006', 'two 7004 7005']);
    for (const { answer } of asked.slice(1)) answer([]);
    expect(await Promise.all([first, second, late])).toEqual([[[], [], []], [], [[], []]]);
  });

  test('those whose statement is not answered in time share one error, whenever their own time is up', async () => {
    batcher = new LookupBatcher(pool, { ...OPTIONS, maxWaitMs: 1000 });
    const first = [find('7001')];
    await statements(1);
    first.push(find('7002'));
    await statements(2);
    const late = [find('7003', 150).catch((error: unknown) => error)];
    await sleep(20);
    late.push(find('7004', 150).catch((error: unknown) => error));
    await sleep(20);
    late.push(find('7005', 150).catch((error: unknown) => error));
    for (const { answer } of asked) answer([]);
    await statements(3);
    expect(sent()[2]).toBe('four 7003 7004 7005 7003');
    const [one, other] = await Promise.all(late.slice(0, 2));
    asked[2]?.fail(new DirectoryTimeoutError('told by the pool, at the end of the longest budget'));
    expect(one).toBeInstanceOf(DirectoryTimeoutError);
    expect(other).toBe(one);
    expect(await late[2]).toBe(one);
    await Promise.all(first);
  });

  test('those that come while two statements are at work wait until one of them is answered', async () => {
    batcher = new LookupBatcher(pool, { ...OPTIONS, maxWaitMs: 1000 });
    const first = [find('7001')];
    await statements(1);
    first.push(find('7002'));
    await statements(2);
    const rows = [find('7003'), find('7004')];
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(sent()).toEqual(['one 7001', 'one 7002']);
    asked[1]?.answer([]);
    await statements(3);
    expect(sent()[2]).toBe('two 7003 7004');
    asked[0]?.answer([]);
    asked[2]?.answer([]);
    expect(await Promise.all([...first, ...rows])).toEqual([[], [], [], []]);
  });

  test('of those that come fast, all wait for the statement at work, and share the next one', async () => {
    batcher = new LookupBatcher(pool, { ...OPTIONS, queueLimit: 100, maxWaitMs: 1000 });
    const all = Array.from({ length: 40 }, () => find('7001'));
    for (let count = 1; count <= 10; count++) {
      await statements(count);
      await new Promise(setImmediate);
      expect(asked).toHaveLength(count);
      asked[count - 1]?.answer([]);
    }
    await Promise.all(all);
  });

  test('nobody waits long while the pool has a connection', async () => {
    const all = [];
    for (const [index, number] of ['7001', '7002', '7003'].entries()) {
      all.push(find(number));
      await statements(index + 1);
    }
    // The pool has no fourth.
    all.push(find('7004'));
    await sleep(20);
    expect(sent()).toEqual(['one 7001', 'one 7002', 'one 7003']);
    expect(batcher.waiting).toBe(1);
    for (const { answer } of asked) answer([]);
    await statements(4);
    asked[3]?.answer([]);
    expect(await Promise.all(all)).toEqual([[], [], [], []]);
  });

  test.each<[string, Row[]]>([
    [
      'an answer from which something may be left out',
      Array.from({ length: 100 }, () => ({ number: '7001' })),
    ],
    ['an answer for a number that is written in another way', [{ number: '+7001' }]],
  ])('%s is asked for again, number by number', async (_what, answer) => {
    const rows = Promise.all([find('7001'), find('7002')]);
    await statements(1);
    asked[0]?.answer(answer);
    await statements(3);
    expect(sent().slice(1).toSorted()).toEqual(['one 7001', 'one 7002']);
    for (const { answer: tell, numbers } of asked.slice(1)) tell([{ source: numbers[0] }]);
    expect(await rows).toEqual([[{ source: '7001' }], [{ source: '7002' }]]);
  });

  test('a statement that fails concerns those who share it, and nobody else', async () => {
    const [first, second] = [find('7001'), find('7002')];
    await statements(1);
    const other = find('7003');
    await statements(2);
    asked[0]?.fail(new DirectoryUnavailableError('gone'));
    asked[1]?.answer([]);
    await expect(first).rejects.toThrow('gone');
    await expect(second).rejects.toThrow('gone');
    expect(await other).toEqual([]);
    expect(batcher.waiting).toBe(0);
  });

  test('who has less time than the one he shares with waits no longer than that', async () => {
    const patient = find('7001', ENOUGH_MS);
    const hurried = find('7002', 30);
    await statements(1);
    await expect(hurried).rejects.toThrow(
      new DirectoryTimeoutError('The database db gave no answer within 30 ms.'),
    );
    asked[0]?.answer([{ number: '7001', source: 1 }]);
    expect(await patient).toEqual([{ number: '7001', source: 1 }]);
  });

  test('who waits in vain for a connection is told so, and is asked for no more', async () => {
    const all = [];
    for (const [index, number] of ['7001', '7002', '7003'].entries()) {
      all.push(find(number));
      await statements(index + 1);
    }
    await expect(find('7004', 30)).rejects.toThrow('The database db gave no answer within 30 ms.');
    expect(batcher.waiting).toBe(0);
    for (const { answer } of asked) answer([]);
    await Promise.all(all);
    await sleep(10);
    expect(asked).toHaveLength(3);
  });

  test('who would wait too long is refused at once', async () => {
    const all = [];
    for (const [index, number] of ['7001', '7002', '7003'].entries()) {
      all.push(find(number));
      await statements(index + 1);
    }
    for (let waiting = 1; waiting <= 8; waiting++) all.push(find(`800${waiting}`));
    await expect(find('8009')).rejects.toThrow(DirectoryBusyError);
    await sleep(30);
    for (const { answer } of asked) answer([]);
    await statements(5);
    for (const { answer } of asked) answer([]);
    await Promise.all(all);

    // The statements took 30 ms: with all connections at work, who has less than 60 ms comes too late.
    const next = [];
    for (let count = 6; count <= 8; count++) {
      next.push(find(`700${count}`));
      await statements(count);
    }
    await expect(find('7009', 20)).rejects.toThrow(
      /more to do than it manages: 3 statements at work, 0 look-ups waiting/,
    );
    for (const { answer } of asked) answer([]);
    await Promise.all(next);
  });

  test('numbers that left each other no rows are asked for alone from then on', async () => {
    const crowd = Array.from({ length: 100 }, () => ({ number: '7001' }));
    const first = Promise.all([find('7001'), find('7002')]);
    await statements(1);
    asked[0]?.answer(crowd);
    await statements(3);
    for (const { answer } of asked.slice(1)) answer([]);
    await first;
    const second = Promise.all(['7003', '7004', '7001'].map((number) => find(number)));
    await statements(5);
    expect(sent().slice(3)).toEqual(['two 7003 7004', 'one 7001']);
    for (const { answer } of asked.slice(3)) answer([]);
    await second;
  });

  test('numbers whose statement came too late are asked for alone from then on: one of them may be to blame', async () => {
    const first = Promise.allSettled([find('7001'), find('7002')]);
    await statements(1);
    asked[0]?.fail(new DirectoryTimeoutError('late'));
    await first;
    const second = Promise.all([find('7001'), find('7002')]);
    await statements(3);
    expect(sent().slice(1)).toEqual(['one 7001', 'one 7002']);
    for (const { answer } of asked.slice(1)) answer([]);
    await second;
  });

  test('who has less time left than a statement takes is told so while another is at work', async () => {
    const first = find('7001');
    await statements(1);
    await sleep(60);
    asked[0]?.answer([]);
    await first;
    const second = find('7002');
    await statements(2);
    await expect(find('7003', 20)).rejects.toThrow(DirectoryBusyError);
    expect(asked).toHaveLength(2);
    asked[1]?.answer([]);
    await second;
  });

  test('one slow answer shuts nobody out: the next look-up shows whether the database is still slow', async () => {
    const first = find('7001');
    await statements(1);
    await sleep(300);
    asked[0]?.answer([]);
    await first;
    const second = find('7002', 200);
    await statements(2);
    asked[1]?.answer([{ source: 2 }]);
    expect(await second).toEqual([{ source: 2 }]);
  });

  test('more than may wait are refused, even those that come all at once', async () => {
    const found = Promise.allSettled(Array.from({ length: 10 }, (_, index) => find(`700${index}`)));
    await statements(2);
    for (const { answer } of asked) answer([]);
    const refused = (await found).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
  });
});
