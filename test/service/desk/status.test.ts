import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { statusOf, type WatchedParts } from '../../../src/desk/status/status.ts';
import type { ServerStatus } from '../../../src/monitoring/monitor.ts';
import { Cleanups } from '../../lab/cleanups.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

const OFF = { enabled: false, host: '127.0.0.1', port: 1, allow: [] };
const READY = {
  ready: true,
  source: 'live',
  ageSeconds: 0,
  liveError: null,
  liveProblem: null,
  problem: null,
} as const;

const parts = (changes: Partial<WatchedParts> = {}): WatchedParts => ({
  http: OFF,
  isDemo: false,
  probe: { check: async () => READY },
  names: { state: () => ({ missing: [], problem: null }) },
  desk: {
    role: 'following',
    followers: [{ status: { asterisk: 'main', state: 'followed', problem: null, since: null } }],
  },
  journal: { problem: undefined, waiting: 0 },
  damage: undefined,
  door: undefined,
  opening: { door: { problem: undefined }, survey: { problem: undefined } },
  recordings: undefined,
  feeds: { feeders: [] },
  ...changes,
});

const part = async (name: string, changes: Partial<WatchedParts>) =>
  (await statusOf(parts(changes))).find((one) => one.name === name);

test('all is well when it is', async () => {
  const states = (await statusOf(parts())).map(({ name, state }) => [name, state]);
  expect(states).toEqual([
    ['router', 'off'],
    ['database', 'good'],
    ['names', 'good'],
    ['asterisk', 'good'],
    ['journal', 'good'],
    ['door', 'off'],
    ['recordings', 'off'],
  ]);
});

const away = {
  asterisk: 'b',
  state: 'away',
  problem: 'connect ECONNREFUSED for 79161234567',
  since: null,
} as const;
test.each<[string, Partial<WatchedParts>, string, string, RegExp]>([
  [
    'a database that is away',
    { probe: { check: async () => ({ ...READY, ready: false, source: null, problem: 'no answer' }) } },
    'database',
    'bad',
    /no answer/,
  ],
  ['the demo company', { isDemo: true }, 'database', 'warning', /Демонстрационная/],
  [
    'names that may not be read',
    { names: { state: () => ({ missing: ['address.name'], problem: null }) } },
    'names',
    'warning',
    /коды.*address\.name/,
  ],
  [
    'names that cannot be read',
    { names: { state: () => ({ missing: null, problem: 'Access denied' }) } },
    'names',
    'bad',
    /Access denied/,
  ],
  ['a desk that stands by', { desk: { role: 'standby', followers: [] } }, 'asterisk', 'good', /другая/],
  ['a desk that starts', { desk: { role: 'starting', followers: [] } }, 'asterisk', 'warning', /запуск/],
  [
    'one of two Asterisks that is away',
    {
      desk: {
        role: 'following',
        followers: [
          { status: { asterisk: 'a', state: 'followed', problem: null, since: null } },
          { status: away },
        ],
      },
    },
    'asterisk b',
    'bad',
    /не видно: connect ECONNREFUSED for 7916\*+/,
  ],
  [
    'a journal that is full',
    { journal: { problem: 'disk full', waiting: 3 } },
    'journal',
    'bad',
    /3 звонка ждут/,
  ],
  [
    'a journal that is damaged',
    { damage: { damage: 'Tree 7 page 9: btreeInitPage() returns error code 11' } },
    'journal',
    'bad',
    /повреждён: Tree 7/,
  ],
  ['a door', { door: { connections: 2, isAlarmed: false } }, 'door', 'good', /2 подключения/],
  ['an alarm', { door: { connections: 2, isAlarmed: true } }, 'door', 'bad', /Тревога/],
  ...(['door', 'survey'] as const).map((name): [string, Partial<WatchedParts>, string, string, RegExp] => [
    `a port of the ${name} that is taken`,
    { opening: { ...parts().opening, [name]: { problem: `${name}.port: EADDRINUSE` } } },
    name,
    'bad',
    /EADDRINUSE/,
  ]),
  ['recordings', { recordings: { problem: undefined, waiting: 2 } }, 'recordings', 'good', /2 записи/],
  [
    'recordings that are away',
    { recordings: { problem: 'no host', waiting: 2 } },
    'recordings',
    'bad',
    /no host/,
  ],
  ['a feed', { feeds: { feeders: [{ name: 'crm', problem: '503' }] } }, 'feed crm', 'bad', /ждут: 503/],
  [
    'a feed that quotes a number',
    { feeds: { feeders: [{ name: 'crm', problem: 'Duplicate entry 79161234567' }] } },
    'feed crm',
    'bad',
    /Duplicate entry 7916\*+67/,
  ],
])('%s is told', async (_what, changes, name, state, text) => {
  const told = await part(name, changes);
  expect(told?.state).toBe(state);
  expect(told?.text.ru).toMatch(text);
  expect(told?.text.en).not.toMatch(/\p{Script=Cyrillic}/u);
});

