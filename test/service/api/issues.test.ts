import { describe, expect, test } from '@jest/globals';
import { EXTENSION_PATTERN } from '../../../src/web/calls/extension.ts';
import { apiOf, client, deskApi, tokenAccounts } from './desk-api.ts';

const TOKEN = 'a-token-of-at-least-twenty-characters';
const desk = deskApi({ accounts: tokenAccounts(() => client({ role: 'admin' })) });

async function refusal(path: string, language: string, body?: unknown, method = 'POST'): Promise<string> {
  const response = await apiOf(desk).request(path, {
    method: body === undefined ? 'GET' : method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'accept-language': language,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe('invalid_request');
  return error.message;
}

const user = { name: 'olga', role: 'operator' };
const LONG = 'x'.repeat(3000);

/** What the pages send: where to, what, and what people read. */
const WRONG: readonly (readonly [string, unknown, string, string])[] = [
  [
    '/api/users',
    { ...user, extensions: ['1', '10x'] },
    'Телефоны: только цифры, от 2 до 15 в каждом.',
    'Telephones: digits alone, 2 to 15 in each.',
  ],
  [
    '/api/users',
    { ...user, name: '<b>' },
    'Имя: до 60 букв, цифр, пробелов и знаков _ . @ -.',
    'Name: up to 60 letters, digits, blanks and _ . @ -.',
  ],
  [
    '/api/users',
    { ...user, role: 'god' },
    'Роль: одно из: operator, supervisor, admin.',
    'Role: one of: operator, supervisor, admin.',
  ],
  [
    '/api/users',
    { ...user, password: 5 },
    'Пароль: значение не подходит.',
    'Password: is not what is asked for.',
  ],
  [
    '/api/users',
    { ...user, login: '' },
    'Логин в базе courier: нужно заполнить.',
    'Login in the courier database: must not be empty.',
  ],
  ['/api/users', { ...user, age: 5 }, 'Запрос: есть лишнее: age.', 'The request: unknown fields: age.'],
  ['/api/users', { role: 'operator' }, 'Имя: нужно указать.', 'Name: is missing.'],
  [
    '/api/session/password',
    { old: '', new: LONG },
    'Старый пароль: нужно заполнить. Новый пароль: не больше 200 знаков.',
    'Old password: must not be empty. New password: at most 200 characters.',
  ],
  [
    '/api/calls/1/connect',
    { extension: '1' },
    'Внутренний номер: от 2 до 6 цифр.',
    'Extension: 2 to 6 digits.',
  ],
  [
    '/api/calls/1/connect',
    { courier: -1 },
    'Код курьера: целое число больше нуля.',
    'Code of the courier: a whole number above 0.',
  ],
  ['/api/calls/1/connect', {}, 'Запрос: значение не подходит.', 'The request: is not what is asked for.'],
  [
    '/api/calls',
    { to: { number: '1'.repeat(50) } },
    'Номер: не больше 40 знаков.',
    'Number: at most 40 characters.',
  ],
  [
    '/api/test-calls',
    { from: '', to: '101' },
    'Кому звонить сначала: нужно заполнить.',
    'First telephone: must not be empty.',
  ],
  ['PATCH /api/calls/1', { note: LONG }, 'Заметка: не больше 2000 знаков.', 'Note: at most 2000 characters.'],
  [
    'PATCH /api/calls/1',
    { links: [{ kind: 'shipment', code: 1.5 }] },
    'Код: значение не подходит.',
    'Code: is not what is asked for.',
  ],
  ['/api/calls?number=1', undefined, 'Номер: от 2 до 15 цифр.', 'Number: 2 to 15 digits.'],
  [
    '/api/calls?since=soon',
    undefined,
    'Начало периода: время вида 2026-11-26T08:00:00Z.',
    'Beginning of the period: a time such as 2026-11-26T08:00:00Z.',
  ],
  [
    `/api/calls?user=${'x'.repeat(101)}`,
    undefined,
    'Сотрудник: не больше 100 знаков.',
    'Colleague: at most 100 characters.',
  ],
  [
    '/api/calls?kind=courier',
    undefined,
    'Привязку ищут по виду и коду вместе.',
    'A link is looked for by kind and code together.',
  ],
  [
    '/api/search?text=%01%02',
    undefined,
    'Поиск: буквы, цифры и знаки.',
    'Search: letters, digits and signs.',
  ],
  [
    '/api/names?couriers=x',
    undefined,
    'couriers: до 30 кодов через запятую.',
    'couriers: up to 30 codes, with commas.',
  ],
];

describe('what is wrong with a request is told to people, in their language', () => {
  test.each(WRONG)('%s %j', async (where, body, ru, en) => {
    const [path = '', method = 'POST'] = where.split(' ').toReversed();
    expect(await refusal(path, 'ru', body, method)).toBe(ru);
    expect(await refusal(path, 'en', body, method)).toBe(en);
  });
});

test('many mistakes are told in a few sentences', async () => {
  const said = await refusal('/api/users', 'ru', {
    name: '',
    role: 1,
    extensions: 'x',
    login: 5,
    password: 5,
  });
  expect(said).toBe(
    'Имя: до 60 букв, цифр, пробелов и знаков _ . @ -. Роль: одно из: operator, supervisor, admin. Пароль: значение не подходит.',
  );
});

test.each(['1', '1 ', '12', ' 1 2 ', '101', '123456', '1234567', '12 34 56 7', '10x', ''])(
  'the page takes the extension "%s" when the desk does',
  async (typed) => {
    // As the browser does with a field's pattern.
    const isTaken = new RegExp(`^(?:${EXTENSION_PATTERN})$`, 'v').test(typed);
    const response = await apiOf(desk).request('/api/calls/1/connect', {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ extension: typed.replaceAll(/\s/g, '') }),
    });
    expect(response.status !== 400).toBe(isTaken);
  },
);

test('programs read which fields are wrong', async () => {
  const response = await apiOf(desk).request('/api/users', {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...user, extensions: ['101', 'x'], age: 5 }),
  });
  const { error } = (await response.json()) as { error: { fields: string[] } };
  expect(error.fields).toEqual(['extensions.1', 'age']);
});
