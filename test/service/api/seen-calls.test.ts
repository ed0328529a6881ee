import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../../src/accounts/client.ts';
import { createApi } from '../../../src/api/api.ts';
import { CallEvents, type DeskEvent } from '../../../src/api/call-events.ts';
import type { Call } from '../../../src/calls/call.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { answeredCall, inside, missedCall, outside } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const ANNA = '79161234567';
const TOKEN = 'a-token-of-at-least-twenty-characters';

/** 101, who is olga, talks with Anna. */
const talking = (changes: Partial<Call> = {}): Call => ({
  ...answeredCall(1, ANNA),
  state: 'talking',
  endedAt: null,
  outcome: null,
  ...changes,
});
const outbound = (): Call =>
  talking({
    ...answeredCall(2, ANNA),
    state: 'talking',
    direction: 'out',
    from: inside('101', 'olga'),
    to: outside(ANNA),
    answeredBy: outside(ANNA),
    request: { by: 'click', user: 'olga', key: null, result: null },
  });

/** 101, who is olga, has missed Boris before and calls him back; in the other call she calls somebody who was not missed. */
const BORIS = '79261234567';
const calledBack = (): Call => ({
  ...outbound(),
  ...parts(5),
  to: outside(BORIS),
  answeredBy: outside(BORIS),
  talks: [
    {
      a: inside('101', 'olga'),
      b: outside(BORIS),
      from: answeredCall(5, BORIS).answeredAt ?? '',
      until: null,
    },
  ],
});
function parts(id: number) {
  const { id: name, linkedIds, startedAt, answeredAt } = answeredCall(id, BORIS);
  return { id: name, linkedIds, startedAt, answeredAt };
}

/** Pavel talks with Anna on his mobile. */
const MOBILE = '79035550004';
const onMobile = (id: number, changes: Partial<Call> = {}): Call =>
  talking({
    ...answeredCall(id, ANNA),
    state: 'talking',
    answeredBy: outside(MOBILE),
    legs: [],
    talks: [],
    ...changes,
  });
const isOfStaff = (number: string): boolean => number === MOBILE;
const PAVEL = client({ kind: 'session', user: 'pavel', extensions: ['79035550004'] });

const OPERATOR = client({ kind: 'session', user: 'irina', extensions: ['102'] });
const OWN: readonly Client[] = [
  client({ kind: 'session', user: 'olga' }),
  client({ kind: 'session', extensions: ['101'] }),
];
const SUPERVISOR = client({ role: 'supervisor' });

let folder: string;
let journal: Journal;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-seen-'));
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
  });
  await journal.start();
  await journal.store.save([
    talking(),
    outbound(),
    answeredCall(3, ANNA),
    missedCall(4, BORIS, { legs: [] }),
    calledBack(),
    // Before and after the one that is over he talks on his mobile.
    onMobile(6, { state: 'ended' }),
    onMobile(7),
  ]);
});
afterAll(async () => {
  await journal.stop(100);
  await rm(folder, { recursive: true, force: true });
});

