import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { App } from '../../src/server/app.ts';
import { parseConfig, type LoadedConfig } from '../../src/config/load.ts';
import { CHECK_NAMES, type CheckName, type CheckResult } from '../../src/doctor/check.ts';
import { diagnose } from '../../src/doctor/doctor.ts';
import { createLogger } from '../../src/log/logger.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { english, type Told } from '../service/doctor/in-english.ts';
import { freeTcpPort } from '../lab/free-port.ts';

interface Settings {
  readonly server: DatabaseServer;
  readonly user?: 'agi' | 'root';
  readonly port?: number;
  readonly inHandStates?: readonly number[];
  readonly ports?: readonly [agi: number, http: number];
  /** The section. Default: none. */
  readonly calls?: Readonly<Record<string, unknown>>;
}

function loadedWith({
  server,
  user = 'agi',
  port = server.port,
  inHandStates = [1],
  ports,
  calls,
}: Settings): LoadedConfig {
  const password = user === 'agi' ? ':CHANGE-ME' : '';
  const config = parseConfig(
    JSON.stringify({
      database: { url: `mysql://${user}${password}@127.0.0.1:${port}/courier`, inHandStates },
      listen: { port: ports?.[0] ?? 0 },
      http: { enabled: ports !== undefined, port: ports?.[1] ?? 0 },
      snapshot: { refreshSeconds: 3600 },
      ...(calls && { calls }),
    }),
    'test',
  );
  return { config, file: null, databasePassword: undefined };
}

/** What each check found. */
async function examineWith(settings: Settings): Promise<Map<CheckName, Told<CheckResult>>> {
  const results = new Map<CheckName, Told<CheckResult>>();
  for await (const result of diagnose(loadedWith(settings), [])) results.set(result.name, english(result));
  return results;
}

