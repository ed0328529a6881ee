import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallEvents } from '../../../src/api/call-events.ts';
import { CallPublisher } from '../../../src/desk/call-publisher.ts';
import type { JournalCall } from '../../../src/journal/call.row.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { deferred } from '../../../src/util/deferred.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall, missedCall, time } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const ANNA = '79161234567';
const talking = answeredCall(1, ANNA, { state: 'talking', endedAt: null, outcome: null });
const { id } = talking;

const cleanups = new Cleanups();
afterEach(cleanups.run);

const SUPERVISOR = { kind: 'token', name: 'test', role: 'supervisor', user: null, extensions: [] } as const;
let journal: Journal;
let publisher: CallPublisher;
let told: JournalCall[];
let order: string[];

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-publisher-'));
  journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
    onTouched: (touched) => publisher.touch(touched),
    collectMs: 1,
  });
  await journal.start();
  cleanups.add(async () => {
    await journal.stop(1000);
    await rm(folder, { recursive: true, force: true });
  });
  const events = new CallEvents(() => false);
  told = [];
  order = [];
  events.follow(({ textFor }) => {
    const [, name = '', data = ''] = /\nevent: (\w+)\ndata: (.*)\n/.exec(textFor(SUPERVISOR)) ?? [];
    order.push(name);
    if (name === 'call') told.push(JSON.parse(data));
  });
  publisher = new CallPublisher(journal, events);
});

function tell(call: Parameters<Journal['add']>[0]): void {
  journal.add(call);
  publisher.add(call);
}
const toldOf = (count: number) => eventually(`${count} told`, () => told.length >= count);

test('a change of a call comes with the note and the links that people gave it before', async () => {
  await journal.store.save([talking]);
  const link = { kind: 'shipment', code: 70_005, how: 'manual', rank: 1 } as const;
  await journal.store.annotate(id, { note: 'rings tomorrow', links: () => [link] });
  tell(answeredCall(1, ANNA));
  await toldOf(1);
  expect(told[0]).toEqual({
    ...answeredCall(1, ANNA),
    links: [...talking.links, link],
    note: 'rings tomorrow',
  });
  await eventually('it is written', () => journal.waiting === 0);
  expect(await journal.store.get(id)).toEqual(told[0]);
});

test('a note comes with the newest version of the call, written or not', async () => {
  await journal.store.save([answeredCall(1, ANNA, { state: 'ringing' })]);
  await journal.store.annotate(id, { note: 'rings tomorrow' });
  journal.add(talking);
  publisher.touch(id);
  await toldOf(1);
  expect(told[0]).toMatchObject({ state: 'talking', note: 'rings tomorrow' });
  await eventually('it is written', () => journal.waiting === 0);
  publisher.touch(id);
  await toldOf(2);
  expect(told[1]).toMatchObject({ state: 'talking', note: 'rings tomorrow' });
});

test('a talk publishes the missed calls that it calls back', async () => {
  tell(missedCall(1, ANNA));
  await eventually('it is written', () => journal.waiting === 0);
  tell(answeredCall(3, ANNA));
  await toldOf(3);
  expect(told.map((call) => [call.id, call.calledBackAt])).toEqual([
    [missedCall(1, ANNA).id, null],
    [answeredCall(3, ANNA).id, null],
    [missedCall(1, ANNA).id, time(8000)],
  ]);
});

test('a journal that hangs holds no call up, and the whole follows when it answers', async () => {
  await journal.store.save([talking]);
  await journal.store.annotate(id, { note: 'rings tomorrow' });
  const hang = deferred<void>();
  const complete = journal.store.complete.bind(journal.store);
  jest.spyOn(journal.store, 'complete').mockImplementationOnce(async (calls) => {
    await hang.promise;
    return complete(calls);
  });
  publisher.add(talking);
  await toldOf(1);
  publisher.add(answeredCall(2, ANNA));
  await toldOf(2);
  expect(told.map(({ note }) => note)).toEqual([undefined, undefined]);
  hang.resolve();
  await toldOf(3);
  expect(told[2]).toMatchObject({ id, note: 'rings tomorrow' });
});

