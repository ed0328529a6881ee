import { describe, expect, test } from '@jest/globals';
import type { Row } from '../../../src/directory/mysql/connection.ts';
import type { LookupStatements } from '../../../src/directory/mysql/lookup-statements.ts';
import { lookUpTogether } from '../../../src/directory/mysql/shared-lookup.ts';

const statements = (): LookupStatements => ({
  valuesOf: (number) => [number, `8${number.slice(1)}`],
  one: { sql: 'one', numbers: 1, mostRows: 3 },
  several: [{ sql: 'four', numbers: 4, mostRows: 10 }],
  crowded: 'crowded',
  crowdedParameters: (values, main) => [main, ...values],
  crowdedNumbers: new Map(),
});

/** A pool that answers by the statement, and remembers what it was asked. */
function poolOf(answers: Readonly<Record<string, readonly Row[]>>) {
  const asked: string[] = [];
  return {
    asked,
    run: (sql: string, values: readonly string[]) => {
      asked.push([sql, ...values].join(' '));
      return Promise.resolve([...(answers[sql] ?? [])]);
    },
  };
}

describe('a look-up', () => {
  test('asks for all ways in which a number may be written', async () => {
    const pool = poolOf({ one: [{ number: '8001' }] });
    const rows = await lookUpTogether(pool, statements(), ['7001'], 1000);
    expect(pool.asked).toEqual(['one 7001 8001']);
    expect(rows?.get('7001')).toEqual([{ number: '8001' }]);
  });

  test('of a number with too many rows is made by a statement of its own, at once the next time', async () => {
    const pool = poolOf({
      one: [{ number: '7001' }, { number: '8001' }, { number: '8001' }],
      crowded: [{ number: '8001', source: 1 }],
    });
    const all = statements();
    for (let call = 0; call < 2; call += 1) {
      expect((await lookUpTogether(pool, all, ['7001'], 1000))?.get('7001')).toEqual([
        { number: '8001', source: 1 },
      ]);
    }
    // The value that most rows have comes first.
    expect(pool.asked).toEqual(['one 7001 8001', 'crowded 8001 7001 8001', 'crowded 8001 7001 8001']);
  });

  test('of several, one of which has too many rows, is made one by one: the answer is the same as alone', async () => {
    const crowd = Array.from({ length: 3 }, () => ({ number: '8001' }));
    const pool = poolOf({ four: [...crowd, { number: '7002' }] });
    expect(await lookUpTogether(pool, statements(), ['7001', '7002'], 1000)).toBeNull();
  });

  test('of several shares the rows out by how they are written', async () => {
    const pool = poolOf({
      four: [{ number: '8002' }, { number: '7001  ' }, { number: '8001' }],
    });
    const rows = await lookUpTogether(pool, statements(), ['7001', '7002', '7003'], 1000);
    expect(pool.asked).toEqual(['four 7001 8001 7002 8002 7003 8003 7001 8001']);
    expect(rows).toEqual(
      new Map([
        ['7001', [{ number: '7001  ' }, { number: '8001' }]],
        ['7002', [{ number: '8002' }]],
        ['7003', []],
      ]),
    );
  });

  test('of several gives a row to each number that it may mean', async () => {
    const pool = poolOf({ four: [{ number: '8001' }] });
    const rows = await lookUpTogether(pool, statements(), ['7001', '8001'], 1000);
    expect([...(rows?.values() ?? [])].map((one) => one.length)).toEqual([1, 1]);
  });

  test.each([
    ['rows that nobody asked for', [{ number: '7001x' }]],
    ['as many rows as it reads', Array.from({ length: 10 }, () => ({ number: '7001' }))],
  ])('of several is to be made one by one where there are %s', async (_what, four) => {
    expect(await lookUpTogether(poolOf({ four }), statements(), ['7001', '7002'], 1000)).toBeNull();
  });
});
