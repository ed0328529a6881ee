import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createApi } from '../../../src/api/api.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import type { Accounts } from '../../../src/accounts/accounts.ts';
import type { Client, Role } from '../../../src/accounts/client.ts';
import { Tokens } from '../../../src/accounts/tokens.ts';
import { CallEvents } from '../../../src/api/call-events.ts';
import { DirectoryTimeoutError } from '../../../src/directory/directory.ts';
import { JournalStoreError } from '../../../src/journal/errors.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { HttpListener } from '../../../src/net/http-listener.ts';
import { SurveyStore } from '../../../src/survey/survey.store.ts';
import { Surveys } from '../../../src/survey/surveys.ts';
import { nobody } from '../../../src/routing/decision.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall, missedCall, outside } from '../../lab/journal/sample-calls.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const ANNA = '79161234567';
const HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script>';
const TOKEN = 'a-token-of-at-least-twenty-characters';

let role: Role = 'operator';
const clients = new Set([TOKEN]);
let folder: string;
let journal: Journal;
const events = new CallEvents(() => false);
const touch = jest.fn();
const explain = jest.fn<DeskApi['explain']>();
const onError = jest.fn();
const surveys = new Surveys({
  journal: () => journal.store,
  store: new SurveyStore({ engine: 'sqlite', onAnswer: () => Promise.resolve() }),
  isOpen: () => true,
  lowMark: 2,
  onAnswer: jest.fn(),
});
const ends = new Set<() => void>();

let made: ReturnType<typeof createApi> | undefined;
const api = () =>
  (made ??= createApi(
    deskApi({
      journal,
      events,
      touch,
      surveys,
      explain,
      accounts: tokenAccounts((token) => (clients.has(token) ? client({ role, name: token }) : null)),
      normalise: (raw) => (raw === '101' ? null : ANNA),
      timeZone: 'Asia/Yekaterinburg',
      onEventsEnd: (end) => {
        ends.add(end);
        return () => void ends.delete(end);
      },
      onError,
    }),
  ));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-api-'));
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
  });
  await journal.start();
  await journal.store.save([
    answeredCall(1, ANNA),
    missedCall(2, '79269876543'),
    answeredCall(3, ANNA, { direction: 'courier', from: outside('79161000011'), to: outside(ANNA) }),
    missedCall(4, ANNA, { from: { ...outside(ANNA), number: null, raw: HOSTILE } }),
  ]);
});
afterAll(async () => {
  await journal.stop(100);
  await rm(folder, { recursive: true, force: true });
});
const cleanups = new Cleanups();
afterEach(cleanups.run);

async function ask(path: string, init: RequestInit = {}, token: string | null = TOKEN) {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(init.headers as Record<string, string> | undefined),
  };
  const response = await api().request(path, { ...init, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const { status, headers: answered } = response;
  return { status, headers: answered, text, body: isJson ? JSON.parse(text) : null };
}
const idsOf = (body: { calls: { id: string }[] }) => body.calls.map(({ id }) => id.split('.')[1]);

describe('who may ask', () => {
  test.each([null, 'another-token-of-twenty-characters', '', 'x y', '../../etc/passwd'])(
    'not %j',
    async (token) => {
      const { status, body } = await ask('/api/calls', {}, token);
      expect([status, body.error.code]).toEqual([401, 'unauthorized']);
      expect(body.error.message).toMatch(/^Войдите или пришлите токен/);
    },
  );

  test.each(['/health', '/ready', '/metrics'])('%s needs no token, and shows no call', async (path) => {
    const { status, text } = await ask(path, {}, null);
    expect(status).toBe(200);
    expect(text).not.toContain(ANNA);
  });

  test.each(['/api/events', '/api/people?number=1', '/api/openapi.json', '/api/shipments/1/attempts'])(
    '%s needs one',
    async (path) => {
      expect((await ask(path, {}, null)).status).toBe(401);
    },
  );
});

describe('/api/surveys', () => {
  const review = (changes: object) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: '4711',
      question: 'delivery',
      value: 4,
      at: '2026-11-26T11:00:00+03:00',
      shipment: 70_009,
      ...changes,
    }),
  });
  afterEach(() => {
    role = 'operator';
  });

  test('keeps reviews from elsewhere, and tells again those that changed', async () => {
    role = 'supervisor';
    expect((await ask('/api/surveys', review({}))).status).toBe(204);
    const first = (await ask('/api/surveys')).body;
    expect(first.answers).toMatchObject([
      { id: 'review:4711', call: null, value: 4, at: '2026-11-26T08:00:00.000Z', shipment: 70_009 },
    ]);
    expect((await ask(`/api/surveys?after=${first.next}`)).body).toEqual({ answers: [], next: first.next });
    await ask('/api/surveys', review({ value: null, comment: '<b>Не позвонили</b>' }));
    const second = (await ask(`/api/surveys?after=${first.next}&shipment=70009`)).body;
    expect(second.answers).toMatchObject([{ value: null, comment: '<b>Не позвонили</b>' }]);
    expect((await ask('/api/surveys?shipment=1')).body.answers).toEqual([]);
  });

  test.each([
    { id: 'x y' },
    { value: null },
    { at: 'today' },
    { question: 'A' },
    { shipment: -1 },
    { more: 1 },
  ])('refuses %j', async (changes) => {
    role = 'supervisor';
    expect((await ask('/api/surveys', review(changes))).body.error.code).toBe('invalid_request');
  });
});

