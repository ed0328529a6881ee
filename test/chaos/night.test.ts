import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { eventually } from '../lab/eventually.ts';
import { Alarms } from './night/alarms.ts';
import { takeStock, type Ledger } from './night/ledger.ts';
import { startOffice, type Office } from './night/office.ts';
import { startCallers } from './parts/callers.ts';
import { OutcomeTable, unanswered } from './parts/outcomes.ts';

/*
 * A bad night: calls go on, at the router and at Asterisk, while everything that two desks live on falls ill, one after the
 * other. Played are Asterisk and the receiver of webhooks; all else is real.
 */

const RATE = 20;
const DEADLINE_MS = 1500;
const NUMBERS = ['79161000011', '79162000001', '74952000201'];
/** How long each trouble lasts. */
const TROUBLE_MS = Number(process.env['CHAOS_SECONDS'] ?? 3) * 1000;
/** After which a part must be well again: the source of recordings is asked once a minute. */
const RECOVERY_MS = 90_000;

interface Trouble {
  readonly title: string;
  readonly begin: (office: Office) => Promise<void> | void;
  readonly end: (office: Office) => Promise<void> | void;
  /** What somebody is told of it, once, when it lasts so long. */
  readonly alarm?: { readonly message: string; readonly afterMs: number };
  /** Default: as the others. */
  readonly lastsMs?: number;
}

const JOURNAL = 'journal cannot be written';
const SOURCE = 'recordings cannot be collected';
const FEED = 'feed is not taken';
const ASTERISK = 'Asterisk is not followed';

/** Longer than a desk keeps the work of following to itself. */
const LEASE_MS = 10_000;

const TROUBLES: readonly Trouble[] = [
  {
    title: 'FTP server dead',
    begin: ({ ftp }) => ftp.down(),
    end: ({ ftp }) => ftp.up(),
    alarm: { message: SOURCE, afterMs: 8000 },
  },
  {
    title: 'FTP server frozen',
    begin: ({ ftp }) => ftp.freeze(),
    end: ({ ftp }) => ftp.thaw(),
    alarm: { message: SOURCE, afterMs: 60_000 },
  },
  {
    title: 'disk of the recordings full',
    begin: ({ mirrorDisk }) => mirrorDisk.fill(),
    end: ({ mirrorDisk }) => mirrorDisk.free(),
    alarm: { message: SOURCE, afterMs: 20_000 },
  },
  {
    title: 'receiver of webhooks refuses',
    begin: ({ hook }) => void (hook.mood = 'refuses'),
    end: ({ hook }) => void (hook.mood = 'well'),
    alarm: { message: FEED, afterMs: 6000 },
    lastsMs: 7000,
  },
  {
    title: 'receiver of webhooks dead',
    begin: ({ hook }) => hook.stop(),
    end: ({ hook }) => hook.start(),
    alarm: { message: FEED, afterMs: 6000 },
  },
  {
    title: 'receiver of webhooks says nothing',
    begin: ({ hook }) => void (hook.mood = 'says nothing'),
    end: ({ hook }) => void (hook.mood = 'well'),
    alarm: { message: FEED, afterMs: 60_000 },
  },
  {
    title: 'receiver of webhooks slow',
    begin: ({ hook }) => void (hook.mood = 'is slow'),
    end: ({ hook }) => void (hook.mood = 'well'),
  },
  {
    title: 'database of the company dead',
    begin: ({ company }) => company.server.stop(),
    end: async ({ company }) => {
      company.server = await company.home.start();
    },
  },
  {
    title: 'database of the company frozen',
    begin: ({ company }) => company.server.freeze(),
    end: ({ company }) => company.server.thaw(),
  },
  {
    title: 'database of the company 300 ms away',
    begin: ({ company }) => company.line.delay(300),
    end: ({ company }) => company.line.delay(0),
  },
  {
    title: 'disk of the company full',
    begin: ({ company }) => company.disk.fill(),
    end: ({ company }) => company.disk.free(),
  },
  {
    title: 'database of the journal dead',
    begin: ({ journal }) => journal.server.stop(),
    end: async ({ journal }) => {
      journal.server = await journal.home.start();
    },
    alarm: { message: JOURNAL, afterMs: 0 },
  },
  {
    title: 'database of the journal frozen',
    begin: ({ journal }) => journal.server.freeze(),
    end: ({ journal }) => journal.server.thaw(),
    alarm: { message: JOURNAL, afterMs: 8000 },
  },
  {
    title: 'database of the journal 300 ms away',
    begin: ({ journal }) => journal.line.delay(300),
    end: ({ journal }) => journal.line.delay(0),
  },
  {
    title: 'disk of the journal full',
    begin: ({ journal }) => journal.disk.fill(),
    end: ({ journal }) => journal.disk.free(),
  },
  {
    title: 'line to Asterisk cut',
    begin: ({ line }) => line.cut(),
    end: ({ line }) => line.mend(),
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'line to Asterisk forgotten by a firewall',
    begin: ({ line }) => line.forgetConnections(),
    end: () => undefined,
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'Asterisk dead',
    begin: ({ calls }) => calls.cut(),
    end: async ({ asterisk, calls }) => {
      await asterisk.start();
      calls.begin();
    },
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'the desk that follows killed',
    begin: async (office) => {
      const desk = await office.following();
      office.desks.splice(office.desks.indexOf(desk), 1);
      await desk.kill();
    },
    end: async (office) => void (await office.startDesk()),
    lastsMs: LEASE_MS,
  },
  {
    title: 'the desk that follows frozen',
    begin: async (office) => {
      frozen = (await office.following()).pid;
      process.kill(frozen, 'SIGSTOP');
    },
    end: () => void process.kill(frozen, 'SIGCONT'),
    lastsMs: LEASE_MS,
  },
  {
    title: 'the other desk killed',
    begin: async (office) => {
      const following = await office.following();
      const other = office.desks.find((desk) => desk !== following);
      if (other === undefined) throw new Error('There is no other desk.');
      office.desks.splice(office.desks.indexOf(other), 1);
      await other.kill();
    },
    end: async (office) => void (await office.startDesk()),
  },
];
let frozen = 0;

