import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '../../../src/accounts/accounts.ts';
import { hashPassword, isPasswordOf } from '../../../src/accounts/password.ts';
import { ABSOLUTE_MS, IDLE_MS, Sessions } from '../../../src/accounts/sessions.ts';
import { LIMITS } from '../../../src/accounts/sign-in-limits.ts';
import { Tokens } from '../../../src/accounts/tokens.ts';
import { Users } from '../../../src/accounts/users.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import type { Site } from '../../../src/api/site.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { apiOf, deskApi } from './desk-api.ts';

const PASSWORD = 'correct horse battery';
const ORIGIN = 'http://desk.lan:8573';
const HTTPS: Site = { publicOrigin: 'https://desk.example', isHttps: true, isProxy: () => true };

/** As cheap as can be, of a password that guards nothing. */
const CHEAP = { log2Cost: 10 };

let folder: string;
let journal: Journal;
let hash: string;
let accounts: Accounts;
let now: number;
let desk: DeskApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-sign-in-'));
  hash = await hashPassword(PASSWORD, CHEAP.log2Cost);
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
  });
  await journal.start();
});
afterAll(async () => {
  await journal.stop(100);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  now = Date.now();
  accounts = makeAccounts(CHEAP);
  const user = { password: hash, extensions: [], login: null };
  accounts.users.add({ ...user, name: 'Olga', role: 'operator' });
  accounts.users.add({ ...user, name: 'Ирина', role: 'supervisor', extensions: ['102'] });
  accounts.users.add({ ...user, name: 'root', role: 'admin' });
  accounts.users.add({ ...user, name: 'proxied', role: 'operator', password: null });
  desk = deskApi({ accounts, journal });
});
afterEach(() => rm(join(folder, 'users.json'), { force: true }));

function makeAccounts(cost: { log2Cost?: number }): Accounts {
  return new Accounts({
    tokens: new Tokens(join(folder, 'tokens.json')),
    users: new Users(join(folder, 'users.json')),
    sessions: new Sessions(
      () => journal.store.db,
      () => now,
    ),
    staff: {
      userOf: (extension) => (extension === '102' ? 'irina' : null),
      find: (user) =>
        user.toLowerCase() === 'olga' ? { user: 'olga', telephones: ['101', '79160000001'] } : null,
    },
    ...cost,
  });
}

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
  /** The address that it comes from. */
  readonly peer?: string;
}

