import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import type { Script } from '../../src/simulator/ami/script.ts';
import { inbound, missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import {
  makeDeskHome,
  readGaps,
  startDeskProcess,
  type DeskHome,
  type DeskSettings,
} from '../lab/desk-process.ts';
import { buildProgram } from '../lab/build-program.ts';

/*
 * The real desk, as a process, on a played Asterisk: here it counts what the desk does when something ends, breaks or
 * comes back. That calls are seen as they are on a real Asterisk is held by test/asterisk/desk.test.ts.
 */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const ANNA = '79162000001';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function startPlayed(): Promise<PlayedAsterisk> {
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  return asterisk;
}

async function makeHome(): Promise<DeskHome> {
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  return home;
}

async function startDesk(home: DeskHome, asterisk: PlayedAsterisk, settings: Partial<DeskSettings> = {}) {
  const desk = await startDeskProcess(home, { ami: { port: asterisk.port, ...ACCOUNT }, ...settings });
  cleanups.add(desk.kill);
  return desk;
}

const talkScript = (asterisk: PlayedAsterisk, talkSeconds: number, from = ANNA): Script =>
  inbound(asterisk.ids, {
    from,
    to: '74950000000',
    rings: ['101', '102'],
    answeredBy: '101',
    ringSeconds: 0.3,
    talkSeconds,
    endedBy: 'caller',
  });

const talk = (asterisk: PlayedAsterisk, talkSeconds: number, from = ANNA) =>
  asterisk.play(talkScript(asterisk, talkSeconds, from));

/** A talk that ends when the test says so. @returns ends it */
function openTalk(asterisk: PlayedAsterisk): () => Promise<void> {
  const script = talkScript(asterisk, 60);
  void asterisk.play(script.filter(({ atMs }) => atMs < 60_000));
  const end = script.filter(({ atMs }) => atMs >= 60_000).map((one) => ({ ...one, atMs: 0 }));
  return () => asterisk.play(end);
}

async function eventually(what: string, condition: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}

test('the demo of the desk plays its morning and finds all of it in the journal', async () => {
  const main = await buildProgram();
  const child = spawn(process.execPath, [main, 'desk', 'demo', '--check'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  expect(output).toMatch(/6 calls played, 6 in the journal, 0 wrong\n$/);
  expect(child.exitCode).toBe(0);
}, 60_000);

test('a call is in the journal while it lasts, and as it was when it is over', async () => {
  const asterisk = await startPlayed();
  const desk = await startDesk(await makeHome(), asterisk);
  await desk.ready();
  const played = talk(asterisk, 2);
  await eventually('the call is talking', async () => (await desk.calls())[0]?.state === 'talking');
  await played;
  await eventually('the call has ended', async () => (await desk.calls())[0]?.state === 'ended');
  const calls = await desk.calls();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    direction: 'in',
    outcome: 'answered',
    from: { number: ANNA },
    answeredBy: { extension: '101', user: 'olga' },
    completeness: 'whole',
  });
  expect(calls[0]?.links).toContainEqual({ kind: 'shipment', code: 70_001, how: 'matched', rank: 1 });
  expect(await desk.terminate()).toBe(0);
});

test('after a crash: calls that still last go on, those that ended are closed, and the gap is told', async () => {
  const asterisk = await startPlayed();
  const home = await makeHome();
  const first = await startDesk(home, asterisk);
  await first.ready();
  const endLong = openTalk(asterisk);
  const short = talk(asterisk, 2, '79269876543');
  await talk(asterisk, 0.3, '79031234567');
  await eventually('one has ended, two are talking', async () => {
    const states = (await first.calls()).map(({ state }) => state);
    return states.filter((state) => state === 'talking').length === 2 && states.includes('ended');
  });
  await first.kill();
  await short;
  const second = await startDesk(home, asterisk);
  await second.ready();
  // The lease of a process that is gone is nobody's.
  expect(second.log()).not.toContain('another desk follows the calls');
  await endLong();
  await eventually('all have ended', async () =>
    (await second.calls()).every(({ state }) => state === 'ended'),
  );

  const calls = new Map((await second.calls()).map((call) => [call.from.number, call]));
  expect(calls.size).toBe(3);
  expect(calls.get('79031234567')).toMatchObject({ outcome: 'answered', completeness: 'whole' });
  // Both people were seen talking; the end was not seen.
  expect(calls.get('79269876543')).toMatchObject({
    outcome: 'answered',
    completeness: 'partial',
    endedBy: null,
  });
  expect(calls.get(ANNA)).toMatchObject({ outcome: 'answered', completeness: 'rebuilt' });
  expect(calls.get(ANNA)?.seconds.ring).toBeCloseTo(0.3, 0);
  expect(await readGaps(home)).toEqual([expect.objectContaining({ reason: 'The desk did not run.' })]);
}, 60_000);

test('a damaged journal is told when the desk is started, and left as it is', async () => {
  const asterisk = await startPlayed();
  const home = await makeHome();
  const desk = await startDesk(home, asterisk);
  await desk.ready();
  await talk(asterisk, 0.2);
  await eventually('the call has ended', async () => (await desk.calls())[0]?.state === 'ended');
  expect(await desk.terminate()).toBe(0);
  const file = join(home.folder, 'journal.db');
  const content = await readFile(file);
  content.fill('damage', 100);
  await writeFile(file, content);
  await expect(startDesk(home, asterisk)).rejects.toThrow(/The journal .*malformed/);
  expect((await readFile(file)).equals(content)).toBe(true);
}, 60_000);

test('after a cut of the line: what ended meanwhile is closed and not invented, and the gap is told', async () => {
  const asterisk = await startPlayed();
  const home = await makeHome();
  const desk = await startDesk(home, asterisk);
  await desk.ready();
  const call = talk(asterisk, 60);
  await eventually('somebody talks', async () => (await desk.calls())[0]?.state === 'talking');
  await asterisk.stop();
  await eventually('it is told', async () => (await desk.get('/ready')).status === 503);
  await asterisk.start();
  await desk.ready();
  await call;
  await eventually('the call is closed', async () => (await desk.calls())[0]?.state === 'ended');
  const calls = await desk.calls();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ outcome: 'answered', completeness: 'partial', missed: false });
  expect(await readGaps(home)).toHaveLength(1);
  expect(
    desk
      .log()
      .split('\n')
      .filter((line) => line.includes('Asterisk is not followed')).length,
  ).toBeLessThan(4);
}, 60_000);

