import { describe, expect, test } from '@jest/globals';
import { OpenAPIHono } from '@hono/zod-openapi';
import { authenticate } from '../../../src/api/authenticate.ts';
import type { ApiContext, DeskApi } from '../../../src/api/context.ts';
import { JournalStoreError } from '../../../src/journal/errors.ts';
import { client, deskApi } from './desk-api.ts';

const TOKEN = 'a-token-of-at-least-twenty-characters';
const COOKIE = { cookie: `courier-agi-desk=${TOKEN}` };
const BEARER = { authorization: `Bearer ${TOKEN}` };

/** What `isStillClient` says, some time after somebody was let in. */
async function isStillClient(
  headers: Record<string, string>,
  later: (accounts: Record<'findToken' | 'findSession', () => unknown>) => void,
): Promise<boolean> {
  const accounts = {
    findToken: (): unknown => client(),
    findSession: async (): Promise<unknown> => client({ kind: 'session' }),
  };
  const app = new OpenAPIHono<ApiContext>();
  app.use(authenticate(deskApi({ accounts: accounts as unknown as DeskApi['accounts'] })));
  app.get('/', async (c) => {
    later(accounts);
    return c.json(await c.get('isStillClient')());
  });
  const response = await app.request('/', { headers });
  return (await response.json()) === true;
}

const fail = (error: Error) => (): never => {
  throw error;
};
const AWAY = new JournalStoreError('database is locked');

describe('whoever follows the events', () => {
  test('stays while they are known', async () => {
    for (const headers of [COOKIE, BEARER]) expect(await isStillClient(headers, () => {})).toBe(true);
  });

  test('goes when their session has ended, or their token was removed', async () => {
    const end = (accounts: Record<'findToken' | 'findSession', () => unknown>): void => {
      accounts.findSession = async () => null;
      accounts.findToken = () => null;
    };
    for (const headers of [COOKIE, BEARER]) expect(await isStillClient(headers, end)).toBe(false);
  });

  test.each([
    ['another role', { role: 'supervisor' }],
    ['other telephones', { extensions: ['103'] }],
    ['another user', { user: 'pavel' }],
  ] as const)('goes when they have got %s, and comes back with that', async (_what, changes) => {
    for (const headers of [COOKIE, BEARER]) {
      const changed = (accounts: Record<'findToken' | 'findSession', () => unknown>): void => {
        accounts.findSession = async () => client({ kind: 'session', ...changes });
        accounts.findToken = () => client(changes);
      };
      expect(await isStillClient(headers, changed)).toBe(false);
    }
  });

  test('stays while the journal is away, which is no reason to sign everybody out', async () => {
    expect(
      await isStillClient(COOKIE, (accounts) => Object.assign(accounts, { findSession: fail(AWAY) })),
    ).toBe(true);
  });

  test('goes when it cannot be told whether the token is one any more', async () => {
    const broken = fail(new Error('desk.tokensFile cannot be used'));
    expect(await isStillClient(BEARER, (accounts) => Object.assign(accounts, { findToken: broken }))).toBe(
      false,
    );
  });
});

test.each([
  ['a token in small letters', { authorization: `bearer ${TOKEN}` }, true],
  ['a session beside the sign-in of a proxy', { ...COOKIE, authorization: 'Basic b2xnYTp4' }, true],
  ['the sign-in of a proxy alone', { authorization: 'Basic b2xnYTp4' }, false],
  ['a token that is none beside a session', { ...COOKIE, authorization: 'Bearer x' }, false],
])('%s', async (_what, headers: Record<string, string>, isLetIn) => {
  const accounts = { findToken: () => client(), findSession: async () => client({ kind: 'session' }) };
  const app = new OpenAPIHono<ApiContext>();
  app.use(authenticate(deskApi({ accounts: accounts as unknown as DeskApi['accounts'] })));
  app.get('/', (c) => c.text('in'));
  app.onError((_error, c) => c.text('out', 401));
  expect((await app.request('/', { headers })).status).toBe(isLetIn ? 200 : 401);
});
