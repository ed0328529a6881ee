import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CodeDirectory } from '../../src/directory/by-code.ts';
import { DirectoryTimeoutError, type ManagedDirectory } from '../../src/directory/directory.ts';
import { compileCourier, compileShipment } from '../../src/directory/sql/code.query.ts';
import {
  compileCrowdedLookup,
  compileLookup,
  crowdedParameters,
} from '../../src/directory/sql/lookup.query.ts';
import { FULL_SHAPE } from '../../src/directory/sql/shape.ts';
import { mysqlBuilder } from '../../src/directory/mysql/builder.ts';
import { eventually } from '../lab/eventually.ts';
import { insertBigCompany } from '../lab/databases/big-company.ts';
import type { BigCompany } from '../lab/databases/big-company.ts';
import { createCourierDatabase } from '../lab/databases/courier-schema.ts';
import { openLiveDirectory } from '../lab/databases/live-directory.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';

/** `BIG_COMPANY=600000 npm run test:integration` makes it as big as the biggest known. */
const SHIPMENTS = Number(process.env['BIG_COMPANY'] ?? 60_000);

const BUDGET_MS = 20_000;

/** How each table is entered, and along which index. */
const ACCESS = {
  c: ['ref', 'value_idx'],
  g: ['ref', 'address_idx'],
  a: ['eq_ref', 'PRIMARY'],
  z: ['eq_ref', 'PRIMARY'],
  k: ['eq_ref', 'PRIMARY'],
  ku: ['eq_ref', 'PRIMARY'],
  km: ['eq_ref', 'PRIMARY'],
  f: ['eq_ref', 'PRIMARY'],
  l: ['eq_ref', 'PRIMARY'],
  lu: ['eq_ref', 'PRIMARY'],
  lm: ['eq_ref', 'PRIMARY'],
};

