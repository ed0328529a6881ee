import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createApi } from '../../../src/api/api.ts';
import type { Client } from '../../../src/accounts/client.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import type { Call } from '../../../src/calls/call.ts';
import { Deadline } from '../../../src/calling/deadline.ts';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import { DirectoryTimeoutError } from '../../../src/directory/directory.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { answeredCall, inside, missedCall, outside, time } from '../../lab/journal/sample-calls.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

/* The engine is a stand-in: what it does is held by test/service/calling, and on Asterisk by test/asterisk/calling.test.ts. */

const LIVE = answeredCall(1, '79162000001', {
  state: 'talking',
  answeredBy: inside('101'),
  from: inside('101'),
  endedAt: null,
  talks: [{ a: outside('79162000001'), b: inside('101'), from: time(6000), until: null }],
});
const engine = {
  fallbackNumber: '74951234567',
  placed: jest.fn<DeskApi['engine']['placed']>(),
  place: jest.fn<DeskApi['engine']['place']>(),
  cancel: jest.fn<DeskApi['engine']['cancel']>(),
  connect: jest.fn<DeskApi['engine']['connect']>(),
};
const onRefused = jest.fn<DeskApi['onRefused']>();
const journal = { store: { get: (id: string) => read(id) } };
const ORIGIN = 'https://desk.example';
let asks: Client;
let live: Call;

/** The budget of a request: an app calls by other means after 2 s. */
const ANSWER_MS = 1800;
const readCall = async (id: string): Promise<Call | undefined> => (id === live.id ? live : undefined);
let read = readCall;

beforeEach(() => {
  read = readCall;
  for (const mock of [engine.placed, engine.place, engine.cancel, engine.connect, onRefused])
    mock.mockReset();
  engine.place.mockResolvedValue(LIVE);
  asks = client();
  live = LIVE;
});

