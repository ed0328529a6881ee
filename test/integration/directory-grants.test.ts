import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import type { ManagedDirectory } from '../../src/directory/directory.ts';
import { SchemaError } from '../../src/directory/sql/schema.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { EXPECTED_MATCHES } from '../lab/databases/expected-matches.ts';
import { openLiveDirectory } from '../lab/databases/live-directory.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';

const BUDGET_MS = 10_000;
const PASSWORD = 'p@ss:w/ö#rd%';

describe.each(DATABASE_SERVERS)('deploy/grants.sql on %s', (_name, startServer) => {
  let server: DatabaseServer;
  let agi: Connection;
  let directory: ManagedDirectory;
  let grants: string;

  beforeAll(async () => {
    const file = await readFile(new URL('../../deploy/grants.sql', import.meta.url), 'utf8');
    // Without a name server at hand, MySQL may know this address as localhost: grant for any.
    grants = file.replaceAll("'127.0.0.1'", "'%'").replaceAll('CHANGE-ME', PASSWORD);
    server = await startServer();
    await createCourierDatabase(server);
    await insertDemoCompany(server);
    await server.sql(grants);
    const { host, port } = server;
    agi = await createConnection({ host, port, user: 'agi', password: PASSWORD, database: 'courier' });
  }, SERVER_START_MS);
  afterEach(() => directory?.close());
  afterAll(async () => {
    agi?.destroy();
    await server?.stop();
  });

  const open = (password: string, override?: string) => {
    const url = `mysql://agi:${encodeURIComponent(password)}@${server.host}:${server.port}/courier`;
    directory = openLiveDirectory(url, { password: override });
  };

  test('is enough for every look-up', async () => {
    open(PASSWORD);
    expect(await directory.start()).toMatchObject({ state: 'ready', warnings: [] });
    for (const [number, who, matches] of EXPECTED_MATCHES) {
      const answer = await directory.find(number, BUDGET_MS);
      expect({ number, who, matches: answer.matches }).toEqual({ number, who, matches });
    }
  });

  test('works with a password that is given beside the URL', async () => {
    open('not this one', PASSWORD);
    expect(await directory.start()).toMatchObject({ state: 'ready' });
  });

  test.each([
    'SELECT pass FROM clients',
    'SELECT * FROM clients',
    'SELECT company FROM clients',
    'SELECT code FROM clients WHERE pass LIKE "n%"',
    'SELECT pass FROM users',
    'SELECT name FROM kurier',
    'SELECT name FROM address',
    'SELECT user FROM mysql.user',
    'UPDATE clients SET manager = "olga"',
    'DELETE FROM contacts',
    'DROP TABLE contacts',
    'SELECT code FROM clients INTO OUTFILE "/tmp/x"',
  ])('refuses %s', async (statement) => {
    await expect(agi.query(statement)).rejects.toThrow(/denied/);
  });

  test('changes the password when it is run again with another one', async () => {
    const another = grants.replaceAll(PASSWORD, 'another-1');
    expect(another).not.toBe(grants);
    await server.sql(another);
    const { host, port } = server;
    const connect = (password: string) => createConnection({ host, port, user: 'agi', password });
    await expect(connect(PASSWORD)).rejects.toThrow(/Access denied/);
    (await connect('another-1')).destroy();
    await server.sql(grants);
    (await connect(PASSWORD)).destroy();
  });

  test('has the dictionaries in comments, for databases that have them', async () => {
    const lines = grants.match(/^-- GRANT .*;$/gm) ?? [];
    expect(lines).toHaveLength(2);
    await server.sql(`
      CREATE TABLE states (StateCode INT, StateType INT, Name VARCHAR(50));
      CREATE DATABASE \`schema\`;
      CREATE TABLE \`schema\`.table_list (code INT, name VARCHAR(50));`);
    const read = () =>
      Promise.all([agi.query('SELECT * FROM states'), agi.query('SELECT * FROM `schema`.table_list')]);
    await expect(read()).rejects.toThrow(/denied/);
    await server.sql(lines.map((line) => line.replace('-- ', '')).join('\n'));
    await read();
    await server.sql('DROP TABLE states; DROP DATABASE `schema`');
  });

  test('makes a column that is not granted look missing, and the message says so', async () => {
    await server.sql("REVOKE SELECT (State) ON courier.clients FROM 'agi'@'%'");
    open(PASSWORD);
    expect(await directory.start()).toMatchObject({
      state: 'ready',
      warnings: [{ column: 'clients.State', message: expect.stringContaining('GRANT') }],
    });
    await directory.close();

    await server.sql("REVOKE SELECT (phonem) ON courier.kurier FROM 'agi'@'%'");
    open(PASSWORD);
    const refusal = directory.start();
    await expect(refusal).rejects.toThrow(SchemaError);
    await expect(refusal).rejects.toThrow(/lacks kurier\.phonem.*GRANT SELECT/);

    await server.sql(grants);
    expect(await directory.start()).toMatchObject({ state: 'ready', warnings: [] });
  });
});
