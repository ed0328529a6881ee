import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '../../../src/accounts/accounts.ts';
import { OpenIdSignIn, PENDING_MS, type OpenIdOptions } from '../../../src/accounts/open-id.ts';
import { LIMITS } from '../../../src/accounts/sign-in-limits.ts';
import { Sessions } from '../../../src/accounts/sessions.ts';
import { Tokens } from '../../../src/accounts/tokens.ts';
import { Users } from '../../../src/accounts/users.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { CLIENT, startOpenIdProvider, type OpenIdProvider } from '../../lab/openid-provider.ts';
import { apiOf, deskApi } from './desk-api.ts';

const ORIGIN = 'https://desk.example';
const REDIRECT = `${ORIGIN}/api/openid/callback`;
const roles = { operator: 'operator', supervisor: 'supervisor', admin: 'desk-admins' };

let folder: string;
let journal: Journal;
let provider: OpenIdProvider;
let desk: DeskApi;
let now = Date.now();

beforeAll(async () => {
  // The provider says that it is not for production.
  for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-openid-'));
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
  });
  await journal.start();
  provider = await startOpenIdProvider(REDIRECT, {
    masha: {
      preferred_username: 'Мария Ковалёва',
      realm_access: { roles: ['other', 'operator', 'desk-admins'] },
    },
    pavel: { preferred_username: 'pavel', realm_access: { roles: ['other'] } },
    olga: { preferred_username: 'olga' },
    nameless: { email: 'x@example' },
    markup: { preferred_username: '<script>', realm_access: { roles: ['operator'] } },
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await provider?.stop();
  await journal?.stop(100);
  await rm(folder, { recursive: true, force: true });
});

const signIn = (changes: Partial<OpenIdOptions> = {}) =>
  new OpenIdSignIn({
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    redirectUri: REDIRECT,
    nameClaim: 'preferred_username',
    roleClaim: 'realm_access.roles',
    roles,
    now: () => now,
    ...changes,
  });

beforeEach(async () => {
  await rm(join(folder, 'users.json'), { force: true });
  const users = new Users(join(folder, 'users.json'));
  users.add({ name: 'olga', role: 'supervisor', password: null, extensions: ['101'], login: null });
  desk = deskApi({
    journal,
    accounts: new Accounts({
      tokens: new Tokens(join(folder, 'tokens.json')),
      users,
      sessions: new Sessions(() => journal.store.db),
      staff: { userOf: () => null, find: () => null },
    }),
    openId: signIn(),
    site: { publicOrigin: ORIGIN, isHttps: true, isProxy: () => true },
  });
});

