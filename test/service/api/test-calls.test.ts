import { expect, jest, test } from '@jest/globals';
import type { Role } from '../../../src/accounts/client.ts';
import { createApi } from '../../../src/api/api.ts';
import type { DeskApi, TestCallStep } from '../../../src/api/context.ts';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const TOKEN = 'a-token-of-twenty-letters';
const GOOD: TestCallStep = {
  asterisk: 'main',
  name: 'port',
  state: 'ok',
  message: { en: 'Open.', ru: 'Открыт.' },
  remedy: null,
};
const BAD: TestCallStep = {
  asterisk: 'main',
  name: 'login',
  state: 'fail',
  message: { en: 'Refused.', ru: 'Отказ.' },
  remedy: { en: 'Mend it.', ru: 'Почините.' },
};

async function ask(testCall: DeskApi['testCall'], role: Role = 'supervisor', language = 'en') {
  const onError = jest.fn();
  const app = createApi(
    deskApi({
      testCall,
      onError,
      accounts: tokenAccounts((token) => (token === TOKEN ? client({ role }) : null)),
    }),
  );
  const response = await app.request('/api/test-calls', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'accept-language': language,
    },
    body: JSON.stringify({ from: '101', to: '79162000001' }),
  });
  return { response, onError };
}

test('POST /api/test-calls answers with the rungs, in the language of whoever asks', async () => {
  const asked: unknown[] = [];
  const { response } = await ask(
    async function* steps(ends) {
      asked.push(ends);
      yield GOOD;
      yield BAD;
    },
    'supervisor',
    'ru',
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toEqual({
    steps: [
      { asterisk: 'main', name: 'port', state: 'ok', message: 'Открыт.', remedy: null },
      { asterisk: 'main', name: 'login', state: 'fail', message: 'Отказ.', remedy: 'Почините.' },
    ],
    good: false,
  });
  expect(asked).toEqual([{ from: '101', to: '79162000001' }]);
});

test('it tells each rung as soon as it is known, and beats while a telephone rings', async () => {
  let goOn = (): void => undefined;
  const rang = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    const { response } = await ask(async function* steps() {
      yield GOOD;
      await rang;
      yield { ...GOOD, name: 'first rings' };
    });
    const reader = (response.body ?? new ReadableStream()).getReader();
    let text = '';
    const read = async (): Promise<void> => {
      const { value } = await reader.read();
      text += new TextDecoder().decode(value);
    };
    await read();
    await read();
    expect(text).toContain('"port"');
    const beat = read();
    await jest.advanceTimersByTimeAsync(10_000);
    await beat;
    expect(text.endsWith(' ')).toBe(true);
    goOn();
    for (let index = 0; index < 10 && !text.endsWith('}'); index += 1) await read();
    for (let index = 0; index < 10 && !text.includes('"good"'); index += 1) await read();
    expect(JSON.parse(text)).toMatchObject({
      good: true,
      steps: [{ name: 'port' }, { name: 'first rings' }],
    });
  } finally {
    jest.useRealTimers();
  }
});

test('operators may not, and what is no number is refused before anything rings', async () => {
  const { response: forbidden } = await ask(async function* steps() {
    yield GOOD;
  }, 'operator');
  expect(forbidden.status).toBe(403);
  const { response: invalid } = await ask(() => {
    throw new CallRefusedError('invalid_number', '"x"');
  });
  expect(invalid.status).toBe(400);
  expect(await invalid.json()).toMatchObject({ error: { code: 'invalid_number' } });
});

test('a defect on the way ends the ladder, and is told to the log', async () => {
  const { response, onError } = await ask(async function* steps() {
    yield GOOD;
    throw new Error('a defect');
  });
  expect(await response.json()).toMatchObject({ steps: [{ name: 'port' }], good: false });
  expect(onError).toHaveBeenCalledTimes(1);
});