const cleanups = new Cleanups();
const routed = new OutcomeTable();
const told: string[] = [];
let office: Office;
let ledger: Ledger | undefined;

beforeAll(async () => {
  office = await startOffice(cleanups);
  office.calls.begin();
}, SERVER_START_MS);
afterAll(async () => {
  routed.print();
  const night =
    ledger === undefined
      ? []
      : [
          `${office.calls.all.length} calls: ${ledger.whole.length} whole, ${ledger.partial} in part, ` +
            `${ledger.inGaps} within gaps of ${ledger.gapSeconds.toFixed(1)} s in all, ${ledger.wrong.length} wrong`,
        ];
  process.stdout.write(`${[...told, ...night].join('\n')}\n\n`);
  await cleanups.run();
}, 120_000);

test.each(TROUBLES)(
  '$title: every call is routed, and it is told once',
  async ({ title, begin, end, alarm, lastsMs = 0 }) => {
    const { desks } = office;
    const alarms = new Alarms(desks);
    const callers = await startCallers({
      port: office.router.port,
      numbers: NUMBERS,
      durationMs: 600_000,
      pace: { ratePerSecond: RATE },
      deadlineMs: DEADLINE_MS,
    });
    try {
      await sleep(500);
      const startedAt = Date.now();
      await begin(office);
      await sleep(Math.max(lastsMs, TROUBLE_MS));
      const lastedMs = Date.now() - startedAt;
      await end(office);
      if (alarm !== undefined && lastedMs >= alarm.afterMs)
        await eventually(`"${alarm.message}"`, () => alarms.count(desks, alarm.message) > 0, 30_000);
      await eventually('the desks are well', () => areWell(office), RECOVERY_MS);
    } finally {
      await callers.stop();
    }
    const report = await callers.stop();
    routed.add(title, report);
    expect(report).toMatchObject({ late: 0, closed: 0, refused: 0, errors: 0 });
    expect([unanswered(report), report.started - report.routed]).toEqual([0, 0]);

    const all = desks.flatMap((desk) => alarms.of(desk));
    told.push(...all.map((text) => `${title}: ${text}`));
    if (alarm !== undefined)
      expect(all.filter((text) => text.startsWith(alarm.message)).length).toBeLessThanOrEqual(1);
    for (const desk of desks) {
      const alarmed = alarms.of(desk);
      expect(alarmed).toEqual([...new Set(alarmed)]);
    }
  },
  RECOVERY_MS + 120_000 + TROUBLE_MS * 2,
);

test('no call is missing from the journal that no gap tells of', async () => {
  await office.calls.over();
  const desk = await office.following();
  await eventually(
    'the journal is at rest',
    async () => {
      await sleep(500);
      ledger = await takeStock(desk, office.calls.all);
      return ledger.wrong.length === 0;
    },
    30_000,
  ).catch(() => undefined);
  expect(ledger?.wrong).toEqual([]);
  // Nothing ill befell the most of them.
  expect(ledger?.whole.length).toBeGreaterThan(office.calls.all.length / 2);
}, 60_000);

test('the receiver of webhooks was told of each call, its end first', async () => {
  const ids = ledger?.whole.map(({ id }) => id) ?? [];
  await eventually('all have arrived', () => ids.every((id) => office.hook.taken.has(id)), 60_000);
  for (const id of ids) expect(office.hook.taken.get(id)?.[0]).toBe('call.ended');
}, 90_000);

test('each recording of a call that was seen as a whole is there, once', async () => {
  const desk = await office.following();
  const recorded = new Set(office.calls.all.filter(({ isCut }) => !isCut).map(({ number }) => number));
  const wanted = (ledger?.whole ?? []).filter(({ from }) => recorded.has(from.number ?? ''));
  const waiting = new Set(wanted.map(({ id }) => id));
  await eventually(
    'all recordings are ready',
    async () => {
      await sleep(200);
      for (const { body } of await Promise.all(
        [...waiting].slice(0, 20).map((id) => desk.get(`/api/calls/${id}`)),
      )) {
        const recordings = body['recordings'] as { state: string }[];
        if (recordings.map(({ state }) => state).join() === 'ready') waiting.delete(String(body['id']));
      }
      return waiting.size === 0;
    },
    180_000,
  );
}, 200_000);

/** One follows Asterisk, the journal is written, recordings are collected. */
async function areWell({ desks }: Office): Promise<boolean> {
  await sleep(200);
  const states = await Promise.all(
    desks.map((desk) =>
      desk.get('/ready').then(
        ({ status, body }) => ({
          isReady: status === 200 && (body['recordings'] as { problem: unknown } | null)?.problem === null,
          role: body['role'],
        }),
        () => ({ isReady: false, role: undefined }),
      ),
    ),
  );
  return (
    states.every(({ isReady }) => isReady) && states.filter(({ role }) => role === 'following').length === 1
  );
}
