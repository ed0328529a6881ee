import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound, originated } from '../../src/simulator/ami/stories.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { doorRequest } from '../lab/door-request.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { ensurePackage } from '../lab/packages.ts';
import { runPromtool, startPrometheus, type Prometheus } from '../lab/prometheus.ts';
import { startServerProcess, type ServerProcess } from '../lab/server-process.ts';

/*
 * The alerts, the dashboards and what both services expose, with a real Prometheus and its promtool. That they name what
 * is exposed, and that what they count begins at 0, is held by test/unit/deploy/metrics-names.test.ts.
 */

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RULES = pathOf('../../deploy/prometheus-alerts.yaml');
const PLAYED = pathOf('prometheus-alerts.played.yaml');

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const ANNA = '79162000001';

// It may have to be installed first.
beforeAll(() => ensurePackage('promtool', 'prometheus'), 600_000);

describe('promtool', () => {
  test('takes the alerts', async () => {
    expect(await runPromtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
  });

  test('sees each alert fire where it must, with its words, and be silent where it must', async () => {
    const { status, said } = await runPromtool(['test', 'rules', PLAYED]);
    expect(said).not.toContain('FAILED');
    expect(status).toBe(0);
  }, 120_000);

  test('has a moment for each alert at which it must fire, and one at which it must not', async () => {
    const rules = z
      .object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string() })) })) })
      .parse(parse(await readFile(RULES, 'utf8')))
      .groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    const moment = z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) });
    const moments = z
      .object({ tests: z.array(z.object({ alert_rule_test: z.array(moment) })) })
      .parse(parse(await readFile(PLAYED, 'utf8')))
      .tests.flatMap((one) => one.alert_rule_test);
    const playedWhere = (isFiring: boolean) =>
      new Set(
        moments
          .filter(({ exp_alerts: expected }) => expected.length > 0 === isFiring)
          .map(({ alertname }) => alertname),
      );
    expect([...playedWhere(true)].toSorted()).toEqual(rules.toSorted());
    expect([...playedWhere(false)].toSorted()).toEqual(rules.toSorted());
  });
});

interface Watched {
  readonly server: ServerProcess;
  readonly httpPort: number;
  readonly desk: DeskProcess;
  readonly doorPort: number;
  readonly prometheus: Prometheus;
}

describe('a Prometheus that scrapes a server and a desk', () => {
  const cleanups = new Cleanups();
  afterAll(cleanups.run);
  let watched: Watched;
  beforeAll(async () => {
    watched = await startWatched(cleanups);
    await makeCalls(watched);
  }, 120_000);

  test('finds both up, and complains of nothing', async () => {
    const found = async () =>
      (await watched.prometheus.targets())
        .map(({ labels, health, lastError }) => `${labels['job']} ${health} ${lastError}`)
        .toSorted();
    // A scrape may be late on a busy machine.
    let seen: string[] = [];
    await eventually('both are up', async () => {
      seen = await found();
      return seen.every((one) => one.includes(' up '));
    });
    expect(seen).toEqual(['courier-agi up ', 'courier-agi-desk up ']);
    expect(watched.prometheus.complaints()).toEqual([]);
  });

  test('promtool finds no fault with what they expose, but for names of prom-client', async () => {
    for (const port of [watched.httpPort, watched.desk.port]) {
      const exposed = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const { said } = await runPromtool(['check', 'metrics'], exposed);
      const faults = said.split('\n').filter((line) => line !== '');
      expect(faults.filter((line) => !/^nodejs_active_\w+_total non-counter/.test(line))).toEqual([]);
    }
  });

  test('has an answer for each panel of the dashboards, but for what a demo database lacks', async () => {
    const empty = new Set<string>();
    for (const { title, expr } of await readPanels()) {
      const samples = await watched.prometheus.query(
        expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '127.0.0.1:.*'),
      );
      if (samples.length === 0) empty.add(title);
    }
    expect([...empty]).toEqual(['Breaker', 'Snapshot age', 'Snapshot numbers']);
  });

  test.each([
    ['Calls by status', 'OK', 'sum(increase(courier_agi_calls_total{status="OK"}[5m]))'],
    ['Errors by code', 'the first', 'sum(increase(courier_agi_call_errors_total[5m]))'],
    ['Calls that the desk made', 'the first', 'sum(increase(courier_agi_desk_calls_made[5m]))'],
    ['Calls that were not made', 'the first', 'sum(increase(courier_agi_desk_calls_refused[5m]))'],
    ['Door', 'the first refusal', 'sum(increase(courier_agi_desk_door_refusals[5m]))'],
  ])('counts on the panel %s: %s', async (_panel, _what, expr) => {
    const [sample] = await watched.prometheus.query(expr);
    expect(Number(sample?.value[1])).toBeGreaterThan(0);
  });

  test('tells that they are killed, and no alert before', async () => {
    const firing = async () =>
      (await watched.prometheus.alerts())
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels['alertname'] ?? '')
        .toSorted();
    expect(await firing()).toEqual([]);
    await Promise.all([watched.server.kill(), watched.desk.kill()]);
    const expected = ['CourierAgiDeskDown', 'CourierAgiDeskNobodyFollows', 'CourierAgiDown'];
    await eventually('the alerts', async () => (await firing()).length >= expected.length, 30_000);
    expect(await firing()).toEqual(expected);
    expect(await watched.prometheus.query('up == 1')).toEqual([]);
  }, 60_000);
});