const olga = (role: Client['role'] = 'operator') =>
  client({ kind: 'session', name: 'olga', role, user: 'olga', extensions: ['101', '102'] });

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const api = createApi(
    deskApi({
      engine,
      onRefused,
      journal: journal as unknown as Journal,
      accounts: tokenAccounts(() => asks),
      site: { publicOrigin: ORIGIN, isHttps: true, isProxy: () => false },
    }),
  );
  const response = await api.request(path, {
    method,
    headers: {
      authorization: 'Bearer a-token-of-at-least-twenty-characters',
      'content-type': 'application/json',
      origin: ORIGIN,
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

describe('POST /api/calls', () => {
  test.each([
    [{ to: { number: '+7 916' } }, { from: { kind: 'own' }, to: { kind: 'number', number: '+7 916' } }],
    [
      { from: { extension: '101' }, to: { extension: '102' } },
      { from: { kind: 'extension', extension: '101' }, to: { kind: 'extension', extension: '102' } },
    ],
    [
      { from: { courier: 11 }, to: { shipment: 70_001 } },
      { by: 'courier', from: { kind: 'courier', courier: 11 }, to: { kind: 'shipment', shipment: 70_001 } },
    ],
    [
      { from: { number: '8916' }, to: { shipment: '99999999999999999999' } },
      {
        from: { kind: 'number', number: '8916' },
        to: { kind: 'shipment', shipment: '99999999999999999999' },
      },
    ],
  ])('%j', async (body, request) => {
    const { status, body: answer } = await send('POST', '/api/calls', body, { 'idempotency-key': 'k-1' });
    expect([status, answer['id']]).toEqual([202, LIVE.id]);
    expect(engine.place.mock.calls[0]?.[0]).toMatchObject({ key: 'k-1', ...request });
  });

  test.each([
    [{}],
    [{ to: {} }],
    [{ to: { number: '1', context: 'x' } }],
    [{ to: { number: '1' }, context: 'from-internal' }],
    [{ to: { number: '1' }, from: { channel: 'PJSIP/101' } }],
    [{ to: { extension: '1,1' } }],
    [{ to: { shipment: '1 or 1=1' } }],
    [{ to: { number: '9'.repeat(41) } }],
  ])('%j is no request', async (body) => {
    const { status, body: answer } = await send('POST', '/api/calls', body);
    expect([status, answer['error']]).toMatchObject([400, { code: 'invalid_request' }]);
    // Whatever is wrong, an app may call the company by other means.
    expect(answer['fallbackNumber']).toBe('74951234567');
    expect(engine.place).not.toHaveBeenCalled();
  });

  test.each(['has blank', 'x'.repeat(101), ''])('not with the key %j', async (key) => {
    const { status } = await send('POST', '/api/calls', { to: { number: '1' } }, { 'idempotency-key': key });
    expect(status).toBe(400);
  });

  test('who asks: a person for their own telephones, a program or a supervisor for any', async () => {
    const requester = async (one: Client): Promise<unknown> => {
      asks = one;
      await send('POST', '/api/calls', { to: { number: '1' } });
      return engine.place.mock.calls.at(-1)?.[0].requester;
    };
    const telephones = ['101', '102'];
    expect(await requester(olga())).toEqual({
      name: 'session olga',
      user: 'olga',
      telephones,
      mayActForOthers: false,
    });
    expect(await requester(olga('supervisor'))).toMatchObject({ mayActForOthers: true });
    expect(await requester(client({ name: 'crm' }))).toEqual({
      name: 'token crm',
      user: null,
      telephones: [],
      mayActForOthers: true,
    });
  });

  test.each([
    ['ru', 'Телефон 101 занят'],
    ['en', 'The telephone 101 is busy'],
  ])('a refusal says why, in %s', async (language, text) => {
    engine.place.mockRejectedValue(new CallRefusedError('busy', '101'));
    const { status, body } = await send(
      'POST',
      '/api/calls',
      { to: { number: '1' } },
      { 'accept-language': language },
    );
    expect(status).toBe(409);
    expect(body).toEqual({
      error: { code: 'busy', message: expect.stringContaining(text) },
      fallbackNumber: '74951234567',
    });
  });

  test('who is not entitled, or asks too often, stands in the log, without a number', async () => {
    engine.place.mockRejectedValue(new CallRefusedError('not_entitled', 'why'));
    await send('POST', '/api/calls', { to: { number: '79162000001' } });
    expect(onRefused.mock.calls).toEqual([
      ['not_entitled', { address: '', route: 'POST /api/calls', client: 'test' }],
    ]);
    engine.place.mockRejectedValue(new CallRefusedError('busy', '101'));
    await send('POST', '/api/calls', { to: { number: '79162000001' } });
    expect(onRefused).toHaveBeenCalledTimes(1);
  });

  test('a database that is away is told as such', async () => {
    engine.place.mockRejectedValue(new DirectoryTimeoutError('too late'));
    const { status, body } = await send('POST', '/api/calls', { to: { shipment: 1 } });
    expect([status, body]).toMatchObject([
      503,
      { error: { code: 'database_away' }, fallbackNumber: '74951234567' },
    ]);
  });
});

test('whoever connects a call is told to the engine by their telephones: the caller may come back there', async () => {
  asks = olga();
  await send('POST', `/api/calls/${LIVE.id}/connect`, { courier: 11 });
  expect(engine.connect.mock.calls[0]?.slice(1, 3)).toEqual([
    { kind: 'courier', courier: 11 },
    ['101', '102'],
  ]);
});

describe.each([
  ['DELETE', `/api/calls/${LIVE.id}`, undefined, engine.cancel],
  ['POST', `/api/calls/${LIVE.id}/connect`, { courier: 11 }, engine.connect],
] as const)('%s %s', (method, path, body, act) => {
  test.each([
    ['a program', client({ role: 'supervisor' }), 202],
    ['a program that is no supervisor', client(), 403],
    ['whose telephone is in it', olga(), 202],
    ['somebody else', { ...olga(), extensions: ['103'], user: 'pavel' }, 403],
    ['a supervisor', { ...olga('supervisor'), extensions: [], user: null }, 202],
  ])('by %s', async (_who, one, expected) => {
    asks = one;
    expect((await send(method, path, body)).status).toBe(expected);
    expect(act).toHaveBeenCalledTimes(expected === 202 ? 1 : 0);
  });

  const ANNA = outside('79162000001');
  const leg = (number: string, ended = false) => ({
    party: inside(number),
    trunk: null,
    rangAt: time(0),
    answeredAt: null,
    endedAt: ended ? time(5000) : null,
    outcome: null,
    cause: null,
  });
  const ringing = (changes: Partial<Call>): Call =>
    missedCall(1, '79162000001', {
      state: 'ringing',
      endedAt: null,
      outcome: null,
      missed: false,
      legs: [],
      ...changes,
    });
  const over = { a: ANNA, b: inside('101'), from: time(6000), until: time(9000) };
  const request = { by: 'click', user: 'olga', key: null, result: null };
  test.each<[string, Partial<Call>, number]>([
    [
      'which rang at theirs, and a colleague has answered',
      { talks: [{ ...over, b: inside('103'), until: null }], legs: [leg('101', true)] },
      403,
    ],
    [
      'which they have put through to a colleague',
      { talks: [over, { ...over, b: inside('103'), until: null }] },
      403,
    ],
    [
      'which they have asked for, and others talk',
      { talks: [{ ...over, b: inside('103'), until: null }], request },
      403,
    ],
    ['which waits again, after they had it', { talks: [over] }, 403],
  ])('by an operator: a call %s', async (_what, changes, expected) => {
    live = { ...LIVE, from: ANNA, answeredBy: inside('101'), ...changes };
    asks = olga();
    expect((await send(method, path, body)).status).toBe(expected);
  });

  test.each<[string, Partial<Call>, number]>([
    ['rings them alone', { legs: [leg('103', true), leg('101')] }, 202],
    ['rings both their telephones', { legs: [leg('101'), leg('102')] }, 202],
    ['rings a colleague as well', { legs: [leg('101'), leg('103')] }, 403],
    ['rings a colleague now', { legs: [leg('101', true), leg('103')] }, 403],
    ['rings nobody yet', {}, 403],
    ['is from them', { from: inside('101'), legs: [leg('103')] }, 202],
    ['they have asked for', { legs: [leg('103')], request }, 202],
  ])('by an operator, before anybody has answered: a call that %s', async (_what, changes, expected) => {
    live = ringing(changes);
    asks = olga();
    expect((await send(method, path, body)).status).toBe(expected);
  });

  test('a journal that never answers: the one who asks gets an answer in time', async () => {
    read = () => new Promise(() => undefined);
    asks = olga('supervisor');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    try {
      const [answer] = await Promise.all([
        send(method, path, body),
        jest.advanceTimersByTimeAsync(ANSWER_MS),
      ]);
      expect([answer.status, answer.body['error']]).toMatchObject([503, { code: 'journal_away' }]);
    } finally {
      jest.useRealTimers();
    }
    expect(act).not.toHaveBeenCalled();
  });

  test('what the journal has taken is no longer there for Asterisk', async () => {
    asks = olga('supervisor');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    let left = Infinity;
    act.mockImplementation(async (...given: readonly unknown[]) => {
      const deadline = given.at(-1);
      if (deadline instanceof Deadline) left = deadline.leftMs;
    });
    read = (id) =>
      new Promise((resolve) => {
        setTimeout(() => resolve(readCall(id)), 1000);
      });
    try {
      const [answer] = await Promise.all([send(method, path, body), jest.advanceTimersByTimeAsync(1000)]);
      expect(answer.status).toBe(202);
    } finally {
      jest.useRealTimers();
    }
    expect(left).toBeLessThanOrEqual(ANSWER_MS - 1000);
  });

  test('a call that there is not', async () => {
    expect((await send(method, path.replace(LIVE.id, 'main-9'), body)).status).toBe(404);
  });
});