describe('GET /api/calls', () => {
  test.each([
    ['', ['4', '3', '2', '1']],
    ['?number=4567', ['3', '1']],
    ['?number=%2B7%20(916)%20123-45-67', ['3', '1']],
    ['?number=8%20916%20123-45-67', ['3', '1']],
    ['?missed=1', ['4', '2']],
    ['?open=1', ['2']],
    ['?direction=courier', ['3']],
    ['?extension=101&outcome=answered', ['3', '1']],
    ['?kind=shipment&code=70001&missed=1', ['4', '2']],
    ['?since=2026-01-12T08:00:02Z&until=2026-01-12T08:00:04Z', ['3', '2']],
    ['?number=4567&user=nobody', []],
    ['?user=%27%20or%201%3D1%20--', []],
  ])('%s', async (query, ids) => {
    const { status, body } = await ask(`/api/calls${query}`);
    expect(status).toBe(200);
    expect(idsOf(body)).toEqual(ids);
  });

  test('goes page by page', async () => {
    const first = (await ask('/api/calls?limit=3')).body;
    const second = (await ask(`/api/calls?limit=3&cursor=${first.next}`)).body;
    expect([...idsOf(first), ...idsOf(second)]).toEqual(['4', '3', '2', '1']);
    expect(second.next).toBeNull();
  });

  test.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'direction=up',
    'number=abc',
    'since=yesterday',
    'cursor=-1',
    'kind=shipment',
    'kind=thing&code=1',
    'open=yes',
  ])('refuses %s and names the key', async (query) => {
    const { status, body } = await ask(`/api/calls?${query}`, { headers: { 'accept-language': 'en' } });
    expect([status, body.error.code]).toEqual([400, 'invalid_request']);
    expect(body.error.fields).toContain(query.split('=')[0]);
  });

  test('makes a table that Excel opens as it is, and runs nothing of what callers wrote', async () => {
    const { text, headers } = await ask('/api/calls?format=csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    // Hono's text() has taken the mark off.
    const raw = Buffer.from(
      await (
        await api().request('/api/calls?format=csv', { headers: { authorization: `Bearer ${TOKEN}` } })
      ).arrayBuffer(),
    );
    expect([...raw.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows = text.trim().split('\n');
    expect(rows).toHaveLength(5);
    expect(rows[4]).toContain('2026-01-12 13:00:01;in;79161234567;74950000000;101 olga;answered');
    expect(rows[1]).toContain(`"'=cmd|""/c calc""!A1`);
  });

  test('makes a long table part by part', async () => {
    const list = jest.spyOn(journal.store, 'list');
    const call = { ...answeredCall(1, ANNA), note: null };
    list.mockImplementation(async (_filter, limit, before = null) => ({
      calls: Array.from({ length: limit }, () => call),
      next: (before ?? 1_000_000) - 1,
    }));
    const { text } = await ask('/api/calls?format=csv');
    expect(text.trim().split('\n')).toHaveLength(100_001);
    expect(Math.max(...list.mock.calls.map(([, limit]) => limit))).toBeLessThanOrEqual(500);
    expect(list.mock.calls.slice(0, 3).map(([, , before]) => before)).toEqual([null, 999_999, 999_998]);
    list.mockRestore();
  });
});

describe('one call', () => {
  const id = answeredCall(1, ANNA).id;

  test('is found by its id', async () => {
    expect((await ask(`/api/calls/${id}`)).body).toEqual({ ...answeredCall(1, ANNA), note: null });
  });

  test('takes a note and links', async () => {
    const body = JSON.stringify({ note: 'звонит завтра', links: [{ kind: 'shipment', code: 70_009 }] });
    const headers = { 'content-type': 'application/json' };
    const { status, body: call } = await ask(`/api/calls/${id}`, { method: 'PATCH', body, headers });
    expect(status).toBe(200);
    expect(call).toMatchObject({ note: 'звонит завтра' });
    expect(call.links).toContainEqual({ kind: 'shipment', code: 70_009, how: 'manual', rank: 1 });
    await journal.store.annotate(id, { note: null, links: () => [] });
    expect(touch.mock.calls).toEqual([[id]]);
  });

  test('is bound and unbound beside what a colleague binds', async () => {
    const headers = { 'content-type': 'application/json' };
    const change = async (body: object) =>
      (await ask(`/api/calls/${id}`, { method: 'PATCH', body: JSON.stringify(body), headers })).body;
    const link = (code: number) => ({ kind: 'shipment', code });
    const byHand = (call: Awaited<ReturnType<typeof change>>) =>
      call.links.filter(({ how }: { how: string }) => how === 'manual');
    await change({ bind: [link(70_011)] });
    expect(byHand(await change({ bind: [link(70_012), link(70_011)] }))).toEqual([
      { ...link(70_012), how: 'manual', rank: 1 },
      { ...link(70_011), how: 'manual', rank: 2 },
    ]);
    expect(byHand(await change({ unbind: [link(70_012)] }))).toEqual([
      { ...link(70_011), how: 'manual', rank: 1 },
    ]);
    const many = Array.from({ length: 50 }, (_, index) => ({ kind: 'order', code: index + 1 }));
    const { error } = await change({ bind: many });
    expect([error.code, error.message]).toEqual(['invalid_request', expect.stringMatching(/50/)]);
    expect(byHand(await change({ links: [] }))).toEqual([]);
  });

  test('keeps the note of a colleague who was quicker', async () => {
    const headers = { 'content-type': 'application/json' };
    const change = async (body: object) =>
      ask(`/api/calls/${id}`, { method: 'PATCH', body: JSON.stringify(body), headers });
    expect((await change({ note: 'rings tomorrow', noteBefore: null })).status).toBe(200);
    const late = await change({ note: 'wants a refund', noteBefore: null });
    expect([late.status, late.body.error.code]).toEqual([409, 'other_note']);
    expect((await ask(`/api/calls/${id}`)).body.note).toBe('rings tomorrow');
    await change({ note: null });
  });

  test.each([
    ['no JSON', '{', 400],
    ['another key', '{"missed":false}', 400],
    ['a note that is too long', JSON.stringify({ note: 'x'.repeat(2001) }), 400],
    ['a body that is too long', JSON.stringify({ note: 'x'.repeat(100_000) }), 400],
  ])('refuses %s', async (_what, body, status) => {
    const headers = { 'content-type': 'application/json' };
    expect((await ask(`/api/calls/${id}`, { method: 'PATCH', body, headers })).status).toBe(status);
  });

  test('that is not there is told', async () => {
    expect((await ask('/api/calls/none')).body.error.code).toBe('no_such_call');
    const headers = { 'content-type': 'application/json' };
    expect((await ask('/api/calls/none', { method: 'PATCH', body: '{}', headers })).status).toBe(404);
    expect((await ask('/api/nothing')).body.error.code).toBe('not_found');
  });
});

test('the attempts to reach a recipient are those that went out', async () => {
  const { body } = await ask('/api/shipments/70001/attempts');
  expect(body.attempts).toEqual([
    expect.objectContaining({
      call: answeredCall(3, ANNA).id,
      ringSeconds: 5,
      talkSeconds: 60,
      outcome: 'answered',
    }),
  ]);
});

describe('GET /api/people', () => {
  test('tells whose a number is, and the last calls with it', async () => {
    explain.mockResolvedValueOnce({
      decision: {
        ...nobody('NO_TARGET', ANNA),
        candidates: [
          {
            kind: 'recipient',
            code: 70_001,
            courier: 11,
            client: 201,
            won: true,
            why: { code: 'no-manager' },
          },
        ],
      },
      matches: [],
    });
    const { body } = await ask('/api/people?number=8-916-123-45-67');
    expect(body).toMatchObject({
      number: ANNA,
      candidates: [
        { kind: 'recipient', code: 70_001, courier: 11, why: { text: expect.stringContaining('менеджер') } },
      ],
    });
    expect(idsOf(body)).toEqual(['3', '1']);
    expect(explain).toHaveBeenCalledWith(ANNA);
  });

  test('refuses what is no number, and says when the database is away', async () => {
    expect((await ask('/api/people?number=101')).body.error.code).toBe('invalid_number');
    explain.mockRejectedValueOnce(new DirectoryTimeoutError('The database gave no answer within 2000 ms.'));
    expect((await ask('/api/people?number=79161234567')).body.error.code).toBe('database_away');
  });
});

test('what is away or broken is told without a word of the inside', async () => {
  onError.mockClear();
  const list = jest.spyOn(journal.store, 'list');
  list.mockRejectedValueOnce(new JournalStoreError('disk I/O error in /var/lib/secret'));
  const away = await ask('/api/calls');
  expect([away.status, away.body.error.code]).toEqual([503, 'journal_away']);
  list.mockRejectedValueOnce(new TypeError('a defect with /var/lib/secret'));
  const broken = await ask('/api/calls', { headers: { 'accept-language': 'en-GB' } });
  expect([broken.status, broken.body.error.code]).toEqual([500, 'internal']);
  expect(broken.body.error.message).toContain('report it');
  expect(away.text + broken.text).not.toContain('secret');
  const refused = Object.assign(new Error('connect ECONNREFUSED secret'), { code: 'ECONNREFUSED' });
  const locked = Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK' });
  for (const error of [refused, locked]) {
    list.mockRejectedValueOnce(error);
    expect((await ask('/api/calls')).body.error.code).toBe('journal_away');
  }
  // The answer says that the log knows why.
  expect(onError).toHaveBeenCalledTimes(4);
  list.mockRestore();
});

test('the document describes every route', async () => {
  const { body } = await ask('/api/openapi.json');
  expect(Object.keys(body.paths)).toEqual([
    '/api/sign-in',
    '/api/session',
    '/api/openid',
    '/api/openid/callback',
    '/api/session/password',
    '/api/users',
    '/api/users/{name}',
    '/api/users/{name}/password',
    '/api/users/{name}/sessions',
    '/api/tokens',
    '/api/tokens/{name}',
    '/api/calls',
    '/api/calls/{id}',
    '/api/shipments/{code}/attempts',
    '/api/calls/{id}/connect',
    '/api/test-calls',
    '/api/gaps',
    '/api/people',
    '/api/names',
    '/api/search',
    '/api/staff',
    '/api/surveys',
    '/api/events',
    '/api/recordings/{id}',
    '/api/calls/{id}/listenings',
    '/api/status',
  ]);
});

describe('GET /api/events', () => {
  async function serve(maxConnections = 10, app = api()): Promise<number> {
    const answer = getRequestListener(app.fetch);
    const http = new HttpListener({
      section: 'desk',
      host: '127.0.0.1',
      port: 0,
      allow: ['127.0.0.1'],
      maxConnections,
      onRequest: (incoming, response) => void answer(incoming, response),
      onRefused: jest.fn(),
      onListenerError: jest.fn(),
    });
    const { port } = await http.start();
    cleanups.add(() =>
      http.stop(() => {
        for (const end of ends) end();
      }),
    );
    return port;
  }

  async function follow(port: number, headers: Record<string, string> = {}) {
    const asked = request({
      port,
      host: '127.0.0.1',
      path: '/api/events',
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const until = async (expected: string) => {
      for (let turn = 0; turn < 100 && !text.includes(expected); turn++) {
        await Promise.race([once(response, 'data'), new Promise((resolve) => setTimeout(resolve, 50))]);
      }
      expect(text).toContain(expected);
      return text;
    };
    return { response, until, ended: () => response.readableEnded };
  }

  test('sends what happens, to everyone who follows', async () => {
    const port = await serve();
    const followers = await Promise.all([follow(port), follow(port)]);
    expect(followers[0].response.headers['content-type']).toMatch(/^text\/event-stream/);
    events.publishCall(
      answeredCall(9, ANNA, { from: { ...outside(ANNA), raw: 'two\nlines\r\ndata: forged' } }),
    );
    for (const { until } of followers) {
      const text = await until('\n\n');
      // One line of data, whatever a caller calls themselves.
      expect(text.split('\n').filter((line) => line.startsWith('data:'))).toHaveLength(1);
    }
  });

  test('goes on where it was cut', async () => {
    const port = await serve();
    events.publish('status', { before: 1 });
    const first = await follow(port);
    events.publish('status', { at: 'the cut' });
    const lastId = /id: (\d+)\n[^\n]*\n[^\n]*the cut/.exec(await first.until('the cut'))?.[1] ?? '';
    first.response.destroy();
    events.publish('status', { while: 'away' });
    const second = await follow(port, { 'last-event-id': lastId });
    const text = await second.until('while');
    expect(text).not.toContain('the cut');
  });

  test.each(['1', 'x', '99999999999999999'])('says that all must be read anew after %s', async (id) => {
    const { until } = await follow(await serve(), { 'last-event-id': id });
    await until('event: reset');
  });

  test('a follower that missed more than can be sent at once reads everything anew, and stays', async () => {
    const port = await serve();
    const first = await follow(port);
    events.publish('status', { at: 'the cut' });
    const lastId = /id: (\d+)\n[^\n]*\n[^\n]*the cut/.exec(await first.until('the cut'))?.[1] ?? '';
    for (let count = 0; count < 1500; count++) events.publish('status', { text: 'x'.repeat(1500) });
    const { until } = await follow(port, { 'last-event-id': lastId });
    await until('event: reset');
    events.publish('status', { after: 'reset' });
    await until('"after"');
  });

  test('one who follows again and again leaves room for others', async () => {
    const port = await serve(600);
    const leaky = await Promise.all(Array.from({ length: 100 }, () => follow(port)));
    expect(new Set(leaky.map(({ response }) => response.statusCode))).toEqual(new Set([200]));
    const { response, until } = await follow(port);
    expect(response.statusCode).toBe(503);
    await until('too_many_followers');
    const other = 'another-token-of-twenty-characters';
    clients.add(other);
    expect((await follow(port, { authorization: `Bearer ${other}` })).response.statusCode).toBe(200);
    clients.delete(other);
    leaky[0]?.response.destroy();
    for (let turn = 0; turn < 100 && events.followers > 100; turn++) await sleep(10);
    expect((await follow(port)).response.statusCode).toBe(200);
  });

  test('whoever has gone before it is known who they are follows nothing', async () => {
    const followed = new CallEvents(() => false);
    const tell: ((who: Client) => void)[] = [];
    const findSession = () => new Promise<Client>((resolve) => void tell.push(resolve));
    const accounts = { findSession } as unknown as Accounts;
    const port = await serve(10, createApi(deskApi({ events: followed, accounts })));
    const closed: unknown[] = [];
    const headers = { cookie: 'courier-agi-desk=a-session' };
    const asked = request({ port, host: '127.0.0.1', path: '/api/events', headers });
    asked.on('error', (error) => closed.push(error)).end();
    for (let turn = 0; turn < 100 && tell.length === 0; turn++) await sleep(10);
    asked.destroy();
    await sleep(100);
    tell[0]?.(client({ kind: 'session' }));
    await sleep(100);
    expect([closed.length, followed.followers]).toEqual([1, 0]);
  });

  test('ends soon after its token was removed', async () => {
    const intervals = jest.spyOn(globalThis, 'setInterval');
    const { until, ended } = await follow(await serve());
    const every = (ms: number) => intervals.mock.calls.find(([, itsMs]) => itsMs === ms)?.[0];
    const [beat, look] = [every(5_000), every(15_000)];
    intervals.mockRestore();
    look?.();
    beat?.();
    await until('still here');
    expect(ended()).toBe(false);
    clients.delete(TOKEN);
    look?.();
    for (let turn = 0; turn < 100 && !ended(); turn++) await sleep(10);
    clients.add(TOKEN);
    expect(ended()).toBe(true);
  });

  test('ends when the desk stops', async () => {
    const { response } = await follow(await serve());
    const ended = once(response, 'end');
    await cleanups.run();
    await ended;
  });
});

describe('tokens', () => {
  const file = () => join(folder, 'tokens.json');

  test('work from the moment they are made until they are removed, and are not in the file', async () => {
    const command = new Tokens(file());
    const desk = new Tokens(file());
    expect(desk.find('x'.repeat(40))).toBeNull();
    const token = command.add('Касса 1', 'supervisor');
    expect(desk.find(token)).toMatchObject({ kind: 'token', name: 'Касса 1', role: 'supervisor' });
    const other = command.add('b', 'operator');
    expect(desk.find(other)).toMatchObject({ name: 'b', role: 'operator' });
    command.remove('Касса 1');
    expect(desk.find(token)).toBeNull();
    expect(desk.list()).toEqual([expect.objectContaining({ name: 'b', role: 'operator' })]);
    expect(JSON.stringify(desk.list())).not.toContain(other);
  });

  test('are written into no file that somebody laid in the way', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'untouched');
    await symlink(victim, `${file()}.${process.pid}.tmp`);
    new Tokens(file()).add('c', 'operator');
    expect(await readFile(victim, 'utf8')).toBe('untouched');
  });

  test('need a name of their own', () => {
    const tokens = new Tokens(file());
    expect(() => tokens.add('b', 'operator')).toThrow('already');
    expect(() => tokens.add('a\nb', 'operator')).toThrow('no name');
    expect(() => tokens.remove('nobody')).toThrow('There is no token');
  });

  test('of a file that somebody else wrote are none, and that is told', async () => {
    const path = join(folder, 'broken.json');
    await writeFile(path, '{"tokens": [{"name": "x"}]}');
    expect(() => new Tokens(path).find(TOKEN)).toThrow(/desk\.tokensFile .*broken\.json cannot be used/);
  });
});

describe('while the journal is behind', () => {
  const stale = answeredCall(70, ANNA, { state: 'ringing', answeredAt: null, endedAt: null, outcome: null });
  const over = answeredCall(71, ANNA, { state: 'talking', endedAt: null, outcome: null });
  const now = { ...stale, state: 'talking' } as const;
  const unwritten = answeredCall(72, ANNA, { state: 'talking', endedAt: null, outcome: null });
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  let late: ReturnType<typeof createApi>;
  const connect = jest.fn<DeskApi['engine']['connect']>();

  beforeAll(async () => {
    await journal.store.save([stale, over]);
    await journal.store.annotate(stale.id, { note: 'rings tomorrow' });
    late = createApi(
      deskApi({
        journal,
        liveCalls: () => [now, unwritten],
        engine: { ...deskApi().engine, connect },
        accounts: tokenAccounts(() => client({ role: 'supervisor' })),
      }),
    );
  });
  afterAll(() => journal.store.save([answeredCall(70, ANNA), answeredCall(71, ANNA)]));
  const read = async (path: string): Promise<unknown> => (await late.request(path, { headers })).json();

  test('a call is told as it is now, with its note', async () => {
    expect(await read(`/api/calls/${stale.id}`)).toEqual({ ...now, note: 'rings tomorrow' });
    expect(await read(`/api/calls/${unwritten.id}`)).toEqual({ ...unwritten, note: null });
  });

  test('the calls of a state are those of now', async () => {
    const inState = async (state: string): Promise<string[]> => {
      const { calls } = (await read(`/api/calls?state=${state}`)) as { calls: { id: string }[] };
      return calls.map(({ id }) => id);
    };
    expect(await inState('talking')).toEqual([unwritten.id, over.id, now.id]);
    expect(await inState('ringing')).toEqual([]);
  });

  test('a call is put through without it', async () => {
    const get = jest
      .spyOn(journal.store, 'get')
      .mockRejectedValue(new JournalStoreError('The disk is full.'));
    const body = JSON.stringify({ extension: '102' });
    const answer = await late.request(`/api/calls/${unwritten.id}/connect`, {
      method: 'POST',
      headers,
      body,
    });
    get.mockRestore();
    expect(answer.status).toBe(202);
    expect(connect.mock.calls.map(([{ id }]) => id)).toEqual([unwritten.id]);
  });
});
