import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as company from '../../src/directory/demo/company.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { loadScenarios, runScenarios } from '../../src/simulator/run.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { makeMariadbHome, type MariadbHome } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { RawPeer } from '../unit/agi/raw-peer.ts';
import { Served } from './parts/served.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

const PASSWORD = 'Geheim-7291';
const SCENARIOS = join(import.meta.dirname, '..', '..', 'agi-scripts');
const HOSTILE_NAMES = ['Пётр Тайный', 'x\nagi_callerid: 79165554433', '79165554433', PASSWORD];

let folder: string;
let home: MariadbHome;
let database: DatabaseServer;
let served: Served;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-privacy-'));
  home = await makeMariadbHome(folder, 'keep');
  database = await home.start();
  await createCourierDatabase(database);
  await insertDemoCompany(database);
  await database.sql(
    `CREATE USER agi@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'; GRANT SELECT ON courier.* TO agi@'127.0.0.1'`,
  );
  // Nothing about the log: the default level.
  served = await Served.start(`
listen: { port: 0 }
http: { enabled: false }
database: { url: "mysql://agi:${PASSWORD}@127.0.0.1:${home.port}/courier" }
`);
}, SERVER_START_MS);
afterAll(async () => {
  await served?.kill();
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Digits that are somebody's number: of the company, of the scenarios' callers, or of hostile names. */
async function secrets(): Promise<string[]> {
  const scenarios = await loadScenarios([SCENARIOS]);
  const numbers = [
    ...company.contacts.map(({ VALUE }) => VALUE),
    ...company.kurier.flatMap(({ phonem, phonek }) => [phonem, phonek ?? '']),
    ...company.users.map(({ extPhone }) => extPhone),
    ...scenarios.flatMap(({ environment }) => [...environment.values()]),
    '79165554433',
  ].flatMap((text) => text.match(/\d{7,}/g) ?? []);
  const names = [
    ...company.kurier.map(({ name }) => name),
    ...company.fio.map(({ name }) => name),
    ...company.clients.flatMap(({ company: name, login, pass }) => [name, login, pass]),
    'Пётр',
    PASSWORD,
  ];
  // A unique id is no secret, and is what a log line is found by.
  const harmless = new Set(
    scenarios.flatMap(({ environment }) => environment.get('agi_uniqueid')?.split('.') ?? []),
  );
  return [...numbers.filter((number) => !harmless.has(number)), ...names];
}

async function everything(): Promise<void> {
  const target = { host: '127.0.0.1', port: served.port };
  await runScenarios(target, await loadScenarios([SCENARIOS]));
  for (const name of HOSTILE_NAMES) {
    for (const number of ['79162000001', '+7 (916) 555-44-33', '79165554433x', name]) {
      const environment = new Map([
        ['agi_callerid', number],
        ['agi_calleridname', name],
        ['agi_dnid', number],
        ['agi_network_script', `route?number=${number}&x=${name}`],
        ['agi_accountcode', name],
      ]);
      await playCall(target, { environment, presets: new Map() });
      environment.delete('agi_network_script');
      await playCall(target, { environment, presets: new Map(), hangupAfter: 1 });
    }
  }
  for (const bytes of [
    '79165554433\n\n',
    `agi_callerid: 79165554433\nПётр\n\n`,
    '\0',
    'agi_network: yes\n\n200 result=1 (79165554433\n)\n79165554433\n',
  ]) {
    const peer = await RawPeer.connect(served.port);
    peer.send(bytes);
    await peer.untilEnd();
    peer.socket.destroy();
  }
}

test('nothing that the server writes holds a whole number, a name or a secret', async () => {
  expect(readdirSync(SCENARIOS).length).toBeGreaterThan(20);
  await everything();
  await database.stop();
  await everything();
  database = await home.start();
  await served.untilLogged('database is back');
  // The account is locked: the database says so, with the account's name.
  await database
    .sql(`ALTER USER agi@'127.0.0.1' IDENTIFIED BY 'other'; KILL USER agi@'127.0.0.1'`)
    .catch(() => {});
  await everything();
  // The configuration is wrong, with a password in it.
  served.configure(`database: { url: "mysql://agi:${PASSWORD}@[/x", poolSize: -1 }`);
  served.signal('SIGHUP');
  await served.untilLogged('configuration refused: the old one stays');
  served.signal('SIGTERM');
  expect(await served.exit).toBe(0);

  // The run was one worth reading.
  expect(served.logged('call')).toBeGreaterThan(150);
  for (const code of ['AGI_ENVIRONMENT', 'SCRIPT_REQUEST', '"status":"OK"', '"source":"snapshot"'])
    expect(served.log).toContain(code);
  const told = [...new Set(await secrets())];
  expect(told.length).toBeGreaterThan(40);
  for (const secret of told) {
    if (served.log.includes(secret)) {
      const line = served.log.split('\n').find((one) => one.includes(secret));
      expect(`${secret} in ${line}`).toBe('');
    }
  }
}, 120_000);
