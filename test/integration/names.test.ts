import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { recipients } from '../../src/directory/demo/recipients.ts';
import { parseDatabaseUrl } from '../../src/directory/mysql/database-url.ts';
import { MysqlNames } from '../../src/directory/names/mysql.names.ts';
import { MAX_NAMES, type WantedNames } from '../../src/directory/names/names.ts';
import { RECENT_SHIPMENTS } from '../../src/directory/names/search.ts';
import { parseConfig } from '../../src/config/load.ts';
import { checkNames } from '../../src/doctor/desk/names.check.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';

const PASSWORD = 'p@ss:w/ö#rd%';
const WANTED: WantedNames = {
  couriers: [11, 17, 99],
  clients: [201],
  contacts: [301],
  shipments: [70_001, 70_007],
};

describe.each(DATABASE_SERVERS)('names on %s', (_name, startServer) => {
  let server: DatabaseServer;
  let names: MysqlNames;
  const onProblem = jest.fn();

  const open = (user: string, database = 'courier') => {
    const url = `mysql://${user}:${encodeURIComponent(PASSWORD)}@${server.host}:${server.port}/${database}`;
    names = new MysqlNames({ address: parseDatabaseUrl(url), onProblem, budgetMs: 10_000 });
  };

  async function makeCompany(
    database: { name?: string; charset?: 'utf8mb4' | 'cp1251' } = {},
  ): Promise<void> {
    await createCourierDatabase(server, database);
    await insertDemoCompany(server);
    await server.sql(`
      ALTER TABLE address ADD target VARCHAR(200) NULL, ADD time_put_min TIME NULL, ADD time_put_max TIME NULL;
      UPDATE address SET date_putn = '2026-03-03', time_put_min = '10:00', StrBarCode = '0' WHERE code = 70001;
    `);
    for (const { shipment, name, company } of recipients) {
      await server.sql('UPDATE address SET name = ?, target = ? WHERE code = ?', [name, company, shipment]);
    }
  }

  /** Rows that the server has read since it started, for whomever. */
  async function rowsRead(): Promise<number> {
    const rows = await server.sql("SHOW GLOBAL STATUS LIKE 'Handler_read%'");
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  }

  beforeAll(async () => {
    server = await startServer();
  }, SERVER_START_MS);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    onProblem.mockClear();
    await makeCompany();
    for (const file of ['grants.sql', 'desk-grants.sql']) {
      const grants = await readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
      await server.sql(grants.replaceAll("'127.0.0.1'", "'%'").replaceAll('CHANGE-ME', PASSWORD));
    }
  });
  afterEach(() => names?.close());

  test('are what doctor asks for, as the desk would', async () => {
    const judge = async (user: string) => {
      const url = `mysql://${user}:${encodeURIComponent(PASSWORD)}@${server.host}:${server.port}/courier`;
      return (
        await checkNames({ config: parseConfig(JSON.stringify({ desk: { database: { url } } }), 'test') })
      ).state;
    };
    expect(await judge('desk')).toBe('ok');
    expect(await judge('agi')).toBe('warn');
    expect(await judge('nobody')).toBe('fail');
  });

  test('are found by a part of them, whatever the case, and no sign stands for others', async () => {
    open('desk');
    expect(await names.search('быстр')).toEqual([{ kind: 'courier', code: '11', name: 'Андрей Быстров' }]);
    expect(await names.search('ПОЧТОЙ')).toEqual([{ kind: 'client', code: '201', name: 'Книги почтой' }]);
    expect(await names.search('Полкина')).toEqual([{ kind: 'contact', code: '301', name: 'Анна Полкина' }]);
    expect(await names.search('ковалёв')).toEqual([
      { kind: 'recipient', code: '70001', name: 'Мария Ковалёва' },
    ]);
    for (const nobody of ['%', '__', '!', "' or 1=1 -- ", String.raw`\%`])
      expect([nobody, await names.search(nobody)]).toEqual([nobody, []]);
    await server.sql("UPDATE kurier SET name = '100% _!быстр' WHERE code = 12");
    for (const part of ['0% _!б', '_!', '100%'])
      expect([part, (await names.search(part)).map(({ code }) => code)]).toEqual([part, ['12']]);
    // So many that the newest count.
    const values = Array.from({ length: 30 }, (_, index) => `(${1000 + index}, 'Много Людей', '')`);
    await server.sql(`INSERT INTO kurier (code, name, manager) VALUES ${values.join(', ')}`);
    const many = await names.search('много');
    expect([many.length, many[0]?.code]).toEqual([10, '1029']);
    expect(names.state().problem).toBeNull();
  });

  test('a shipment is found by its code and its bar code, and known to be there', async () => {
    await server.sql("UPDATE address SET StrBarCode = 'CRB-0001' WHERE code = 70002");
    await server.sql("UPDATE address SET StrBarCode = '4600000700031' WHERE code = 70003");
    open('desk');
    for (const [text, code] of [
      ['70002', '70002'],
      ['CRB-0001', '70002'],
      ['4600000700031', '70003'],
    ] as const)
      expect([text, (await names.search(text)).map((found) => found.code)]).toEqual([text, [code]]);
    expect(await names.search('4600000700099')).toEqual([]);
    expect([await names.hasShipment(70_001), await names.hasShipment(79_999)]).toEqual([true, false]);
    await server.sql('DROP TABLE address');
    expect(await names.hasShipment(70_001)).toBeNull();
  });

  test('of recipients are searched among the newest shipments alone, however many there are', async () => {
    const digits = '(select 0 d union all select 1 union all select 2 union all select 3 union all select 4)';
    const fives = 'abcdefg'.split('').map((name) => `${digits} ${name}`);
    // 5 to the 7th: 78,125, more than three times as many as are searched.
    await server.sql(`
      INSERT INTO address (code, name)
        SELECT 100000 + ((((((a.d*5+b.d)*5+c.d)*5+d.d)*5+e.d)*5+f.d)*5+g.d), 'Некто' FROM ${fives.join(', ')};
      UPDATE address SET name = 'Старая Находка' WHERE code = 100001;
      UPDATE address SET name = 'Новая Находка' WHERE code IN (178000, 178001);
    `);
    open('desk');
    await names.search('Некто');
    const before = await rowsRead();
    expect(await names.search('находка')).toEqual([
      { kind: 'recipient', code: '178001', name: 'Новая Находка' },
      { kind: 'recipient', code: '178000', name: 'Новая Находка' },
    ]);
    const read = (await rowsRead()) - before;
    expect(read).toBeGreaterThan(RECENT_SHIPMENTS - 1);
    expect(read).toBeLessThan(RECENT_SHIPMENTS + 5000);
    expect(names.state().problem).toBeNull();
  });

  test('of recipients are not searched where their codes have no index', async () => {
    await server.sql('ALTER TABLE address DROP PRIMARY KEY');
    open('desk');
    expect(await names.search('Ковалёва')).toEqual([]);
    expect((await names.search('быстр')).length).toBe(1);
    expect((await names.find(WANTED)).shipments.get('70001')?.name).toBe('Мария Ковалёва');
  });

  test('are those of the couriers, clients, contact persons and recipients, in Cyrillic', async () => {
    open('desk');
    const found = await names.find(WANTED);
    expect(Object.fromEntries(found.couriers)).toEqual({
      11: { name: 'Андрей Быстров', manager: 'olga' },
      // The manager is somebody of the staff.
      17: { name: 'Жанна Лёгкая', manager: 'Захар Старший' },
    });
    expect(Object.fromEntries(found.clients)).toEqual({ 201: 'Книги почтой' });
    expect(Object.fromEntries(found.contacts)).toEqual({ 301: 'Анна Полкина' });
    expect(Object.fromEntries(found.shipments)).toEqual({
      70001: {
        name: 'Мария Ковалёва',
        company: null,
        barcode: null,
        plan: { day: '2026-03-03', from: '10:00', until: null },
      },
      70007: { name: 'Алесь Минский', company: 'Белая Русь', barcode: null, plan: null },
    });
    expect(names.state()).toEqual({ missing: [], problem: null });
    expect(onProblem).not.toHaveBeenCalled();
  });

  test('are read from a database of cp1251, too', async () => {
    await makeCompany({ name: 'courier_cp1251', charset: 'cp1251' });
    await server.sql(`GRANT SELECT ON courier_cp1251.* TO 'desk'@'%'`);
    open('desk', 'courier_cp1251');
    expect((await names.find(WANTED)).contacts.get('301')).toBe('Анна Полкина');
    await server.sql(`REVOKE SELECT ON courier_cp1251.* FROM 'desk'@'%'`);
  });

  test('are not those of a user who may read codes alone, and that is told', async () => {
    open('agi');
    const found = await names.find(WANTED);
    expect(found.clients.size + found.contacts.size + found.shipments.size).toBe(0);
    // The router's user may read the login of a manager.
    expect(found.couriers.get('11')?.name).toBeNull();
    expect(names.state()).toEqual({
      missing: ['kurier.name', 'clients.company', 'fio.name', 'address.name'],
      problem: null,
    });
    expect(onProblem).not.toHaveBeenCalled();
  });

  test('go on with one fact less after the database has changed', async () => {
    open('desk');
    await names.find(WANTED);
    await server.sql('ALTER TABLE address DROP COLUMN target; DROP TABLE fio');
    await names.find(WANTED);
    const found = await names.find(WANTED);
    expect(found.shipments.get('70007')).toMatchObject({ name: 'Алесь Минский', company: null });
    expect(found.couriers.get('11')?.name).toBe('Андрей Быстров');
    expect(names.state().missing).toEqual(['fio.name']);
  });

  test('of whatever people type are one line', async () => {
    const typed = `<script>alert(1)</script>\n\u0007${'я'.repeat(60)}`;
    await server.sql('UPDATE clients SET company = ? WHERE code = 201', [typed]);
    open('desk');
    const name = (await names.find(WANTED)).clients.get('201');
    expect(name).toBe(`<script>alert(1)</script> ${'я'.repeat(60)}`);
  });

  test('of more codes than are shown, and of codes that are hostile, do no harm', async () => {
    open('desk');
    const couriers = ["11' or '1'='1", '11; drop table kurier', ...Array.from({ length: 50 }, (_, n) => n)];
    const found = await names.find({ ...WANTED, couriers });
    expect(found.couriers.size).toBeLessThanOrEqual(MAX_NAMES);
    expect((await names.find(WANTED)).couriers.size).toBe(2);
  });

  test('that cannot be read leave codes, at once', async () => {
    open('nobody');
    expect((await names.find(WANTED)).couriers.size).toBe(0);
    expect(names.state().problem).toMatch(/denied|log/i);
    expect(onProblem).toHaveBeenCalledTimes(1);
    // Whoever asks for nothing learns nothing of the database.
    await names.find({ couriers: [], clients: [], contacts: [], shipments: [] });
    expect(names.state().problem).not.toBeNull();
  });

  describe('the user of deploy/desk-grants.sql', () => {
    let desk: Connection;
    beforeAll(async () => {
      const { host, port } = server;
      desk = await createConnection({ host, port, user: 'desk', password: PASSWORD, database: 'courier' });
    });
    afterAll(() => desk?.destroy());

    test.each([
      'SELECT pass FROM clients',
      'SELECT * FROM clients',
      'SELECT phonem FROM kurier',
      'SELECT VALUE FROM contacts',
      'SELECT extPhone FROM users',
      'SELECT user FROM mysql.user',
      'UPDATE clients SET company = ""',
      'DELETE FROM address',
    ])('may not %s', async (statement) => {
      await expect(desk.query(statement)).rejects.toThrow(/denied/);
    });
  });
});