async function ask(path: string, { method = 'GET', body, cookie, headers = {}, peer }: Asked = {}) {
  const init = {
    method,
    headers: {
      host: 'desk.lan:8573',
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const response = await apiOf(desk).request(
    path,
    init,
    peer === undefined ? undefined : { incoming: { socket: { remoteAddress: peer } } },
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
    code: text.includes('"error"') ? JSON.parse(text).error.code : null,
  };
}

const signIn = (name: string, password = PASSWORD, headers: Record<string, string> = { origin: ORIGIN }) =>
  ask('/api/session', { method: 'POST', body: { name, password }, headers });

/** The cookie of somebody who has signed in, without the work of comparing the password. */
async function cookieOf(name: string): Promise<string> {
  return `courier-agi-desk=${(await accounts.admit(name, null))?.session}`;
}

describe('signing in', () => {
  test('with name and password, whatever the case of the name', async () => {
    const { status, body, headers } = await signIn('OLGA');
    expect([status, body]).toEqual([
      200,
      {
        user: {
          name: 'Olga',
          role: 'operator',
          login: 'olga',
          extensions: ['101', '79160000001'],
          language: 'ru',
          timeZone: 'UTC',
          canSignOut: true,
          canChangePassword: true,
        },
      },
    ]);
    expect(headers.get('set-cookie')).toMatch(
      /^courier-agi-desk=[\w-]{43}; Max-Age=57600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  test('finds who somebody is by the extension that was given', async () => {
    const { body } = await signIn('Ирина');
    expect(body.user).toMatchObject({ login: 'irina', extensions: ['102'], role: 'supervisor' });
  });

  test('lasts as a session of which the journal has a hash alone', async () => {
    const [cookie = ''] = ((await signIn('Olga')).headers.get('set-cookie') ?? '').split(';');
    expect((await ask('/api/session', { cookie })).body.user.name).toBe('Olga');
    const rows = await journal.store.db.selectFrom('sessions').selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
    const file = await readFile(join(folder, 'users.json'), 'utf8');
    expect(file).not.toContain(PASSWORD);
  });

  test('ends the session of before in the same browser', async () => {
    const cookie = await cookieOf('Olga');
    const body = { name: 'root', password: PASSWORD };
    await ask('/api/session', { method: 'POST', body, cookie, headers: { origin: ORIGIN } });
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
  });

  test.each([
    ['a wrong password', 'Olga', 'another password', 401, 'wrong_password'],
    ['an unknown name', 'nobody', PASSWORD, 401, 'wrong_password'],
    ['a user without a password', 'proxied', PASSWORD, 401, 'wrong_password'],
    ['markup', '<script>alert(1)</script>', PASSWORD, 401, 'wrong_password'],
    ['300 characters', 'x'.repeat(300), PASSWORD, 400, 'invalid_request'],
    ['a password of 300 characters', 'Olga', 'x'.repeat(300), 400, 'invalid_request'],
    ['nothing', '', '', 400, 'invalid_request'],
  ])('is refused with %s', async (_what, name, password, status, code) => {
    const answer = await signIn(name, password);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    if (status === 401) expect(desk.onRefused).toHaveBeenCalledWith(code, expect.anything());
  });

  test.each(['nobody', 'proxied'])('takes the time of comparing a password for %s, too', async (name) => {
    desk = { ...desk, accounts: makeAccounts({ log2Cost: 15 }) };
    const start = performance.now();
    expect((await signIn(name, 'another password')).code).toBe('wrong_password');
    // On no machine is scrypt faster; without it an answer takes a few ms.
    expect(performance.now() - start).toBeGreaterThan(25);
  });

  test('is slowed down after some tries, also when they come together, and the right password does not help', async () => {
    const tries = await Promise.all(
      Array.from({ length: LIMITS.pair.points + 2 }, () => signIn('Olga', 'another password')),
    );
    expect(tries.map(({ code }) => code).toSorted()).toEqual([
      ...Array.from({ length: 2 }, () => 'too_many_tries'),
      ...Array.from({ length: LIMITS.pair.points }, () => 'wrong_password'),
    ]);
    const { status, body, headers } = await signIn('Olga');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body.error.message).toMatch(/Следующая через \d+ с\.$/);
    // Others are not held up.
    expect((await signIn('root')).status).toBe(200);
  });

  test('is slowed down for one name alone, however often a program of the same office tries it', async () => {
    for (let turn = 0; turn <= LIMITS.address.points; turn++) await signIn('Olga', 'another password');
    expect((await signIn('Olga')).code).toBe('too_many_tries');
    expect((await signIn('root')).status).toBe(200);
  });

  test('that succeeds is not slowed down', async () => {
    for (let turn = 0; turn < LIMITS.pair.points + 2; turn++) expect((await signIn('Olga')).status).toBe(200);
  }, 30_000);

  test('needs the journal, and says so', async () => {
    jest.spyOn(journal, 'store', 'get').mockImplementationOnce(() => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    });
    expect((await signIn('Olga')).code).toBe('journal_away');
    jest.restoreAllMocks();
  });
});

describe('a session ends', () => {
  test.each([
    ['when its user signs out', (cookie: string) => change('DELETE', '/api/session', cookie)],
    [
      'when an admin gives the user another password',
      async () => change('POST', '/api/users/olga/password', await cookieOf('root'), {}),
    ],
    [
      'when an admin removes the user',
      async () => change('DELETE', '/api/users/Olga', await cookieOf('root')),
    ],
    [
      'when an admin signs the user out everywhere',
      async () => change('DELETE', '/api/users/Olga/sessions', await cookieOf('root')),
    ],
    [
      'when an admin signs them out by a name in other letters',
      async () => change('DELETE', '/api/users/oLGA/sessions', await cookieOf('root')),
    ],
    // Another process writes the file, and does not know the journal.
    ['when the command line removes the user', async () => accounts.users.remove('Olga')],
    [
      'when the command line gives the user another password',
      async () => new Users(join(folder, 'users.json')).setPassword('Olga', hash),
    ],
    ['when nobody has used it for long', async () => void (now += IDLE_MS + 1)],
  ])('%s', async (_when, end) => {
    const cookie = await cookieOf('Olga');
    expect((await ask('/api/session', { cookie })).status).toBe(200);
    await end(cookie);
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
  });

  test('after a working day, however much it is used', async () => {
    const cookie = await cookieOf('Olga');
    const end = now + ABSOLUTE_MS;
    for (; now < end; now += IDLE_MS - 1000) expect((await ask('/api/session', { cookie })).status).toBe(200);
    now = end + 1;
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
  });

  test('also when it began while the clock was ahead', async () => {
    const rightNow = now;
    now += 365 * 86_400_000;
    const cookie = await cookieOf('Olga');
    now = rightNow;
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
    // The next sign-in takes it out of the journal.
    const kept = () =>
      journal.store.db.selectFrom('sessions').selectAll().where('seen_at', '>', now).execute();
    expect(await kept()).toHaveLength(1);
    await cookieOf('root');
    expect(await kept()).toEqual([]);
  });

  test('and goes on when the clock is set back a little', async () => {
    const cookie = await cookieOf('Olga');
    now -= IDLE_MS;
    expect((await ask('/api/session', { cookie })).status).toBe(200);
    now += IDLE_MS;
  });

  test('and one that was made up never was', async () => {
    const cookie = `courier-agi-desk=${'A'.repeat(43)}`;
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
    expect((await ask('/api/session', { cookie: 'courier-agi-desk=' })).code).toBe('unauthorized');
    expect((await ask('/api/session', { cookie: `courier-agi-desk=${'%'.repeat(9000)}` })).status).toBe(401);
  });
});

describe('a page of another site', () => {
  test.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['http://desk.lan', 403],
    ['https://desk.lan:8573', 403],
    [undefined, 403],
    [ORIGIN, 204],
  ])('%s gets %d for what changes something', async (origin, status) => {
    const cookie = await cookieOf('Olga');
    const headers = origin === undefined ? {} : { origin };
    const answer = await ask('/api/session', { method: 'DELETE', cookie, headers });
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer.code).toBe('foreign_origin');
      expect(desk.onRefused).toHaveBeenCalledWith(
        'foreign_origin',
        expect.objectContaining({ route: 'DELETE /api/session' }),
      );
      expect((await ask('/api/session', { cookie })).status).toBe(200);
    }
  });

  test('signs nobody in', async () => {
    const { code } = await signIn('Olga', PASSWORD, { origin: 'https://evil.example' });
    expect(code).toBe('foreign_origin');
  });
});

