import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import { App } from '../../../src/server/app.ts';
import { loadConfig, parseConfig } from '../../../src/config/load.ts';
import { reload } from '../../../src/server/reload.ts';
import { playCall, type Target } from '../../../src/simulator/asterisk.ts';
import { eventually } from '../../lab/eventually.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';

const DEMO = 'listen: {port: 0}\nhttp: {enabled: false}\ndatabase: {url: "demo:"}\n';
const NOBODY = DEMO.replace('demo:', 'mysql://agi@127.0.0.1:1/courier');

function load(yaml: string) {
  return { config: parseConfig(yaml, 'test'), file: 'test', databasePassword: undefined };
}

describe('a reload of the limits of a database that hangs', () => {
  const sockets = new Set<Socket>();
  // A stand-in for a frozen database: it accepts and says nothing.
  const database = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  let app: App;
  let yaml: string;

  beforeEach(async () => {
    database.listen(0, '127.0.0.1');
    await once(database, 'listening');
    const address = database.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    yaml =
      `listen: {port: 0}\nhttp: {enabled: false}\ndatabase: {url: "mysql://agi@127.0.0.1:${port}/courier"}\n` +
      'routing: {deadlineMs: 300}\n';
    app = new App(load(yaml), pino({ enabled: false }));
    await app.start();
  });
  afterEach(async () => {
    await app.stop(100);
    database.close();
  });

  test('is taken, and closes the old connection once the calls in progress are over', async () => {
    expect(sockets.size).toBe(1);
    const [old] = sockets;
    await app.reload(load(`${yaml}snapshot: {liveBudgetMs: 200}`));
    await eventually('the old one is closed', () => old?.destroyed === true, 2000);
    expect(sockets.size).toBe(1);
  });

  test('twice within a deadline closes both old connections', async () => {
    await app.reload(load(`${yaml}snapshot: {liveBudgetMs: 200}`));
    await app.reload(load(`${yaml}snapshot: {liveBudgetMs: 210}`));
    await eventually('the last one is there', () => sockets.size > 1);
    await eventually('the last one alone is left', () => sockets.size === 1, 2000);
  });

  test('leaves no connection behind when the server stops right after it', async () => {
    await app.reload(load(`${yaml}snapshot: {liveBudgetMs: 200}`));
    await app.stop(100);
    await eventually('no connection', () => sockets.size === 0, 150);
  });

  test('is made with another country, too: numbers in the database are read as that one writes them', async () => {
    const [old] = sockets;
    await app.reload(load(`${yaml}numbers: {country: BY}`));
    await eventually('the old one is closed', () => old?.destroyed === true, 2000);
    expect(sockets.size).toBe(1);
  });

  test('to another database that does not answer is refused', async () => {
    await expect(app.reload(load(yaml.replace('/courier"', '/other"')))).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
  });
});

describe('a reload', () => {
  let app: App;
  let target: Target;
  let log: string;

  beforeEach(async () => {
    log = '';
    app = new App(load(DEMO), pino({ base: null }, { write: (line: string) => void (log += line) }));
    target = await app.start();
  });
  afterEach(() => app.stop(100));

  const dials = async () => {
    const scenario = parseScenario('agi_callerid: 79162000001', 'test');
    return (await playCall(target, scenario)).variables.get('ROUTE_DIAL_1');
  };

  test('reaches the next call', async () => {
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
    await app.reload(load(`${DEMO}dial: {trunks: [{dial: "SIP/gsm"}]}`));
    expect(await dials()).toBe('SIP/gsm/79161000011');
  });

  test('with a database that does not answer is refused, and everything stays', async () => {
    await expect(app.reload(load(`${NOBODY}dial: {trunks: [{dial: "SIP/gsm"}]}`))).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
  });

  test('with a database that cannot be named is refused, and everything stays', async () => {
    await expect(app.reload(load(DEMO.replace('demo:', 'mysql://h/d')))).rejects.toMatchObject({
      code: 'DATABASE_URL',
    });
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
  });

  test('tells each time what needs a restart, and no more once it is as it was started', async () => {
    const warnings = () =>
      log.split('\n').filter((line) => line.includes('take effect at the next start')).length;
    await app.reload(load(`${DEMO}routing: {deadlineMs: 300}`));
    await app.reload(load(`${DEMO}routing: {deadlineMs: 300}`));
    expect(warnings()).toBe(2);
    await app.reload(load(DEMO));
    expect(warnings()).toBe(2);
  });
});

describe('what the server works with', () => {
  let folder: string;
  let app: App;
  let file: string;
  const logger = pino({}, { write: () => undefined });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'courier-agi-reload-'));
    file = join(folder, 'courier-agi.yaml');
    writeFileSync(file, DEMO);
    app = new App(loadConfig(file, {}), logger);
    await app.start();
  });
  afterEach(async () => {
    await app.stop(100);
    rmSync(folder, { recursive: true });
  });

  const reloadFile = () => reload(app, () => loadConfig(file, {}), logger);

  test('is the file as it was read, until somebody changes it', async () => {
    expect(app.configuration).toEqual({
      file,
      readAt: expect.stringMatching(/^20\d\d-/),
      hasChanged: false,
      waitingForRestart: [],
      refused: null,
    });
    writeFileSync(file, `# a comment\n${DEMO}desk: {port: 8574}\n`);
    expect(app.configuration.hasChanged).toBe(false);
    writeFileSync(file, `${DEMO}log: {level: warn}\n`);
    expect(app.configuration.hasChanged).toBe(true);
    await reloadFile();
    expect(app.configuration.hasChanged).toBe(false);
    rmSync(file);
    expect(app.configuration.hasChanged).toBe(true);
  });

  test('changes with the password that stands in a file of its own', async () => {
    const password = join(folder, 'password');
    writeFileSync(password, 'one');
    writeFileSync(file, DEMO.replace('url:', `passwordFile: ${password}, url:`));
    await reloadFile();
    expect(app.configuration).toMatchObject({ hasChanged: false, refused: null });
    writeFileSync(password, 'two');
    expect(app.configuration.hasChanged).toBe(true);
  });

  test('is told with the reason why a reload was refused, without a number, until one is taken', async () => {
    writeFileSync(file, `${DEMO}log: {level: "79161234567"}\n`);
    await reloadFile();
    expect(app.configuration).toMatchObject({
      hasChanged: true,
      refused: { problems: [expect.stringContaining('log.level: received "7916*****67"')] },
    });
    writeFileSync(file, DEMO);
    await reloadFile();
    expect(app.configuration).toMatchObject({ hasChanged: false, refused: null });
  });

  test('is told with the keys that wait for a restart', async () => {
    writeFileSync(file, `${DEMO}routing: {deadlineMs: 300}\n`);
    await reloadFile();
    expect(app.configuration.waitingForRestart).toEqual(['routing.deadlineMs']);
  });

  test('is never the demo database because the file has gone for a moment', async () => {
    await reload(app, () => ({ ...loadConfig(file, {}), file: null }), logger);
    expect(app.configuration.refused?.problems).toEqual([`${file}: is gone`]);
  });
});
