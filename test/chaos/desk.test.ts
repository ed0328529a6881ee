import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { type DeskProcess, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { startCallers } from './parts/callers.ts';
import { unanswered } from './parts/outcomes.ts';
import { Served } from './parts/served.ts';
import { SmallDisk } from './parts/small-disk.ts';

/*
 * Router and desk beside each other, on one configuration. Whatever happens to the desk, every call is routed as before.
 */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const RATE = 40;
const SECONDS = 3;
const DEADLINE_MS = 1500;

const cleanups = new Cleanups();
afterAll(cleanups.run, 60_000);

let asterisk: PlayedAsterisk;
let disk: SmallDisk;
let router: Served;
let desk: DeskProcess;

beforeAll(async () => {
  asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());

  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-desk-disk-'));
  cleanups.add(async () => rmSync(folder, { recursive: true, force: true }));
  disk = await SmallDisk.mount(folder, '16m');
  cleanups.add(async () => disk.unmount());

  desk = await startDeskProcess(disk, { ami: { port: asterisk.port, ...ACCOUNT } });
  cleanups.add(desk.kill);
  await desk.ready();
  router = await Served.start(
    JSON.stringify({
      listen: { port: 0 },
      http: { enabled: false },
      database: { url: 'demo:' },
      asterisk: {
        port: asterisk.port,
        ...ACCOUNT,
        secret: undefined,
        secretFile: join(folder, 'ami-secret'),
      },
      journal: { url: `sqlite:${join(folder, 'journal.db')}` },
    }),
  );
  cleanups.add(() => router.kill());
}, 60_000);

/** What each event of the desk's costs it, meanwhile. */
function playCalls(count: number): void {
  for (let n = 0; n < count; n += 1) {
    void asterisk.play(
      inbound(asterisk.ids, {
        from: `7916200${String(1000 + n)}`,
        to: '74950000000',
        rings: ['101', '102'],
        answeredBy: '101',
        ringSeconds: 0.2 + (n % 10) / 10,
        talkSeconds: 1,
        endedBy: 'caller',
      }),
    );
  }
}

async function expectEveryCallRouted(): Promise<void> {
  playCalls(60);
  const callers = await startCallers({
    port: router.port,
    numbers: ['79162000001', '79161000011', '74952000202'],
    durationMs: SECONDS * 1000,
    pace: { ratePerSecond: RATE },
    deadlineMs: DEADLINE_MS,
  });
  const report = await callers.report;
  expect(report.started).toBeGreaterThan((RATE * SECONDS) / 2);
  expect({
    unanswered: unanswered(report),
    late: report.late,
    notRouted: report.started - report.routed,
  }).toEqual({ unanswered: 0, late: 0, notRouted: 0 });
}

test('while the desk follows', expectEveryCallRouted, 30_000);

test("while the desk's disk is full; what it could not write then comes later", async () => {
  disk.fill();
  await expectEveryCallRouted();
  await eventually('the desk tells it', async () => (await desk.get('/ready')).status === 503);
  expect((await desk.get('/health')).status).toBe(200);
  disk.free();
  await desk.ready();
  await eventually('all calls are in the journal', async () => {
    const calls = await desk.calls();
    return (
      calls.length === 120 &&
      calls.every(({ state, completeness }) => state === 'ended' && completeness === 'whole')
    );
  });
}, 60_000);

test('while the desk is frozen', async () => {
  process.kill(desk.pid, 'SIGSTOP');
  await expectEveryCallRouted();
  process.kill(desk.pid, 'SIGCONT');
  await desk.ready();
}, 60_000);

test('while the desk is dead', async () => {
  await desk.kill();
  await sleep(100);
  await expectEveryCallRouted();
}, 60_000);