describe.each(DATABASE_SERVERS)('doctor on %s', (_name, startServer) => {
  let server: DatabaseServer;
  const examine = (settings: Omit<Settings, 'server'> = {}) => examineWith({ server, ...settings });

  beforeAll(async () => {
    server = await startServer();
  }, SERVER_START_MS);

  afterAll(() => server?.stop());

  beforeEach(async () => {
    await server.sql("DROP DATABASE IF EXISTS `schema`; DROP USER IF EXISTS 'agi'@'%'");
    await createCourierDatabase(server);
    await insertDemoCompany(server);
    const grants = await readFile(new URL('../../deploy/grants.sql', import.meta.url), 'utf8');
    // Without a name server at hand, MySQL may know this address as localhost: grant for any.
    await server.sql(grants.replaceAll("'127.0.0.1'", "'%'"));
  });

  test('finds nothing to mend in a good one, with the grants of deploy/grants.sql', async () => {
    const results = await examine();
    expect([...results.keys()]).toEqual([...CHECK_NAMES]);
    expect(Object.fromEntries([...results].map(([name, { state }]) => [name, state]))).toMatchObject({
      database: 'ok',
      grants: 'ok',
      columns: 'ok',
      'contacts index': 'ok',
      'codes index': 'ok',
      states: 'skipped',
      'contact types': 'skipped',
      numbers: 'ok',
      managers: expect.stringMatching(/ok|warn/),
      'look-up': 'ok',
    });
    expect(results.get('database')?.message).toContain(server.version);
  });

  test('prints no name, no password and no whole number', async () => {
    await server.sql(
      "UPDATE kurier SET name = 'Ivanov'; UPDATE clients SET company = 'Romashka', pass = 'geheim'",
    );
    for (const user of ['agi', 'root'] as const) {
      const text = JSON.stringify([...(await examine({ user })).values()]);
      // The whole numbers are made up, to show a destination and how a number is written.
      expect(text.replaceAll(/79160000000@trunk|79161234567/g, '')).not.toMatch(
        /Ivanov|Romashka|geheim|CHANGE-ME|7\d{10}/,
      );
      expect(text).toMatch(/7\d{3}\*{5}\d\d/);
    }
  });

  test('warns of a user who can write and read passwords', async () => {
    const grants = (await examine({ user: 'root' })).get('grants');
    expect(grants?.state).toBe('warn');
    expect(grants?.message).toMatch(/may do more than read: .*clients\.pass/);
    expect(grants?.message).toContain('users.pass');
  });

  test('warns of one right too many', async () => {
    await server.sql("GRANT SELECT (pass) ON courier.clients TO 'agi'@'%'");
    expect((await examine()).get('grants')?.message).toMatch(/can read passwords: clients\.pass\.$/);
    await server.sql("REVOKE SELECT (pass) ON courier.clients FROM 'agi'@'%'");
    await server.sql("GRANT INSERT ON courier.givn TO 'agi'@'%'");
    expect((await examine()).get('grants')?.message).toMatch(/may do more than read: INSERT\.$/);
  });

  test('names the columns that are missing', async () => {
    await server.sql('ALTER TABLE givn DROP COLUMN date_beg');
    expect((await examine()).get('columns')).toMatchObject({ state: 'warn' });
    await server.sql('ALTER TABLE givn RENAME COLUMN State TO Status');
    const results = await examine();
    expect(results.get('columns')).toMatchObject({ state: 'fail', message: 'The look-up lacks givn.State.' });
    expect(results.get('look-up')?.state).toBe('skipped');
  });

  test.each(['agi', 'root'] as const)('misses the index on contacts.VALUE, as the user %s', async (user) => {
    expect((await examine({ user })).get('contacts index')?.message).toContain('value_idx');
    await server.sql('ALTER TABLE contacts DROP INDEX value_idx');
    expect((await examine({ user })).get('contacts index')?.state).toBe('fail');
  });

  test.each(['agi', 'root'] as const)(
    'misses the index on the codes of shipments where calls are made by them, as the user %s',
    async (user) => {
      const calls = { callerId: '74951234567' };
      const found = async (settings: Partial<Settings> = { calls }) =>
        (await examine({ user, ...settings })).get('codes index');
      expect(await found()).toMatchObject({ state: 'ok', message: expect.stringContaining('source_idx') });
      await server.sql('ALTER TABLE contacts DROP INDEX source_idx');
      expect(await found()).toMatchObject({
        state: 'warn',
        remedy: expect.stringContaining('CREATE INDEX source_idx ON contacts (Source, SourceCodeType)'),
      });
      expect((await found({}))?.state).toBe('skipped');
      // The type alone is no help; with the code behind it, it is.
      await server.sql('CREATE INDEX type_idx ON contacts (SourceCodeType, VALUE)');
      expect((await found())?.state).toBe('warn');
      await server.sql('CREATE INDEX both_idx ON contacts (SourceCodeType, Source)');
      expect(await found()).toMatchObject({ state: 'ok', message: expect.stringContaining('both_idx') });
    },
  );

  test('sees in the plan that a big table is read as a whole', async () => {
    await server.sql('ALTER TABLE givn DROP INDEX address_idx');
    const rows = Array.from({ length: 5000 }, (_one, index) => [900_000 + index, 1, 5]);
    await server.sql('INSERT INTO givn (address, kurier, State) VALUES ?', [rows]);
    await server.sql('ANALYZE TABLE givn');
    const lookup = (await examine()).get('look-up');
    expect(lookup?.state).toBe('fail');
    expect(lookup?.message).toMatch(/reads the whole of givn \(\d+ rows\)/);
  });

  test('counts numbers that no look-up finds', async () => {
    await server.sql(`
      INSERT INTO contacts (Source, SourceCodeType, VALUE)
      VALUES (900001, 3, '8/916/200.00.55'), (900002, 2, '79162000056, 79162000057'),
        (900003, 3, 'a@example.com'), (900004, 1, 'тел. 79162000058'),
        (900005, 3, '79162000059 '), (900006, 3, '8 (916) 200-00-60')`);
    const numbers = (await examine()).get('numbers');
    expect(numbers?.state).toBe('warn');
    expect(numbers?.message).toMatch(/^3 of \d+ numbers \(.*\) are not normalised/);
    for (const code of ['900001/3', '900002/2', '900004/1']) expect(numbers?.message).toContain(code);
  });

  test('picks numbers at random where there are many, and says so', async () => {
    const rows = Array.from({ length: 60_000 }, (_one, index) => [1, 3, String(79_300_000_000 + index)]);
    await server.sql('INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES ?', [rows]);
    await server.sql("UPDATE contacts SET VALUE = concat('тел. ', VALUE) WHERE VALUE >= '79300030000'");
    await server.sql('ANALYZE TABLE contacts');
    const numbers = (await examine()).get('numbers');
    const [, hidden = '', read = ''] =
      /^(\d+) of (\d+) numbers picked at random/.exec(numbers?.message ?? '') ?? [];
    expect(Number(read)).toBeLessThan(40_001);
    // Half of them, the second half.
    expect(Number(hidden) / Number(read)).toBeCloseTo(0.5, 1);
  });

  test('names couriers, managers and clients whom nobody can ring, by their codes', async () => {
    const before = await examine();
    await server.sql(`
      INSERT INTO kurier (code, name, phonem, manager) VALUES (901, 'Ivanov', 'нет', 'nobody-known');
      INSERT INTO givn (address, kurier, State) VALUES (70001, 901, 1), (70001, 99999, 1), (70001, 0, 1);
      INSERT INTO users (user, extPhone) VALUES ('Орлова', '1O1');
      INSERT INTO clients (code, company, manager) VALUES (9001, 'Romashka', 'орлова'), (9002, 'Romashka', '')`);
    const after = await examine();
    const added = (name: CheckName, list: string) =>
      (after.get(name)?.details?.[list]?.codes ?? []).filter(
        (code) => !before.get(name)?.details?.[list]?.codes.includes(code),
      );
    expect(added('couriers', 'withoutTelephone')).toEqual(['901', '99999']);
    expect(added('couriers', 'gone')).toEqual(['99999']);
    expect(added('managers', 'withoutTelephone')).toEqual(['орлова']);
    expect(added('managers', 'unknown')).toEqual(['nobody-known']);
    expect(added('clients', 'withoutManager')).toEqual(['9002']);
    expect(JSON.stringify([...after.values()])).not.toMatch(/Ivanov|Romashka/);
  });

  test('does not count parcels where that would read a big table as a whole', async () => {
    await server.sql('ALTER TABLE givn DROP INDEX kurier_idx');
    const rows = Array.from({ length: 210_000 }, (_one, index) => [900_000 + index, 1, 5]);
    for (let start = 0; start < rows.length; start += 30_000) {
      await server.sql('INSERT INTO givn (address, kurier, State) VALUES ?', [
        rows.slice(start, start + 30_000),
      ]);
    }
    await server.sql('ANALYZE TABLE givn');
    expect((await examine()).get('couriers')?.state).toBe('skipped');
    await server.sql('CREATE INDEX state_idx ON givn (State)');
    expect((await examine()).get('couriers')?.state).not.toBe('skipped');
  });

  test.each([
    ['code', 'StateName'],
    ['State', 'name'],
    ['id', 'title'],
  ])('reads the dictionary of states, whose columns may be called %s and %s', async (code, name) => {
    await server.sql(`
      CREATE TABLE states (num INT AUTO_INCREMENT PRIMARY KEY, StateType INT, ${code} SMALLINT, ${name} VARCHAR(50));
      INSERT INTO states (StateType, ${code}, ${name})
        VALUES (8, 1, 'У курьера'), (8, 5, 'Вручено'), (2, 77, 'Новый');
      GRANT SELECT ON courier.states TO 'agi'@'%'`);
    expect((await examine()).get('states')).toMatchObject({
      state: 'ok',
      message: `"In the courier's hands" is 1 «У курьера».`,
    });
    const wrong = (await examine({ inHandStates: [1, 77] })).get('states');
    expect(wrong?.state).toBe('warn');
    expect(wrong?.message).toContain('names 77');
    expect(wrong?.remedy).toContain('5 «Вручено»');
    expect(wrong?.remedy).not.toContain('Новый');
  });

  test('reads the dictionary of contact types in the database with a reserved name', async () => {
    await server.sql(`
      CREATE DATABASE \`schema\` CHARACTER SET utf8mb4;
      CREATE TABLE \`schema\`.table_list (code INT PRIMARY KEY, name VARCHAR(50), title VARCHAR(50));
      INSERT INTO \`schema\`.table_list
        VALUES (1, 'kurier', 'Сотрудники'), (2, 'clients', 'Клиенты'), (3, 'address', 'Адреса'), (39, 'fio', 'Лица');
      GRANT SELECT ON \`schema\`.table_list TO 'agi'@'%'`);
    expect((await examine()).get('contact types')?.state).toBe('ok');
    await server.sql("UPDATE `schema`.table_list SET name = 'clients' WHERE code = 1");
    const wrong = (await examine()).get('contact types');
    expect(wrong).toMatchObject({ state: 'warn' });
    expect(wrong?.message).toContain('1 «clients Сотрудники» should be kurier');
  });

  test('tells that the database is away, and checks the rest', async () => {
    const results = await examine({ port: await freeTcpPort() });
    expect(results.get('database')).toMatchObject({ state: 'fail' });
    expect(results.get('database')?.message).toContain('ECONNREFUSED');
    expect(results.get('look-up')?.state).toBe('skipped');
    expect(results.get('dialling')?.state).toBe('ok');
  });

  test('tells of a password that is wrong', async () => {
    await server.sql("ALTER USER 'agi'@'%' IDENTIFIED BY 'another'");
    expect((await examine()).get('database')?.message).toContain('Access denied');
  });

  test('calls a server that runs, and asks for its snapshot', async () => {
    const ports = [await freeTcpPort(), await freeTcpPort()] as const;
    const app = new App(loadedWith({ server, ports }), createLogger('silent'));
    await app.start();
    try {
      let results = await examine({ ports });
      for (let tries = 0; tries < 20 && results.get('snapshot')?.state !== 'ok'; tries += 1) {
        results = await examine({ ports });
      }
      expect(results.get('http port')?.message).toMatch(/^courier-agi \S+ answers on 127\.0\.0\.1/);
      expect(results.get('port')?.message).toMatch(/^courier-agi listens on/);
      expect(results.get('agi')).toMatchObject({ state: 'ok' });
      expect(results.get('agi')?.message).toMatch(/ROUTE_STATUS=(OK|NO_TARGET) .* from the database\.$/);
      expect(results.get('snapshot')?.message).toMatch(/knows \d+ numbers/);
    } finally {
      await app.stop(100);
    }
  });
});
