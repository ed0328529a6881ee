import { describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../../src/calls/call.ts';
import { Bindings, type BindingsOptions } from '../../../src/desk/bindings.ts';
import type { Match } from '../../../src/directory/match.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall, inside, outside } from '../../lab/journal/sample-calls.ts';
import { contactMatch, client, courierMatch, shipment } from '../../unit/routing/builders.ts';

const ANNA = '79161234567';
const COURIER = '79161000011';

function setUp(matches: Readonly<Record<string, readonly Match[]>>, options: Partial<BindingsOptions> = {}) {
  const told: Call[] = [];
  const findMatches = jest.fn(async (number: string) => matches[number] ?? []);
  const onProblem = jest.fn();
  const bindings = new Bindings({
    findMatches,
    userOf: (extension) => (extension === '101' ? 'olga' : null),
    onBound: (call) => told.push(call),
    onProblem,
    ...options,
  });
  return { bindings, told, findMatches, onProblem, last: () => told.at(-1) };
}

/** As the tracker tells it: without links and users. */
const ringing = (changes: Partial<Call> = {}): Call =>
  answeredCall(1, ANNA, { state: 'ringing', links: [], answeredBy: inside('101'), ...changes });
const codes = (call: Call | undefined) => call?.links.map(({ kind, code, rank }) => [kind, code, rank]);

test('a call is told at once, and again with what its number leads to', async () => {
  const { bindings, told, findMatches } = setUp({ [ANNA]: [shipment(70_001)] });
  bindings.add(ringing());
  expect(told.map(({ links }) => links)).toEqual([[]]);
  await sleep(1);
  expect(codes(told[1])).toEqual([
    ['shipment', 70_001, 1],
    ['order', 5001, 1],
    ['client', 201, 1],
    ['courier', 11, 1],
  ]);
  expect(told[1]?.links.every(({ how }) => how === 'matched')).toBe(true);
  expect(told[1]?.answeredBy).toMatchObject({ extension: '101', user: 'olga' });
  // The company's own number is nobody's.
  expect(findMatches.mock.calls).toEqual([[ANNA]]);
});

test('what it was bound to before the desk was started anew stays, and is not looked up again', async () => {
  const { bindings, findMatches, last } = setUp({ [ANNA]: [shipment(70_002)] });
  const link = { kind: 'shipment', code: 70_001, how: 'matched', rank: 1 } as const;
  bindings.add(ringing({ links: [link], state: 'ended' }));
  await sleep(1);
  expect(findMatches).not.toHaveBeenCalled();
  expect(last()?.links).toEqual([link]);
  expect(bindings.size).toBe(0);
});

test('open shipments come before closed ones, which count only when there is no other', async () => {
  const closed = { open: false, holder: null };
  const { bindings, last } = setUp({
    [ANNA]: [shipment(1, closed), shipment(2, { holder: null }), shipment(3)],
    [COURIER]: [shipment(1, closed), shipment(4, closed)],
  });
  const shipments = (call: Call | undefined) => codes(call)?.filter(([kind]) => kind === 'shipment');
  bindings.add(ringing());
  await sleep(1);
  expect(shipments(last())).toEqual([
    ['shipment', 3, 1],
    ['shipment', 2, 2],
  ]);
  bindings.add(ringing({ id: 'main-2', from: outside(COURIER) }));
  await sleep(1);
  expect(shipments(last())).toEqual([['shipment', 4, 1]]);
});

test('what the router said stays first, and is not said twice', async () => {
  const { bindings, last } = setUp({ [ANNA]: [shipment(70_001), contactMatch(5, client(202))] });
  bindings.add(ringing({ links: [{ kind: 'shipment', code: 70_001, how: 'routed', rank: 1 }] }));
  await sleep(1);
  expect(last()?.links.map(({ kind, code, how }) => [kind, code, how])).toEqual([
    ['shipment', 70_001, 'routed'],
    ['order', 5001, 'matched'],
    ['client', 201, 'matched'],
    ['courier', 11, 'matched'],
    ['contact', 5, 'matched'],
    ['client', 202, 'matched'],
  ]);
});

test('both sides of a call that the server made are looked up, each as soon as it is known', async () => {
  const { bindings, last, findMatches } = setUp({
    [ANNA]: [shipment(70_001)],
    [COURIER]: [courierMatch(11)],
  });
  const call = ringing({
    direction: 'courier',
    from: outside(COURIER),
    to: { ...outside(''), number: null },
  });
  bindings.add(call);
  await sleep(1);
  expect(codes(last())).toEqual([['courier', 11, 1]]);
  bindings.add({ ...call, to: outside(ANNA) });
  await sleep(1);
  expect(codes(last())).toContainEqual(['shipment', 70_001, 1]);
  expect(findMatches.mock.calls).toEqual([[COURIER], [ANNA]]);
});

test('what is bound stays, though the shipment moves on while the call lasts', async () => {
  const matches: Record<string, readonly Match[]> = { [ANNA]: [shipment(70_001)] };
  const { bindings, last, findMatches } = setUp(matches);
  bindings.add(ringing());
  await sleep(1);
  matches[ANNA] = [];
  bindings.add(ringing({ state: 'talking' }));
  bindings.add(ringing({ state: 'ended' }));
  expect(codes(last())).toContainEqual(['shipment', 70_001, 1]);
  expect(findMatches).toHaveBeenCalledTimes(1);
  expect(bindings.size).toBe(0);
});

test('a call that ends before its look-up is told again when that has come', async () => {
  const { bindings, told } = setUp({ [ANNA]: [shipment(70_001)] });
  bindings.add(ringing({ state: 'ended' }));
  expect(bindings.size).toBe(1);
  await sleep(1);
  expect(told).toHaveLength(2);
  expect(bindings.size).toBe(0);
});

describe('a directory that is away', () => {
  const links = (told: readonly Call[]) => told.map((call) => [call.state, call.links.length]);

  test('costs the links and nothing else, until it is back', async () => {
    let isAway = true;
    const findMatches = jest.fn(async () => {
      if (isAway) throw new Error('away');
      return [courierMatch(11)];
    });
    const { bindings, told, onProblem, last } = setUp({}, { findMatches, againMs: 1 });
    bindings.add(ringing());
    await eventually('it is asked again and again', () => findMatches.mock.calls.length > 3);
    bindings.add(ringing({ state: 'ended' }));
    expect(links(told)).toEqual([
      ['ringing', 0],
      ['ended', 0],
    ]);
    expect(onProblem).toHaveBeenCalledTimes(1);
    isAway = false;
    await eventually('the call is told with its link', () => told.length > 2);
    expect(last()).toMatchObject({ state: 'ended', links: [{ kind: 'courier', code: 11, how: 'matched' }] });
    expect(bindings.size).toBe(0);
    await sleep(20);
    expect(told).toHaveLength(3);
  });

  test('for one number alone keeps no other waiting', async () => {
    let isAway = true;
    const findMatches = async (number: string) => {
      if (isAway || number === ANNA) throw new Error('away');
      return [courierMatch(11)];
    };
    const { bindings, told } = setUp({}, { findMatches, againMs: 1 });
    for (let n = 0; n < 5; n++)
      bindings.add(ringing({ id: `main-${n}`, from: outside(n === 0 ? ANNA : `7916100001${n}`) }));
    await sleep(20);
    isAway = false;
    await eventually('the others are bound', () => told.length === 9);
    expect(bindings.size).toBe(5);
  });

  test('is not waited for with more calls than there is room for', async () => {
    const findMatches = () => Promise.reject(new Error('away'));
    const { bindings } = setUp({}, { findMatches });
    for (let n = 0; n < 6000; n++) bindings.add(ringing({ id: `main-${n}`, state: 'ended' }));
    await sleep(1);
    expect(bindings.size).toBe(5000);
    bindings.clear();
    expect(bindings.size).toBe(0);
  });

  test('is not asked for calls that another desk follows by now', async () => {
    const findMatches = jest.fn(() => Promise.reject(new Error('away')));
    const { bindings } = setUp({}, { findMatches, againMs: 1 });
    bindings.add(ringing());
    await eventually('it is asked again', () => findMatches.mock.calls.length > 1);
    bindings.clear();
    await sleep(5);
    const asked = findMatches.mock.calls.length;
    await sleep(20);
    expect(findMatches).toHaveBeenCalledTimes(asked);
  });
});

test('a call that became a part of another one is not told any more', async () => {
  const { bindings, told } = setUp({ [ANNA]: [shipment(70_001)] });
  bindings.add(ringing());
  bindings.remove(ringing().id);
  await sleep(1);
  expect(told).toHaveLength(1);
  expect(bindings.size).toBe(0);
});

test('of calls that another desk follows from now on nothing is kept, and nothing told', async () => {
  const { bindings, told } = setUp({ [ANNA]: [shipment(70_001)] });
  bindings.add(ringing());
  bindings.clear();
  expect(bindings.size).toBe(0);
  await sleep(1);
  expect(told).toHaveLength(1);
});

test('a test call that was made without the desk is told as one', () => {
  const { bindings, last } = setUp({});
  const id = 'courier-test-0f8fad5b-d9cb-469f-a165-70867728950e';
  bindings.add(answeredCall(1, ANNA, { linkedIds: [id], direction: 'out', links: [] }));
  expect(last()).toMatchObject({ direction: 'test', request: { by: 'test', result: { code: 'answered' } } });
  bindings.add(answeredCall(2, ANNA, { linkedIds: [id.replace('test-', '')], direction: 'out', links: [] }));
  expect(last()).toMatchObject({ direction: 'out', request: null });
});