async function ask(path: string, who: Client): Promise<string> {
  const api = createApi(deskApi({ journal, accounts: tokenAccounts(() => who), isOfStaff }));
  const response = await api.request(path, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(response.status).toBe(200);
  return response.text();
}

function told(who: Client, call: Call): string {
  const events = new CallEvents(isOfStaff);
  const heard: DeskEvent[] = [];
  events.follow((event) => heard.push(event));
  events.publishCall(call);
  return heard.map(({ textFor }) => textFor(who)).join('');
}

describe('who of the house is on a call that goes on', () => {
  test.each([
    ['the call', `/api/calls/${talking().id}`],
    ['a call that went out', `/api/calls/${outbound().id}`],
    ['the list', '/api/calls?state=talking'],
    ['the table', '/api/calls?state=talking&format=csv'],
    ['the attempts of a shipment', '/api/shipments/70001/attempts'],
  ])('an operator does not read in %s, a supervisor and the person do', async (_what, path) => {
    const text = await ask(path, OPERATOR);
    expect(text).toContain(path.includes('attempts') ? '"call"' : ANNA);
    const open = text.split('\n').filter((line) => !line.includes('"ended"'));
    expect(open.join('\n')).not.toMatch(/olga|"101"|79035550004/);
    for (const who of [SUPERVISOR, ...OWN]) expect(await ask(path, who)).toContain('olga');
  });

  test('an operator does not hear in the events', () => {
    for (const call of [onMobile(7), { ...talking(), from: outside(MOBILE) }]) {
      expect(told(OPERATOR, call)).not.toContain(MOBILE);
      for (const who of [SUPERVISOR, PAVEL]) expect(told(who, call)).toContain(MOBILE);
    }
    for (const call of [talking(), outbound()]) {
      expect(told(OPERATOR, call)).not.toMatch(/olga|"101"/);
      expect(told(OPERATOR, call)).toContain(ANNA);
      for (const who of [SUPERVISOR, ...OWN]) expect(told(who, call)).toContain('olga');
    }
  });

  test.each(['extension=101', 'user=olga', 'kind=user&code=olga'])(
    'an operator does not find out with %s',
    async (filter) => {
      const { calls } = JSON.parse(await ask(`/api/calls?${filter}`, OPERATOR));
      expect(calls.map(({ id }: Call) => id)).toEqual([answeredCall(3, ANNA).id]);
    },
  );

  test.each(['/api/calls?number=79035550004', '/api/calls?number=0004', '/api/people?number=79035550004'])(
    'an operator does not find out by the mobile of a colleague: %s',
    async (path) => {
      const idsFor = async (who: Client) =>
        JSON.parse(await ask(path, who)).calls.map(({ id }: Call) => id.split('.')[1]);
      expect(await idsFor(OPERATOR)).toEqual(['6']);
      for (const who of [SUPERVISOR, PAVEL]) expect(await idsFor(who)).toEqual(['7', '6']);
    },
  );

  test('an operator does not find out by the table of a colleague’s mobile', async () => {
    const rows = (await ask('/api/calls?number=79035550004&format=csv', OPERATOR)).trim().split('\n');
    expect(rows.map((row) => row.split(';')[0]?.split('.')[1])).toEqual([undefined, '6']);
  });

  test.each(['extension=101', 'user=olga', 'number=79035550004'])(
    'nor by how many calls are on a page of %s, or whether another one follows',
    async (filter) => {
      const page = async (limit: number) =>
        JSON.parse(await ask(`/api/calls?${filter}&limit=${limit}`, OPERATOR));
      const { calls, next } = await page(1);
      expect([calls.length, calls[0].state, next]).toEqual([1, 'ended', null]);
      expect((await page(500)).calls).toEqual(calls);
    },
  );

  test('an operator reads by name who calls back whoever was missed, and neither telephone nor anything else', async () => {
    const { calls } = JSON.parse(await ask(`/api/people?number=${BORIS}`, OPERATOR)) as { calls: Call[] };
    const back = calls.find(({ id }) => id === calledBack().id);
    expect(back?.from).toEqual({ number: null, raw: '', extension: null, user: 'olga' });
    expect(JSON.stringify({ ...back, from: null })).not.toContain('olga');
    expect(JSON.stringify(back)).not.toContain('"101"');
    // Nobody has missed Anna.
    const others = JSON.parse(await ask(`/api/people?number=${ANNA}`, OPERATOR)) as { calls: Call[] };
    expect(JSON.stringify(others.calls.filter(({ state }) => state === 'talking'))).not.toMatch(/olga|"101"/);
  });

  test('everybody sees while it rings, and when it is over', async () => {
    expect(told(OPERATOR, talking({ state: 'ringing' }))).toContain('olga');
    expect(await ask(`/api/calls/${answeredCall(3, ANNA).id}`, OPERATOR)).toContain('olga');
  });
});
