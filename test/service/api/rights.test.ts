import { describe, expect, test } from '@jest/globals';
import { createApi } from '../../../src/api/api.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import { can, RIGHTS, type Permission } from '../../../src/api/rights.ts';
import { ROLES, type Client } from '../../../src/accounts/client.ts';
import { client, deskApi } from './desk-api.ts';

/** What each route needs. A new route belongs here. */
const NEEDED: Record<string, Permission | 'sign-in'> = {
  'GET /api/calls': 'calls.read',
  'GET /api/calls/:id': 'calls.read',
  'PATCH /api/calls/:id': 'calls.annotate',
  'POST /api/calls': 'calls.make',
  'DELETE /api/calls/:id': 'calls.make',
  'POST /api/calls/:id/connect': 'calls.connect',
  'POST /api/test-calls': 'test-calls',
  'GET /api/shipments/:code/attempts': 'calls.read',
  'GET /api/recordings/:id': 'recordings.listen',
  'GET /api/calls/:id/listenings': 'recordings.listen-to-all',
  'GET /api/gaps': 'calls.read',
  'GET /api/people': 'people.read',
  'GET /api/names': 'people.read',
  'GET /api/search': 'people.read',
  'GET /api/staff': 'people.read',
  'GET /api/surveys': 'surveys.read',
  'POST /api/surveys': 'surveys.write',
  'GET /api/events': 'calls.read',
  'GET /api/openapi.json': 'sign-in',
  'GET /api/status': 'status.read',
  'GET /api/session': 'sign-in',
  'DELETE /api/session': 'sign-in',
  'POST /api/session/password': 'sign-in',
  'GET /api/users': 'users.manage',
  'POST /api/users': 'users.manage',
  'PATCH /api/users/:name': 'users.manage',
  'DELETE /api/users/:name': 'users.manage',
  'POST /api/users/:name/password': 'users.manage',
  'DELETE /api/users/:name/sessions': 'users.manage',
  'GET /api/tokens': 'users.manage',
  'POST /api/tokens': 'users.manage',
  'DELETE /api/tokens/:name': 'users.manage',
};

/** What is there for everybody. */
const OPEN = ['GET /api/sign-in', 'POST /api/session', 'GET /api/openid', 'GET /api/openid/callback'];
const KINDS = ['token', 'session'] as const;
const TOKEN = 'a-token-of-at-least-twenty-characters';
const ORIGIN = 'http://localhost';
let asking: Client | null = null;

/** Nothing behind it works: what is held here is who comes so far. */
const accounts = {
  findToken: () => asking,
  findSession: async () => asking,
} as unknown as DeskApi['accounts'];
const api = createApi(deskApi({ accounts }));

const routes = [
  ...new Set(
    api.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

async function ask(route: string, kind: Client['kind']): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const response = await api.request(path.replaceAll(/:\w+/g, '1'), {
    method,
    headers:
      kind === 'token'
        ? { authorization: `Bearer ${TOKEN}` }
        : { cookie: `courier-agi-desk=${TOKEN}`, origin: ORIGIN, host: 'localhost' },
  });
  if (response.status < 400) return 'answered';
  const { error } = (await response.json()) as { error: { code: string } };
  return error.code;
}

test('it is known what every route needs', () => {
  expect(routes.toSorted()).toEqual([...OPEN, ...Object.keys(NEEDED)].toSorted());
});

describe.each(Object.entries(NEEDED))('%s', (route, needed) => {
  test('is shut for strangers', async () => {
    asking = null;
    for (const kind of KINDS) expect(await ask(route, kind)).toBe('unauthorized');
  });

  // An answer without end has no place here; `api.test.ts` reads it.
  const isStream = route === 'GET /api/events';
  test.each(ROLES)('for the role %s as the table says', async (role) => {
    for (const kind of KINDS) {
      asking = client({ kind, role });
      const isAllowed = needed === 'sign-in' || can(asking, needed);
      if (isAllowed && isStream) continue;
      const answer = await ask(route, kind);
      expect([kind, answer === 'forbidden']).toEqual([kind, !isAllowed]);
      expect(answer).not.toBe('unauthorized');
    }
  });
});

test('who may more may all of the lesser role', () => {
  for (const permission of Object.keys(RIGHTS) as Permission[]) {
    const allowed = ROLES.map((role) => can({ role }, permission));
    expect([permission, allowed]).toEqual([permission, allowed.toSorted()]);
    expect(can({ role: 'admin' }, permission)).toBe(true);
  }
});