async function get(path: string, cookie = '', address = '203.0.113.1') {
  const env = { incoming: { socket: { remoteAddress: address } } };
  const response = await apiOf(desk).request(path, { headers: { cookie } }, env);
  const location = response.headers.get('location');
  const [given = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return { status: response.status, location, cookie: given, headers: response.headers, response };
}

/** Begins, signs in at the provider and comes back. @returns the last answer of the desk */
async function signInAs(login: string) {
  const begun = await get('/api/openid');
  expect(begun.headers.get('set-cookie')).toMatch(
    /^__Host-courier-agi-openid=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const back = await provider.signIn(begun.location ?? '', login);
  const { pathname, search } = new URL(back);
  return get(pathname + search, begun.cookie);
}

describe('signing in at an OpenID provider', () => {
  test('makes a session with the role that the provider tells, the highest of several', async () => {
    const { status, location, cookie } = await signInAs('masha');
    expect([status, location]).toEqual([303, '/']);
    const { response } = await get('/api/session', cookie);
    expect(await response.json()).toEqual({
      user: {
        name: 'Мария Ковалёва',
        role: 'admin',
        login: null,
        extensions: [],
        language: 'ru',
        timeZone: 'UTC',
        canSignOut: true,
        canChangePassword: false,
      },
    });
  });

  test('finds in the file of users what the provider does not tell', async () => {
    const { cookie } = await signInAs('olga');
    const { response } = await get('/api/session', cookie);
    expect(await response.json()).toMatchObject({
      user: { name: 'olga', role: 'supervisor', extensions: ['101'] },
    });
  });

  test.each([
    ['whom nobody has added and no role was given', 'pavel', 'unknown_user'],
    ['without a name', 'nameless', 'open_id_refused'],
    ['whose name is markup', 'markup', 'open_id_refused'],
  ])('is refused to somebody %s', async (_who, login, code) => {
    const { status, location, cookie } = await signInAs(login);
    expect([status, location, cookie]).toEqual([303, `/?error=${code}`, '']);
    expect(desk.onRefused).toHaveBeenCalledWith(code, expect.anything());
  });

  test.each([
    ['another browser', async ({ search }: Began) => get(`/api/openid/callback${search}`)],
    [
      'another sign-in',
      async ({ search }: Began) => get(`/api/openid/callback${search}`, (await get('/api/openid')).cookie),
    ],
    [
      'a state that was changed',
      async ({ search, cookie }: Began) =>
        get(`/api/openid/callback${search.replace(/state=[^&]+/, 'state=forged')}`, cookie),
    ],
    [
      'a code that was made up',
      async ({ search, cookie }: Began) =>
        get(`/api/openid/callback${search.replace(/code=[^&]+/, 'code=forged')}`, cookie),
    ],
    ['a refusal', async ({ cookie }: Began) => get('/api/openid/callback?error=access_denied', cookie)],
    ['nothing', async ({ cookie }: Began) => get('/api/openid/callback', cookie)],
    [
      'the same for the second time',
      async ({ search, cookie }: Began) => {
        await get(`/api/openid/callback${search}`, cookie);
        return get(`/api/openid/callback${search}`, cookie);
      },
    ],
    [
      'what took too long',
      async ({ search, cookie }: Began) => {
        now += PENDING_MS + 1;
        return get(`/api/openid/callback${search}`, cookie);
      },
    ],
  ])('does not believe %s', async (_what, come) => {
    const begun = await get('/api/openid');
    const { search } = new URL(await provider.signIn(begun.location ?? '', 'masha'));
    const { location, cookie } = await come({ search, cookie: begun.cookie });
    expect(location).toBe('/?error=open_id_refused');
    expect(cookie).toBe('');
  });

  test('says when the provider is away, and works once it is back', async () => {
    const away = signIn({ issuer: 'http://127.0.0.1:1' });
    desk = { ...desk, openId: away };
    expect((await get('/api/openid')).location).toBe('/?error=open_id_away');
    desk = { ...desk, openId: signIn() };
    expect((await signInAs('masha')).location).toBe('/');
  });

  test('counts nobody against their office while the provider is away', async () => {
    desk = { ...desk, openId: signIn({ issuer: 'http://127.0.0.1:1' }) };
    for (let count = 0; count <= LIMITS.openId.points; count++)
      expect((await get('/api/openid')).location).toBe('/?error=open_id_away');
  });

  test('is not pushed out by somebody who begins again and again', async () => {
    const begun = await get('/api/openid');
    const back = await provider.signIn(begun.location ?? '', 'masha');
    let refused = 0;
    for (let count = 0; count < 1100; count++) {
      const { location } = await get('/api/openid', '', '198.51.100.66');
      if (location === '/?error=too_many_tries') refused += 1;
    }
    expect(refused).toBe(1100 - LIMITS.openId.points);
    const { pathname, search } = new URL(back);
    expect((await get(pathname + search, begun.cookie)).location).toBe('/');
  });

  test('does not count those who came to the end against their office', async () => {
    for (let count = 0; count < LIMITS.openId.points; count++) await get('/api/openid');
    expect((await get('/api/openid')).location).toBe('/?error=too_many_tries');
    desk = { ...desk, openId: signIn() };
    for (let count = 1; count < LIMITS.openId.points; count++) await get('/api/openid');
    expect((await signInAs('masha')).location).toBe('/');
    expect((await get('/api/openid')).status).toBe(302);
  });

  test('is nothing where it is not configured', async () => {
    desk = { ...desk, openId: undefined };
    expect((await get('/api/openid')).status).toBe(404);
    expect((await get('/api/openid/callback?code=x')).status).toBe(404);
    expect(await (await get('/api/sign-in')).response.json()).toEqual({ language: 'ru', openId: false });
  });
});

interface Began {
  readonly search: string;
  readonly cookie: string;
}

describe('desk.openId', () => {
  const load = (openId: object, rest: object = { publicUrl: ORIGIN }) =>
    parseConfig(JSON.stringify({ desk: { openId, ...rest } }), 'test').desk.openId;

  test('needs two keys, and the address of the desk', () => {
    const openId = { issuer: 'https://login.example/realms/office', clientId: 'desk' };
    expect(load(openId)).toMatchObject({ nameClaim: 'preferred_username', roles: { admin: 'admin' } });
    expect(() => load(openId, {})).toThrow(/desk\.publicUrl.*must be set for openId/);
  });

  test.each(['http://login.example', 'ftp://x', 'login.example', 'http://127.0.0.1.evil.example'])(
    'takes no issuer %s',
    (issuer) => {
      expect(() => load({ issuer, clientId: 'desk' })).toThrow(/desk\.openId\.issuer/);
    },
  );
});
