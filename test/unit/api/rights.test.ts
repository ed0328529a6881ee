import { describe, expect, jest, test } from '@jest/globals';
import { createApi } from '../../../src/api/api.ts';
import { CallEvents } from '../../../src/api/call-events.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import { can, RIGHTS, type Permission } from '../../../src/api/rights.ts';
import { ROLES, type Client } from '../../../src/accounts/client.ts';

/** What each route needs. A new route belongs here. */
const NEEDED: Record<string, Permission | 'sign-in'> = {
  'GET /api/calls': 'calls.read',
  'GET /api/calls/:id': 'calls.read',
  'PATCH /api/calls/:id': 'calls.annotate',
  'GET /api/shipments/:code/attempts': 'calls.read',
  'GET /api/people': 'people.read',
  'GET /api/events': 'calls.read',
  'GET /api/openapi.json': 'sign-in',
};

const TOKEN = 'a-token-of-at-least-twenty-characters';
let client: Client | null = null;

/** Nothing behind it works: what is held here is who comes so far. */
const desk = {
  events: new CallEvents(),
  findClient: () => client,
  language: 'en',
  timeZone: 'UTC',
  onError: jest.fn(),
} as unknown as DeskApi;
const api = createApi(desk);

const routes = [
  ...new Set(
    api.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

async function ask(route: string): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const response = await api.request(path.replaceAll(/:\w+/g, '1'), {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  if (response.status < 400) return 'answered';
  const { error } = (await response.json()) as { error: { code: string } };
  return error.code;
}

test('it is known what every route needs', () => {
  expect(routes.toSorted()).toEqual(Object.keys(NEEDED).toSorted());
});

describe.each(Object.entries(NEEDED))('%s', (route, needed) => {
  test('is shut for strangers', async () => {
    client = null;
    expect(await ask(route)).toBe('unauthorized');
  });

  // An answer without end has no place here; `api.test.ts` reads it.
  const isStream = route === 'GET /api/events';
  test.each(ROLES)('for the role %s as the table says', async (role) => {
    for (const kind of ['token', 'session'] as const) {
      client = { kind, name: 'anna', role, user: null, extensions: [] };
      const isAllowed = needed === 'sign-in' || can(client, needed);
      if (isAllowed && isStream) continue;
      const answer = await ask(route);
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