test('killed while Asterisk was away: the gap begins when it was last followed', async () => {
  const asterisk = await startPlayed();
  const home = await makeHome();
  const first = await startDesk(home, asterisk);
  await first.ready();
  const stoppedAt = Date.now();
  await asterisk.stop();
  await eventually('it is told', async () => (await first.get('/ready')).status === 503);
  // The desk lives on meanwhile.
  await sleep(3000);
  await first.kill();
  await asterisk.start();
  const second = await startDesk(home, asterisk);
  await second.ready();
  await eventually('the gap has ended', async () =>
    (await readGaps(home)).every(({ from, until }) => from < until),
  );
  const gaps = await readGaps(home);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.reason).toMatch(/closed the connection.* The desk did not run\.$/);
  expect(Date.parse(gaps[0]?.from ?? '')).toBeLessThan(stoppedAt + 500);
  expect(Date.parse(gaps[0]?.until ?? '')).toBeGreaterThan(stoppedAt + 3000);
}, 60_000);

test('a missed call is open until somebody speaks with that number again', async () => {
  const asterisk = await startPlayed();
  const desk = await startDesk(await makeHome(), asterisk);
  await desk.ready();
  await asterisk.play(
    missed(asterisk.ids, {
      from: ANNA,
      to: '74950000000',
      rings: ['101'],
      ringSeconds: 0.5,
      because: 'caller gives up',
    }),
  );
  const open = async () => ((await desk.get('/api/calls?open=1')).body['calls'] as unknown[]).length;
  await eventually('it is open', async () => (await open()) === 1);
  const back = talk(asterisk, 3);
  await eventually('it is not, while they still talk', async () => (await open()) === 0);
  expect((await desk.calls()).find(({ missed: isMissed }) => isMissed)?.calledBackAt).not.toBeNull();
  await back;
});

describe('desks on MariaDB', () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await startMariadb();
    await server.sql('create database journal');
  }, SERVER_START_MS);
  afterAll(() => server.stop());

  test('a journal whose network falls silent is told, and does not keep the desk from stopping', async () => {
    const asterisk = await startPlayed();
    const url = new URL(server.url('journal'));
    const line = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    cleanups.add(() => line.stop());
    url.port = String(line.port);
    const desk = await startDesk(await makeHome(), asterisk, { journalUrl: url.href });
    await desk.ready();
    line.delay(3_600_000);
    await talk(asterisk, 1);
    await eventually('it is told', async () => (await desk.get('/ready')).status === 503, 30_000);
    expect(await desk.terminate()).toBe(0);
    expect(desk.log()).toMatch(/journal cannot be written/);
    expect(desk.log()).toMatch(/ETIMEDOUT|did not answer within 5 s/);
  }, 90_000);

  test('one follows; when it is killed the other one takes over within 10 s, and no call is there twice', async () => {
    const asterisk = await startPlayed();
    const settings = { journalUrl: server.url('journal') };
    const first = await startDesk(await makeHome(), asterisk, settings);
    await first.ready();
    const second = await startDesk(await makeHome(), asterisk, settings);
    await second.ready();
    expect((await first.get('/ready')).body['role']).toBe('following');
    await eventually(
      'the second stands by',
      async () => (await second.get('/ready')).body['role'] === 'standby',
    );

    const endCall = openTalk(asterisk);
    // Either desk tells what the journal has.
    await eventually('both see the call', async () => (await second.calls())[0]?.state === 'talking');
    await first.kill();
    const killedAt = Date.now();
    // What ends before it has reached Asterisk is lost to it.
    await eventually('the second follows', async () => {
      const { status, body } = await second.get('/ready');
      return status === 200 && body['role'] === 'following';
    });
    expect(Date.now() - killedAt).toBeLessThan(10_000);
    await endCall();
    await eventually('the call has ended', async () => (await second.calls())[0]?.state === 'ended');
    const calls = await second.calls();
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ outcome: 'answered', completeness: 'rebuilt' });
  }, 90_000);
});