test('over https the cookie is for this host alone, and the public address is the one of ours', async () => {
  desk = { ...desk, site: HTTPS };
  const origin = 'https://desk.example';
  const { headers } = await signIn('Olga', PASSWORD, { origin });
  const cookie = headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(
    /^__Host-courier-agi-desk=[\w-]{43}; Max-Age=57600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const [pair = ''] = cookie.split(';');
  expect((await ask('/api/session', { cookie: pair })).status).toBe(200);
  expect((await ask('/api/session', { cookie: pair.replace('__Host-', '') })).code).toBe('unauthorized');
  const signOut = { method: 'DELETE', cookie: pair };
  expect((await ask('/api/session', { ...signOut, headers: { origin: ORIGIN } })).code).toBe(
    'foreign_origin',
  );
  expect((await ask('/api/session', { ...signOut, headers: { origin } })).status).toBe(204);
});

describe('users', () => {
  test('are added, listed without their hashes, and removed', async () => {
    const cookie = await cookieOf('root');
    const added = await change('POST', '/api/users', cookie, {
      name: 'Пётр',
      role: 'operator',
      extensions: ['103'],
    });
    expect(added.body.password).toMatch(/^(\w{4}-){3}\w{4}$/);
    const { body } = await ask('/api/users', { cookie });
    expect(body.users.at(-1)).toEqual({
      name: 'Пётр',
      role: 'operator',
      login: null,
      extensions: ['103'],
      createdAt: expect.any(String),
      hasPassword: true,
    });
    expect(JSON.stringify(body)).not.toContain('scrypt');
    expect((await signIn('Пётр', added.body.password)).status).toBe(200);
    expect((await change('DELETE', `/api/users/${encodeURIComponent('пётр')}`, cookie)).status).toBe(204);
    expect((await signIn('Пётр', added.body.password)).code).toBe('wrong_password');
  });

  test.each([
    [{ name: 'olga', role: 'operator' }, 409, 'name_taken'],
    [{ name: 'x', role: 'operator', password: 'short' }, 400, 'weak_password'],
    [{ name: '<script>', role: 'operator' }, 400, 'invalid_request'],
    [{ name: 'x'.repeat(300), role: 'operator' }, 400, 'invalid_request'],
    [{ name: 'x', role: 'god' }, 400, 'invalid_request'],
    [{ name: 'x', role: 'operator', extensions: ['101&SIP/trunk'] }, 400, 'invalid_request'],
  ])('%j is refused', async (body, status, code) => {
    const answer = await change('POST', '/api/users', await cookieOf('root'), body);
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  test('get another role and other telephones without a new sign-in', async () => {
    const olga = await cookieOf('Olga');
    const cookie = await cookieOf('root');
    const changes = { role: 'supervisor', extensions: ['105'] };
    const { status, body } = await change('PATCH', '/api/users/olga', cookie, changes);
    expect([status, body]).toEqual([200, expect.objectContaining({ name: 'Olga', ...changes })]);
    expect(JSON.stringify(body)).not.toContain('scrypt');
    expect((await ask('/api/session', { cookie: olga })).body.user).toMatchObject(changes);
    expect((await ask('/api/users', { cookie: olga })).code).toBe('forbidden');
    const wrong = await change('PATCH', '/api/users/olga', cookie, { extensions: ['1&2'] });
    expect(wrong.code).toBe('invalid_request');
    expect((await change('PATCH', '/api/users/nobody', cookie, {})).code).toBe('no_such_user');
  });

  test('do not remove themselves, nor change their own role: nobody might be left to ask', async () => {
    const cookie = await cookieOf('root');
    expect((await change('DELETE', '/api/users/ROOT', cookie)).code).toBe('forbidden');
    expect((await change('PATCH', '/api/users/root', cookie, { role: 'operator' })).code).toBe('forbidden');
    const own = await change('PATCH', '/api/users/root', cookie, { role: 'admin', extensions: ['101'] });
    expect([own.status, own.body.extensions]).toEqual([200, ['101']]);
  });

  test('that are not there are told', async () => {
    const cookie = await cookieOf('root');
    expect((await change('DELETE', '/api/users/nobody', cookie)).code).toBe('no_such_user');
    expect((await change('POST', '/api/users/nobody/password', cookie, {})).code).toBe('no_such_user');
  });

  test('change their own password with the old one, and stay', async () => {
    const cookie = await cookieOf('Olga');
    const wrong = { old: 'another password', new: 'a new long password' };
    expect((await change('POST', '/api/session/password', cookie, wrong)).code).toBe('wrong_old_password');
    const weak = { old: PASSWORD, new: 'short' };
    expect((await change('POST', '/api/session/password', cookie, weak)).code).toBe('weak_password');
    const right = { old: PASSWORD, new: 'a new long password' };
    const { status, headers } = await change('POST', '/api/session/password', cookie, right);
    expect(status).toBe(204);
    expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
    const [fresh = ''] = (headers.get('set-cookie') ?? '').split(';');
    expect((await ask('/api/session', { cookie: fresh })).status).toBe(200);
  });
});

test('whom only a provider knows is signed out everywhere, in whatever letters the name is written', async () => {
  const cookie = `courier-agi-desk=${(await accounts.admit('Мария', 'admin'))?.session}`;
  expect((await ask('/api/session', { cookie })).status).toBe(200);
  const path = `/api/users/${encodeURIComponent('мария')}/sessions`;
  expect((await change('DELETE', path, await cookieOf('root'))).status).toBe(204);
  expect((await ask('/api/session', { cookie })).code).toBe('unauthorized');
});

describe('what a page may offer', () => {
  const proxyUser = { header: 'Remote-User', from: ['192.0.2.7'] };
  const offered = async (asked: Asked) => {
    const { canSignOut, canChangePassword } = (await ask('/api/session', asked)).body.user;
    return { canSignOut, canChangePassword };
  };

  test('is to sign out and another password, to one who has signed in with theirs', async () => {
    const all = { canSignOut: true, canChangePassword: true };
    expect(await offered({ cookie: await cookieOf('Olga') })).toEqual(all);
    expect((await signIn('Olga')).body.user).toMatchObject(all);
  });

  test('is no other password to one who has none', async () => {
    const cookie = await cookieOf('proxied');
    expect(await offered({ cookie })).toEqual({ canSignOut: true, canChangePassword: false });
    const session = (await accounts.admit('Мария', 'admin'))?.session;
    const elsewhere = await offered({ cookie: `courier-agi-desk=${session}` });
    expect(elsewhere).toEqual({ canSignOut: true, canChangePassword: false });
  });

  test('is neither to one whom a proxy signs in with each request, nor to a program', async () => {
    desk = { ...desk, proxyUser };
    const none = { canSignOut: false, canChangePassword: false };
    expect(await offered({ headers: { 'remote-user': 'Olga' }, peer: '192.0.2.7' })).toEqual(none);
    const token = accounts.tokens.add('reports', 'operator');
    expect(await offered({ headers: { authorization: `Bearer ${token}` } })).toEqual(none);
    accounts.tokens.remove('reports');
  });
});

test('tokens are made, listed and removed by admins', async () => {
  const cookie = await cookieOf('root');
  const { body } = await change('POST', '/api/tokens', cookie, { name: 'crm', role: 'supervisor' });
  const headers = { authorization: `Bearer ${body.token}` };
  expect((await ask('/api/session', { headers })).body.user).toMatchObject({ name: 'crm' });
  expect((await ask('/api/tokens', { cookie })).body.tokens).toEqual([
    { name: 'crm', role: 'supervisor', createdAt: expect.any(String) },
  ]);
  const again = await change('POST', '/api/tokens', cookie, { name: 'crm', role: 'operator' });
  expect(again.code).toBe('name_taken');
  expect((await change('DELETE', '/api/tokens/crm', cookie)).status).toBe(204);
  expect((await ask('/api/session', { headers })).code).toBe('unauthorized');
  expect((await change('DELETE', '/api/tokens/crm', cookie)).code).toBe('no_such_token');
});

describe('the cost of a password', () => {
  test('is what OWASP advises, unless a test says otherwise', async () => {
    expect(await makeAccounts({}).hashPassword(PASSWORD)).toMatch(/^scrypt\$17\$/);
    expect(await makeAccounts(CHEAP).hashPassword(PASSWORD)).toMatch(/^scrypt\$10\$/);
  });

  test('of a hash is its own', async () => {
    expect(await isPasswordOf(hash, PASSWORD)).toBe(true);
    expect(await isPasswordOf(hash, 'another password')).toBe(false);
  });
});

async function change(method: string, path: string, cookie: string, body?: unknown) {
  return ask(path, { method, cookie, body, headers: { origin: ORIGIN } });
}
