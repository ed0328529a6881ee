import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseConfig } from '../../src/config/load.ts';
import { App } from '../../src/server/app.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { eventually } from '../lab/eventually.ts';

let database: DatabaseServer;
let folder: string;
let log: string;
let app: App | undefined;

beforeAll(async () => {
  database = await startMariadb();
  await createCourierDatabase(database);
  await insertDemoCompany(database);
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-degraded-'));
}, SERVER_START_MS);
afterEach(async () => {
  await app?.stop(100);
  app = undefined;
  database.thaw();
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

function load(snapshot: string, poolSize = 4) {
  const yaml = `listen: {port: 0}\nhttp: {port: 0}\ndatabase: {url: "${database.url('courier')}", poolSize: ${poolSize}}\nsnapshot: ${snapshot}\n`;
  return { ...parsed(yaml), databasePassword: undefined };
}

function parsed(yaml: string) {
  return { config: parseConfig(yaml, 'test'), file: null, digest: '' };
}

async function start(snapshot: string) {
  log = '';
  app = new App(load(snapshot), pino({ base: null }, { write: (line: string) => void (log += line) }));
  const { port, http } = await app.start();
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${http?.port}${path}`)).json();
  const call = async () => {
    const environment = new Map([['agi_callerid', '79162000001']]);
    const { variables } = await playCall({ host: '127.0.0.1', port }, { environment, presets: new Map() });
    return { status: variables.get('ROUTE_STATUS'), source: variables.get('ROUTE_SOURCE') };
  };
  return { get, call };
}

const count = (message: string) => log.split('\n').filter((line) => line.includes(message)).length;

test('a changed schema is no reason not to start while there is a snapshot, and is told everywhere', async () => {
  const file = `{file: ${join(folder, 'snapshot')}}`;
  await start(file);
  await eventually('a snapshot', () => log.includes('snapshot taken'));
  await app?.stop(100);
  await database.sql('ALTER TABLE courier.kurier CHANGE phonem mobile VARCHAR(50) NULL');
  try {
    const { get, call } = await start(file);
    expect(await call()).toEqual({ status: 'OK', source: 'snapshot' });
    expect(count('database not usable')).toBe(1);
    expect(log).toContain('lacks kurier.phonem');
    expect(await get('/ready')).toMatchObject({
      ready: true,
      source: 'snapshot',
      liveError: 'BREAKER_OPEN',
      liveProblem: expect.stringContaining('lacks kurier.phonem'),
    });
    await database.sql('ALTER TABLE courier.kurier CHANGE mobile phonem VARCHAR(50) NULL');
    await eventually('live again', async () => (await call()).source === 'live', 5000);
    expect([count('database not usable'), count('database is back'), count('database ready')]).toEqual([
      1, 1, 1,
    ]);
  } finally {
    await database.sql('ALTER TABLE courier.kurier CHANGE IF EXISTS mobile phonem VARCHAR(50) NULL');
  }
});

test('without a snapshot it is', async () => {
  await database.sql('ALTER TABLE courier.kurier CHANGE phonem mobile VARCHAR(50) NULL');
  try {
    await expect(start('{enabled: false}')).rejects.toMatchObject({ code: 'SCHEMA' });
    app = undefined;
  } finally {
    await database.sql('ALTER TABLE courier.kurier CHANGE mobile phonem VARCHAR(50) NULL');
  }
});

test('an outage of a locked table is told once, and its end once', async () => {
  const { call } = await start('{liveBudgetMs: 100}');
  await eventually('a snapshot', () => log.includes('snapshot taken'));
  await database.sql('LOCK TABLES courier.contacts WRITE');
  for (let time = 0; time < 25; time += 1) {
    await call();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await database.sql('UNLOCK TABLES');
  await eventually('live again', async () => (await call()).source === 'live', 5000);
  expect([count('database not usable'), count('database is back'), count('database ready')]).toEqual([
    1, 1, 1,
  ]);
});

test('a reload of a limit keeps the snapshot, also while the database is frozen', async () => {
  const { call, get } = await start('{}');
  await eventually('a snapshot', () => log.includes('snapshot taken'));
  await app?.reload(load('{liveBudgetMs: 200}', 5));
  expect(await get('/status')).toMatchObject({ directory: { snapshot: { numbers: expect.any(Number) } } });
  database.freeze();
  expect(await call()).toEqual({ status: 'OK', source: 'snapshot' });
  await app?.reload(load('{liveBudgetMs: 300}'));
  expect(await call()).toEqual({ status: 'OK', source: 'snapshot' });
  database.thaw();
  await eventually('live again', async () => (await call()).source === 'live', 5000);
  expect(count('snapshot taken')).toBe(1);
});