describe('the router', () => {
  const SNAPSHOT = { numbers: 600_000, ageSeconds: 120 };
  const status = (changes: Partial<ServerStatus> = {}): ServerStatus => ({
    name: 'courier-agi',
    version: '1.2.3',
    pid: 1,
    uptimeSeconds: 60,
    calls: {
      total: 21,
      byStatus: { OK: 21, NO_TARGET: 0, UNKNOWN: 0, INVALID: 0, ERROR: 0 },
      byOutcome: { delivered: 21, left: 0, failed: 0 },
      overloaded: 0,
      refused: 0,
      acceptQueueResets: 0,
      listenerErrors: 0,
      checks: 0,
      silent: 0,
    },
    lastMinute: { call: null, lookup: null },
    sessions: 2,
    maxCalls: 1000,
    pool: { size: 1, used: 0, waiting: 0 },
    directory: { breakerOpen: false, problem: null, snapshot: SNAPSHOT, taking: null },
    configuration: {
      file: '/etc/courier-agi/courier-agi.yaml',
      readAt: '2026-03-03T12:30:00.000Z',
      hasChanged: false,
      waitingForRestart: [],
      refused: null,
    },
    ...changes,
  });

  /** What answers as the router would. */
  async function answering(body: unknown): Promise<Partial<WatchedParts>> {
    const server = createServer((_request, response) => response.end(JSON.stringify(body)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.add(async () => void server.close());
    const { port } = server.address() as AddressInfo;
    return { http: { ...OFF, enabled: true, port } };
  }

  test('and its snapshot are told as they are', async () => {
    const where = await answering(status());
    expect(await part('router', where)).toMatchObject({
      state: 'good',
      text: { ru: 'Версия 1.2.3, 21 звонок с запуска, сейчас 2 из 1000.' },
    });
    expect(await part('snapshot', where)).toMatchObject({
      state: 'good',
      text: { ru: '600000 номеров, возраст 2 минуты.' },
    });
  });

  test('whose last configuration was refused says so', async () => {
    const refused = { at: '2026-03-03T12:30:00.000Z', problems: ['dial.trunks: is no list'] };
    const where = await answering(status({ configuration: { ...status().configuration, refused } }));
    expect(await part('router', where)).toMatchObject({
      state: 'warning',
      remedy: { ru: expect.stringContaining('dial.trunks: is no list') },
    });
  });

  test('without its database works on the snapshot, and without that sends all to the operators', async () => {
    const directory = { breakerOpen: true, problem: 'no answer', snapshot: SNAPSHOT, taking: null };
    const onSnapshot = await answering(status({ directory }));
    expect((await part('router', onSnapshot))?.state).toBe('good');
    expect(await part('snapshot', onSnapshot)).toMatchObject({
      state: 'warning',
      text: { ru: expect.stringContaining('no answer') },
    });
    const onNothing = await answering(status({ directory: { ...directory, snapshot: null } }));
    expect(await part('router', onNothing)).toMatchObject({
      state: 'bad',
      text: { ru: expect.stringContaining('операторам') },
    });
    expect((await part('snapshot', onNothing))?.state).toBe('bad');
  });

  test.each([
    ['is another program', async () => answering({ name: 'nginx' })],
    ['does not run', async () => ({ http: { ...OFF, enabled: true } })],
  ])('that %s is told', async (_what, where) => {
    expect(await part('router', await where())).toMatchObject({
      state: 'bad',
      remedy: { ru: expect.stringContaining('courier-agi serve') },
    });
  });
});
