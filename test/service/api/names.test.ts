import { describe, expect, test } from '@jest/globals';
import { createApi } from '../../../src/api/api.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { DemoNames } from '../../../src/directory/names/demo.names.ts';
import { Router } from '../../../src/scripts/route/router.ts';
import type { Gap } from '../../../src/journal/journal.store.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const TOKEN = 'a-token-of-at-least-twenty-characters';
const router = new Router(parseConfig('{}', 'defaults'), new EmbeddedDirectory({ inHandStates: [1] }));
const asked: [number, number][] = [];
const gaps: Gap[] = [{ asterisk: 'main', from: 1000, until: 2000, reason: 'refused' }];
const store = {
  gaps: async (since: number, until: number) => {
    asked.push([since, until]);
    return gaps;
  },
};
const app = createApi(
  deskApi({
    explain: (number) => router.explain(number, 1000),
    normalise: (raw) => {
      const number = router.normalise(raw);
      return number.kind === 'number' ? number.digits : null;
    },
    names: new DemoNames(),
    accounts: tokenAccounts(() => client()),
    journal: { store } as unknown as Journal,
  }),
);

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const response = await app.request(path, { headers: { authorization: `Bearer ${TOKEN}` } });
  return { status: response.status, body: await response.json() };
}

describe('names for the rows of a list', () => {
  test('are those of whom the router would choose, in the order asked for', async () => {
    expect(await ask('/api/names?numbers=79162000002,74952000201,79160000000,101')).toEqual({
      status: 200,
      body: {
        people: [
          { number: '79162000002', kind: 'recipient', name: 'Илья Громов', company: 'Чай и кофе' },
          { number: '74952000201', kind: 'client', name: null, company: 'Книги почтой' },
          { number: '79160000000', kind: null, name: null, company: null },
          { number: '101', kind: null, name: null, company: null },
        ],
        couriers: [],
        clients: [],
        contacts: [],
      },
    });
  });

  test('stand for the codes of links, and are left out where there are none', async () => {
    expect(await ask('/api/names?couriers=11,9999,11&clients=201')).toEqual({
      status: 200,
      body: {
        people: [],
        couriers: [{ code: 11, name: 'Андрей Быстров' }],
        clients: [{ code: 201, name: 'Книги почтой' }],
        contacts: [],
      },
    });
  });

  test.each(['couriers=1%27', 'clients=-1', 'contacts=1e9', 'couriers=9999999999999999'])(
    'of what is no code are not looked for: %s',
    async (query) => {
      expect((await ask(`/api/names?${query}`)).status).toBe(400);
    },
  );

  test('are read for a page at a time, and not for a whole directory', async () => {
    const numbers = Array.from({ length: 31 }, (_, index) => 79162000000 + index).join(',');
    expect((await ask(`/api/names?numbers=${numbers}`)).status).toBe(400);
  });
});

describe('gaps of the journal', () => {
  test('are those that touch a time', async () => {
    const { body } = await ask('/api/gaps?since=2026-11-26T08:00:00Z');
    expect(body).toEqual({
      gaps: [
        {
          asterisk: 'main',
          from: '1970-01-01T00:00:01.000Z',
          until: '1970-01-01T00:00:02.000Z',
          reason: 'refused',
        },
      ],
    });
    expect(asked.at(-1)).toEqual([Date.parse('2026-11-26T08:00:00Z'), Number.MAX_SAFE_INTEGER]);
  });

  test('are not asked for with what is no time', async () => {
    expect((await ask('/api/gaps?since=yesterday')).status).toBe(400);
    expect((await ask('/api/gaps?since=2026-11-26T08:00:00Z&until=2026-11-25T08:00:00Z')).status).toBe(400);
  });
});