test('a journal that always answers late is asked for each call once, and gives its whole', async () => {
  const calls = Array.from({ length: 500 }, (_, n) => answeredCall(n, ANNA));
  await journal.store.save(calls);
  for (const call of calls) await journal.store.annotate(call.id, { note: call.id });
  const asked: string[] = [];
  const complete = journal.store.complete.bind(journal.store);
  jest.spyOn(journal.store, 'complete').mockImplementation(async (some) => {
    await sleep(150);
    return complete(some);
  });
  const getAll = journal.store.getAll.bind(journal.store);
  jest.spyOn(journal.store, 'getAll').mockImplementation(async (ids) => {
    asked.push(...ids);
    return getAll(ids);
  });
  for (const call of calls) publisher.add(call);
  const wholes = () => told.filter(({ id: told_id, note }) => note === told_id).length;
  await eventually('each whole is told', () => wholes() >= calls.length);
  await sleep(500);
  expect(wholes()).toBe(calls.length);
  expect(new Set(asked).size).toBe(asked.length);
});

test('a late answer does not go back before what has come meanwhile', async () => {
  await journal.store.save([talking]);
  await journal.store.annotate(id, { note: 'rings tomorrow' });
  const hang = deferred<void>();
  const complete = journal.store.complete.bind(journal.store);
  jest.spyOn(journal.store, 'complete').mockImplementationOnce(async (calls) => {
    const whole = await complete(calls);
    await hang.promise;
    return whole;
  });
  tell(talking);
  await toldOf(1);
  tell(answeredCall(1, ANNA));
  await toldOf(2);
  hang.resolve();
  await toldOf(3);
  expect(told.map(({ state, note }) => [state, note])).toEqual([
    ['talking', undefined],
    ['ended', undefined],
    ['ended', 'rings tomorrow'],
  ]);
});

test('a journal that is away holds no call up, and the wholes follow when it is back', async () => {
  await journal.store.save([talking]);
  await journal.store.annotate(id, { note: 'rings tomorrow' });
  const away = jest.spyOn(journal.store, 'complete').mockRejectedValue(new Error('away'));
  publisher.add(talking);
  await toldOf(1);
  expect(told[0]).toEqual(talking);
  await sleep(100);
  expect(told).toHaveLength(1);
  away.mockRestore();
  publisher.add(answeredCall(2, ANNA));
  await toldOf(3);
  expect(told[2]).toMatchObject({ id, note: 'rings tomorrow' });
});

test('of more calls than are remembered a late answer tells no older version', async () => {
  const calls = Array.from({ length: 6000 }, (_, n) => answeredCall(n + 2, ANNA));
  await journal.store.save([talking]);
  const hang = deferred<void>();
  const complete = journal.store.complete.bind(journal.store);
  jest.spyOn(journal.store, 'complete').mockImplementationOnce(async (some) => {
    const whole = await complete(some);
    await hang.promise;
    return whole;
  });
  publisher.add(talking);
  await toldOf(1);
  for (const call of calls) publisher.add(call);
  await toldOf(6001);
  publisher.add(answeredCall(1, ANNA));
  await toldOf(6002);
  hang.resolve();
  await sleep(50);
  expect(told.filter((call) => call.id === id).map(({ state }) => state)).toEqual(['talking', 'ended']);
});

test('what became a part of another call is not told after that', async () => {
  publisher.add(talking);
  publisher.join(id, 'main-1.1');
  publisher.add(answeredCall(2, ANNA));
  await toldOf(1);
  expect(order).toEqual(['joined', 'call']);
});

test('what nobody knows is not told', async () => {
  publisher.touch('main-1.1');
  publisher.add(talking);
  await toldOf(1);
  expect(told).toHaveLength(1);
});
