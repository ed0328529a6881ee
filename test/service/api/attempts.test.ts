import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../../../src/api/api.ts';
import type { Call, CallLeg, Link } from '../../../src/calls/call.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { answeredCall, missedCall, outside, time } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const MARIA = outside('79162000002');
const BORIS = outside('79161000012');

function rung(party: CallLeg['party'], outcome: CallLeg['outcome']): CallLeg {
  const ends = { rangAt: time(0), answeredAt: null, endedAt: time(9000) };
  return { party, trunk: 'trunk', ...ends, outcome, cause: null };
}
const shipment = (code: number, how: Link['how'], rank: number): Link => ({
  kind: 'shipment',
  code,
  how,
  rank,
});
const RESULT = {
  code: 'first_no_answer',
  en: 'The courier did not answer; the other side was not called.',
  ru: 'Курьер: нет ответа; второй стороне не звонили.',
};

/** A courier calls back, for the first of two shipments of the same recipient. */
function callBack(id: number, changes: Partial<Call> = {}): Call {
  return missedCall(id, '79161000012', {
    direction: 'courier',
    missed: false,
    from: BORIS,
    to: MARIA,
    legs: [rung(BORIS, 'answered'), rung(MARIA, 'no_answer')],
    links: [shipment(70_003, 'requested', 1), shipment(70_002, 'matched', 2)],
    ...changes,
  });
}

const CALLS = {
  asked: callBack(1),
  notPickedUp: callBack(2, {
    legs: [rung(BORIS, 'no_answer')],
    seconds: { greeting: 0, wait: 0, ring: 0, talk: 0, hold: 0 },
    request: { by: 'click', user: null, key: null, result: RESULT },
  }),
  byNumber: callBack(3, { links: [shipment(70_003, 'matched', 1), shipment(70_002, 'matched', 2)] }),
  byHand: callBack(4, { links: [shipment(70_003, 'matched', 1), shipment(70_002, 'matched', 2)] }),
  inbound: answeredCall(5, '79162000002', { links: [shipment(70_003, 'routed', 1)] }),
};

let folder: string;
let journal: Journal;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-attempts-'));
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
  });
  await journal.start();
  await journal.store.save(Object.values(CALLS));
  await journal.store.annotate(CALLS.byHand.id, { links: () => [shipment(70_002, 'manual', 1)] });
});
afterAll(async () => {
  await journal.stop(100);
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly call: string;
  readonly dialled: boolean;
  readonly ringSeconds: number;
  readonly result: unknown;
}

async function attemptsFor(code: number): Promise<readonly Told[]> {
  const api = createApi(deskApi({ journal, accounts: tokenAccounts(() => client()) }));
  const answer = await api.request(`/api/shipments/${code}/attempts`, {
    headers: { authorization: 'Bearer a-token-of-at-least-twenty-characters' },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { attempts: Told[] }).attempts;
}

test('an attempt belongs to the shipment that was asked for, else to the likeliest', async () => {
  const idsFor = async (code: number) => (await attemptsFor(code)).map(({ call }) => call);
  expect(await idsFor(70_003)).toEqual([CALLS.asked.id, CALLS.notPickedUp.id, CALLS.byNumber.id]);
  expect(await idsFor(70_002)).toEqual([CALLS.byHand.id]);
});

test('a call is not attached to a shipment that is not there, and what was attached before stays', async () => {
  const hasShipment = jest.fn(async (code: number | string): Promise<boolean | null> => code === 70_003);
  const names = { ...deskApi().names, hasShipment };
  const api = createApi(deskApi({ journal, names, accounts: tokenAccounts(() => client()) }));
  const attach = async (...codes: number[]) => {
    const answer = await api.request(`/api/calls/${CALLS.byHand.id}`, {
      method: 'PATCH',
      headers: {
        authorization: 'Bearer a-token-of-at-least-twenty-characters',
        'content-type': 'application/json',
        'accept-language': 'en',
      },
      body: JSON.stringify({ links: codes.map((code) => ({ kind: 'shipment', code })) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await attach(70_002, 79_999)).toMatchObject({
    status: 404,
    body: { error: { code: 'no_such_shipment', message: expect.stringContaining('79999') } },
  });
  // 70002 is not there any more, and was attached before.
  expect((await attach(70_002)).status).toBe(200);
  hasShipment.mockResolvedValueOnce(null);
  expect((await attach(70_002, 79_999)).status).toBe(200);
  await journal.store.annotate(CALLS.byHand.id, { links: () => [shipment(70_002, 'manual', 1)] });
});

test('a call that the courier did not pick up is told apart, with its result in words', async () => {
  const [asked, notPickedUp] = await attemptsFor(70_003);
  expect(asked).toMatchObject({ dialled: true, result: null });
  expect(notPickedUp).toMatchObject({ dialled: false, ringSeconds: 0, result: RESULT });
});
