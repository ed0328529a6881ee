import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { eventually } from '../lab/eventually.ts';
import { Alarms } from './night/alarms.ts';
import { takeStock, type Ledger } from './night/ledger.ts';
import { DEADLINE_MS, startOffice, type Office } from './night/office.ts';
import { TROUBLES } from './night/troubles.ts';
import { startCallers } from './parts/callers.ts';
import { OutcomeTable, unanswered } from './parts/outcomes.ts';

/*
 * A bad night: calls go on, at the router and at Asterisk, while everything that two desks live on falls ill, one after the
 * other. Played are Asterisk and the receiver of webhooks; all else is real.
 */

const RATE = 20;
const NUMBERS = ['79161000011', '79162000001', '74952000201'];
/** How long each trouble lasts. */
const TROUBLE_MS = Number(process.env['CHAOS_SECONDS'] ?? 2) * 1000;
/** After which a part must be well again: the source of recordings is asked once a minute. */
const RECOVERY_MS = 90_000;

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
  '$title: every call is routed, and each reason is told once',
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
    // By one of the desks, once for each reason: the line ends, and then nobody answers.
    if (alarm !== undefined) {
      const alarmed = all.filter((text) => text.startsWith(alarm.message));
      expect(alarmed).toEqual([...new Set(alarmed)]);
    }
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
  const whole = (ledger?.whole ?? []).filter(({ from }) => recorded.has(from.number ?? ''));
  expect(whole.length).toBeGreaterThan(0);
  const states = new Map<string, string>();
  const isReady = async (id: string): Promise<boolean> => {
    if (states.get(id) === 'ready') return true;
    const recordings = (await desk.get(`/api/calls/${id}`)).body['recordings'] as { state: string }[];
    states.set(id, recordings.map(({ state }) => state).join());
    return states.get(id) === 'ready';
  };
  await eventually(
    'all recordings are ready',
    async () => {
      await sleep(1000);
      for (const { id } of whole) if (!(await isReady(id))) return false;
      return true;
    },
    180_000,
  ).catch(() => undefined);
  expect(whole.filter(({ id }) => states.get(id) !== 'ready').map(({ id }) => [id, states.get(id)])).toEqual(
    [],
  );
}, 240_000);

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
