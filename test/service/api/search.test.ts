import { describe, expect, jest, test } from '@jest/globals';
import { createApi } from '../../../src/api/api.ts';
import { DemoNames } from '../../../src/directory/names/demo.names.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const TOKEN = 'a-token-of-at-least-twenty-characters';
const names = new DemoNames();
const search = jest.spyOn(names, 'search');
const api = createApi(
  deskApi({
    names,
    staff: () => [{ user: 'olga', telephones: ['101', '102'] }],
    accounts: tokenAccounts(() => client()),
  }),
);

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const response = await api.request(path, { headers: { authorization: `Bearer ${TOKEN}` } });
  return { status: response.status, body: await response.json() };
}

describe('GET /api/search', () => {
  test('tells couriers, clients, contact persons and recipients, by a part of the name', async () => {
    expect(await ask(`/api/search?text=${encodeURIComponent(' оч ')}`)).toEqual({
      status: 200,
      body: {
        found: [
          { kind: 'client', code: '201', name: 'Книги почтой' },
          { kind: 'client', code: '204', name: 'Цветы ночью' },
        ],
      },
    });
    const recipient = await ask(`/api/search?text=${encodeURIComponent('ковал')}`);
    expect(recipient.body).toEqual({ found: [{ kind: 'recipient', code: '70001', name: 'Мария Ковалёва' }] });
  });

  test.each(['70001', '460000070001'])('finds the shipment of the code or the bar code %s', async (text) => {
    const { body } = await ask(`/api/search?text=${text}`);
    expect(body).toEqual({ found: [{ kind: 'recipient', code: '70001', name: 'Мария Ковалёва' }] });
  });

  test.each(['', 'a', ' a ', 'a'.repeat(61), 'a\nb', 'a\0b', 'a\u001B[2Jb'])(
    'takes no %j, and asks nobody',
    async (text) => {
      search.mockClear();
      const { status, body } = await ask(`/api/search?text=${encodeURIComponent(text)}`);
      expect([status, body]).toMatchObject([400, { error: { code: 'invalid_request' } }]);
      expect(search).not.toHaveBeenCalled();
    },
  );
});

test('GET /api/staff tells who has which telephones', async () => {
  expect(await ask('/api/staff')).toEqual({
    status: 200,
    body: { staff: [{ user: 'olga', telephones: ['101', '102'] }] },
  });
});