describe.each(DATABASE_SERVERS)('a look-up in a big company on %s', (_name, startServer) => {
  let server: DatabaseServer;
  let company: BigCompany;
  let directory: ManagedDirectory & CodeDirectory;

  beforeAll(async () => {
    server = await startServer();
    await createCourierDatabase(server, { charset: 'cp1251' });
    company = await insertBigCompany(server, { shipments: SHIPMENTS });
    directory = openLiveDirectory(server.url('courier'), { maxBudgetMs: BUDGET_MS });
  }, SERVER_START_MS);
  afterAll(async () => {
    await directory?.close();
    await server?.stop();
  });

  const find = async (number: string) => (await directory.find(number, BUDGET_MS)).matches;

  test('finds everybody', async () => {
    const held = company.shipments - (company.shipments % 3) - 1;
    expect(company.isHeld(held)).toBe(true);
    expect(await find(company.recipient(held))).toContainEqual(
      expect.objectContaining({
        kind: 'recipient',
        shipment: held,
        open: true,
        holder: expect.objectContaining({ courier: (held % company.couriers) + 1 }),
      }),
    );
    expect(await find(company.courier(7))).toMatchObject([
      { kind: 'courier', courier: 7, manager: { user: 'user8' } },
    ]);
    expect(await find(company.client(7))).toMatchObject([{ kind: 'client', client: { code: 7 } }]);
    expect(await find(company.contact(7))).toMatchObject([
      { kind: 'contact', person: 7, client: { code: 7, state: 1, manager: { user: 'user8' } } },
    ]);
  });

  test('keeps what a courier holds, and the newest, of a number with very many shipments', async () => {
    const matches = await find(company.busy);
    expect(matches).toHaveLength(400);
    const held = matches.map((match) => match.kind === 'recipient' && match.holder !== null);
    expect(held[0]).toBe(true);
    // In a very big company so many are held that no other is left.
    const firstNotHeld = held.includes(false) ? held.indexOf(false) : held.length;
    expect(held.slice(firstNotHeld)).not.toContain(true);
  });

  test('finds for each of many who call at the same time what it finds for him alone', async () => {
    const numbers = [
      company.recipient(company.shipments),
      company.recipient(company.shipments - 1),
      company.courier(7),
      company.client(7),
      company.contact(7),
      '79990000000',
      company.courier(7),
      // He has so many that those who are asked for with him are asked for again.
      company.busy,
      ...Array.from({ length: 30 }, (_, index) => company.recipient(company.shipments - index)),
    ];
    const alone = [];
    for (const number of numbers) alone.push(await find(number));
    expect(await Promise.all(numbers.map(find))).toEqual(alone);
    const few = numbers.slice(0, 7);
    expect(await Promise.all(few.map(find))).toEqual(alone.slice(0, 7));
    expect(alone[0]?.length).toBeGreaterThan(0);
  });

  test('goes along indexes for many who call at the same time, too', async () => {
    const { sql } = compileLookup(mysqlBuilder(), FULL_SHAPE, 16);
    const numbers = Array.from({ length: 16 }, (_, index) => company.recipient(company.shipments - index));
    const plan = await server.sql(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, numbers);
    const access = Object.fromEntries(plan.map((row) => [row['table'], [row['type'], row['key']]]));
    expect(access).toEqual({
      ...ACCESS,
      c: ['range', 'value_idx'],
    });
  });

  test.each<[string, (of: BigCompany) => string]>([
    ['a recipient', (of) => of.recipient(of.shipments)],
    ['a courier', (of) => of.courier(7)],
    ['a client', (of) => of.client(7)],
    ['a contact person', (of) => of.contact(7)],
    ['a pick-up point', (of) => of.busy],
    ['nobody', () => '79990000000'],
  ])('goes along indexes in every table when %s calls', async (_who, numberOf) => {
    const { sql } = compileLookup(mysqlBuilder(), FULL_SHAPE, 1);
    const plan = await server.sql(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, [numberOf(company)]);
    const access = Object.fromEntries(plan.map((row) => [row['table'], [row['type'], row['key']]]));
    expect(access).toEqual(ACCESS);
  });

  test('goes along indexes from a shipment and from a courier by their codes', async () => {
    const accessOf = async (statement: { readonly sql: string }, code: number) => {
      const plan = await server.sql(`EXPLAIN FORMAT=TRADITIONAL ${statement.sql}`, [String(code)]);
      return Object.fromEntries(plan.map((row) => [row['table'], [row['type'], row['key']]]));
    };
    expect(await accessOf(compileShipment(mysqlBuilder(), FULL_SHAPE), company.shipments)).toEqual({
      ...ACCESS,
      c: ['ref', 'source_idx'],
    });
    expect(await accessOf(compileCourier(mysqlBuilder(), FULL_SHAPE), 7)).toEqual({
      k: ['const', 'PRIMARY'],
    });
  });

  test('gives up on a shipment in time where contacts has no index of codes, and the server does too', async () => {
    await server.sql('ALTER TABLE contacts DROP INDEX source_idx');
    const BUDGET = 2;
    try {
      const begun = performance.now();
      const found = await directory.findShipment(company.shipments, BUDGET).catch((error: unknown) => error);
      expect(found).toBeInstanceOf(DirectoryTimeoutError);
      expect(performance.now() - begun).toBeLessThan(1000);
      const running = () => server.sql('SHOW FULL PROCESSLIST');
      await eventually('nothing runs any more', async () =>
        (await running()).every(({ Info }) => !/contacts/.test(String(Info))),
      );
      expect(await directory.findShipment(company.shipments, BUDGET_MS)).toMatchObject({
        shipment: company.shipments,
      });
    } finally {
      await server.sql('ALTER TABLE contacts ADD INDEX source_idx (Source, SourceCodeType)');
    }
  }, 60_000);

  describe('of a number with 60,000 closed shipments', () => {
    const NUMBER = '79998887766';
    const FIRST = 10_000_000;
    beforeAll(async () => {
      await server.sql(`
        CREATE TABLE counter (i INT NOT NULL PRIMARY KEY); INSERT INTO counter VALUES (1)`);
      for (let filled = 1; filled < 60_000; filled *= 2) {
        await server.sql(
          `INSERT INTO counter SELECT i + ${filled} FROM counter WHERE i <= ${60_000 - filled}`,
        );
      }
      await server.sql(`
        INSERT INTO address (code, zakaz, date_put) SELECT ${FIRST} + i, 1, '2026-03-01 12:00:00' FROM counter;
        INSERT INTO givn (address, kurier, State, date_beg)
          SELECT ${FIRST} + i, 5, 5, '2026-03-01 09:00:00' FROM counter;
        INSERT INTO contacts (Source, SourceCodeType, VALUE) SELECT ${FIRST} + i, 3, '${NUMBER}' FROM counter;
        DROP TABLE counter;
        ANALYZE TABLE contacts, givn, address`);
    }, SERVER_START_MS);

    /** Of some calls, in ms: the least, since the machine has other things to do. */
    const leastMs = async () => {
      const times = [];
      for (let call = 0; call < 10; call += 1) {
        const startedAt = performance.now();
        await find(NUMBER);
        times.push(performance.now() - startedAt);
      }
      return Math.min(...times);
    };

    test('tells the newest, in time', async () => {
      await find(NUMBER);
      expect(await find(NUMBER)).toHaveLength(400);
      expect((await find(NUMBER))[0]).toMatchObject({ shipment: FIRST + 60_000, open: false, holder: null });
      expect(await leastMs()).toBeLessThan(100);
    });

    test.each([1, 2, 777, 30_000, 54_321, 59_999, 60_000])(
      'finds the one that a courier holds, in time: %i',
      async (place) => {
        const code = FIRST + place;
        await server.sql(`
          UPDATE address SET date_put = NULL WHERE code = ${code};
          UPDATE givn SET State = 1 WHERE address = ${code}`);
        try {
          expect((await find(NUMBER))[0]).toMatchObject({
            shipment: code,
            open: true,
            holder: { courier: 5 },
          });
          expect(await leastMs()).toBeLessThan(100);
        } finally {
          await server.sql(`
            UPDATE address SET date_put = '2026-03-01 12:00:00' WHERE code = ${code};
            UPDATE givn SET State = 5 WHERE address = ${code}`);
        }
      },
    );

    test('reads no table to its end', async () => {
      const { sql } = compileCrowdedLookup(mysqlBuilder(), FULL_SHAPE, 1);
      const plan = await server.sql(
        `EXPLAIN FORMAT=TRADITIONAL ${sql}`,
        crowdedParameters(FULL_SHAPE, [NUMBER], NUMBER),
      );
      const whole = plan.filter(
        ({ type, table }) => /^(ALL|index)$/i.test(String(type)) && !/[<]/.test(String(table)),
      );
      // Of the couriers there are few.
      expect(whole.map(({ table }) => table).filter((table) => table !== 'k')).toEqual([]);
    });
  });
});
