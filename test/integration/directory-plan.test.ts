import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ManagedDirectory } from '../../src/directory/directory.ts';
import {
  compileLookup,
  compileLookupOfSeveral,
  FULL_SHAPE,
  MAX_LOOKUP_ROWS,
} from '../../src/directory/sql/lookup.query.ts';
import { mysqlBuilder } from '../../src/directory/mysql/mysql.directory.ts';
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
  f: ['eq_ref', 'PRIMARY'],
  l: ['eq_ref', 'PRIMARY'],
  lu: ['eq_ref', 'PRIMARY'],
};

describe.each(DATABASE_SERVERS)('a look-up in a big company on %s', (_name, startServer) => {
  let server: DatabaseServer;
  let company: BigCompany;
  let directory: ManagedDirectory;

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
    expect(matches).toHaveLength(MAX_LOOKUP_ROWS);
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
    const { sql } = compileLookupOfSeveral(mysqlBuilder(), FULL_SHAPE, 16);
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
    const { sql } = compileLookup(mysqlBuilder(), FULL_SHAPE);
    const plan = await server.sql(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, [numberOf(company)]);
    const access = Object.fromEntries(plan.map((row) => [row['table'], [row['type'], row['key']]]));
    expect(access).toEqual(ACCESS);
  });
});