/** A minute becomes 3 s. What waits for longer, such as for a loop that is late, does so on a busy machine, too. */
async function hurriedRules(): Promise<string> {
  return (await readFile(RULES, 'utf8')).replaceAll(/^( +for:) 1m$/gm, '$1 3s');
}

async function startWatched(cleanups: Cleanups): Promise<Watched> {
  const httpPort = await freeTcpPort();
  const server = await startServerProcess(
    `listen: { port: 0 }\nhttp: { port: ${httpPort} }\ndatabase: { url: 'demo:' }\n`,
  );
  cleanups.add(server.kill);

  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: ACCOUNT,
    speed: 10,
    onOriginate: (ids, request) =>
      originated(ids, { ...request, ringSeconds: 0.2, outcome: 'both answer', talkSeconds: 0.5 }),
  });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const path = (name: string): string => join(home.folder, name);
  await writeFile(path('door-secret'), ACCOUNT.secret);
  for (const folder of ['feed', 'recordings', 'mirror']) await mkdir(path(folder));
  const doorPort = await freeTcpPort();
  const door = { username: 'measoft', secretFile: path('door-secret'), allow: ['127.0.0.1'] };
  const desk = await startDeskProcess(home, {
    ami: { port: asterisk.port, ...ACCOUNT },
    sections: {
      calls: { callerId: '74951234567' },
      door: { enabled: true, host: '127.0.0.1', port: doorPort, hours: '00:00-24:00', accounts: [door] },
      survey: { port: 0 },
      feeds: [{ folder: path('feed') }],
      recordings: { source: path('recordings'), mirror: path('mirror') },
    },
  });
  cleanups.add(desk.kill);
  await desk.ready();

  const prometheus = await startPrometheus(
    { 'courier-agi': httpPort, 'courier-agi-desk': desk.port },
    await hurriedRules(),
  );
  cleanups.add(prometheus.stop);
  await scrapes(prometheus, 2);
  const talk = { from: ANNA, to: '74950000000', rings: ['101'], answeredBy: '101' };
  await asterisk.play(inbound(asterisk.ids, { ...talk, ringSeconds: 1, talkSeconds: 5, endedBy: 'caller' }));
  return { server, httpPort, desk, doorPort, prometheus };
}

/** Waits until each target was scraped so many times more. */
async function scrapes(prometheus: Prometheus, more: number): Promise<void> {
  const counts = async () =>
    (await prometheus.query('count_over_time(up[1h])')).map(({ value }) => Number(value[1]));
  const seen = await counts();
  const before = seen.length === 2 ? Math.max(...seen) : 0;
  await eventually(
    'scrapes',
    async () => {
      const now = await counts();
      return now.length === 2 && Math.min(...now) >= before + more;
    },
    30_000,
  );
}

/** One of each that is counted. */
async function makeCalls({ server, doorPort, desk, prometheus }: Watched): Promise<void> {
  for (const number of [ANNA, '79990001122', 'anonymous']) {
    const environment = new Map([['agi_callerid', number]]);
    await playCall({ host: '127.0.0.1', port: server.port }, { environment, presets: new Map() });
  }
  const unreadable = new Map([['agi_network_script', 'none']]);
  await playCall({ host: '127.0.0.1', port: server.port }, { environment: unreadable, presets: new Map() });
  const strange = { from: { courier: 999 }, to: { extension: '101' } };
  expect(await desk.send('POST', '/api/calls', strange)).toMatchObject({ status: 409 });
  for (const exten of [ANNA, '79990001122']) {
    const channel = 'SIP/t/+79161000011';
    const door = connect(doorPort, '127.0.0.1');
    door.write(doorRequest({ username: 'measoft', secret: ACCOUNT.secret, channel, exten, logoff: true }));
    await text(door);
  }
  await eventually('the call of the door', async () =>
    (await desk.calls()).some(({ direction, state }) => direction === 'courier' && state === 'ended'),
  );
  await scrapes(prometheus, 2);
}

async function readPanels(): Promise<{ title: string; expr: string }[]> {
  const file = z.object({
    panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
  });
  const dashboards = ['grafana-dashboard.json', 'grafana-dashboard-desk.json'].map(async (name) =>
    file.parse(JSON.parse(await readFile(pathOf(`../../deploy/${name}`), 'utf8'))),
  );
  return (await Promise.all(dashboards)).flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr }))),
  );
}
