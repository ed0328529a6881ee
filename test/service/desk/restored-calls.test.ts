import { describe, expect, test } from '@jest/globals';
import { RestoredCalls } from '../../../src/desk/restored-calls.ts';
import { answeredCall, inside, MORNING, outside, time } from '../../lab/journal/sample-calls.ts';

const ANNA = '79161234567';

const [ended] = answeredCall(1, ANNA).legs;
const leg = { ...ended!, rangAt: time(1000), answeredAt: null, endedAt: null, outcome: null };
const talk = { a: outside(ANNA), b: inside('101', 'olga'), from: time(6000), until: null };
/** As the journal has it: 101 and 102 ring. */
const ringing = answeredCall(1, ANNA, {
  state: 'ringing',
  answeredAt: null,
  answeredBy: null,
  endedAt: null,
  outcome: null,
  legs: [leg, { ...leg, party: inside('102') }],
  talks: [],
  holds: [],
});
/** As the tracker tells it afterwards: it found 101 talking. */
const over = answeredCall(1, ANNA, {
  startedAt: time(20_000),
  answeredAt: time(20_000),
  endedAt: time(30_000),
  seconds: { greeting: 0, wait: 0, ring: 0, talk: 10, hold: 0 },
  legs: [{ ...leg, rangAt: null, answeredAt: time(20_000), endedAt: time(30_000), outcome: 'answered' }],
  talks: [{ ...talk, from: time(20_000), until: time(30_000) }],
  completeness: 'partial',
});

test('a leg that rang and was answered unseen has its answer and its end', () => {
  const call = new RestoredCalls([ringing]).complete(over);
  expect(call.legs).toEqual([
    { ...leg, party: inside('102'), endedAt: time(30_000) },
    { ...leg, answeredAt: time(20_000), endedAt: time(30_000), outcome: 'answered' },
  ]);
  expect(call).toMatchObject({ startedAt: ringing.startedAt, completeness: 'rebuilt' });
});

test('two who talked before and after have talked all the time', () => {
  const before = answeredCall(1, ANNA, {
    state: 'talking',
    endedAt: null,
    talks: [{ ...talk, b: inside('102'), from: time(2000), until: time(5000) }, talk],
  });
  const call = new RestoredCalls([before]).complete(over);
  expect(call.talks.map(({ from, until }) => [from, until])).toEqual([
    [time(2000), time(5000)],
    [time(6000), time(30_000)],
  ]);
  expect(call.seconds.talk).toBe(27);
});

test('holds that are over stay; of one that lasted the end was not seen', () => {
  const by = inside('101', 'olga');
  const past = { by, from: time(7000), until: time(9000) };
  const before = answeredCall(1, ANNA, {
    state: 'talking',
    endedAt: null,
    holds: [past, { by, from: time(12_000), until: null }],
  });
  const seen = { by, from: time(22_000), until: time(25_000) };
  const now = { ...over, holds: [seen], seconds: { ...over.seconds, hold: 3 } };
  const call = new RestoredCalls([before]).complete(now);
  expect(call.holds).toEqual([past, seen]);
  expect(call.seconds.hold).toBe(5);
  const [gone] = new RestoredCalls([before]).endAllBut([], MORNING + 60_000);
  expect(gone?.holds).toEqual([past]);
});

test('those that are gone end once, and those that became a part of another call have no end', () => {
  const [gone, joined, lasting] = [2, 3, 4].map((id) =>
    answeredCall(id, ANNA, { state: 'talking', endedAt: null }),
  );
  const restored = new RestoredCalls([gone!, joined!, lasting!]);
  expect(restored.join(joined!.id, lasting!.id)).toEqual({ gone: joined!.id, into: lasting!.id });
  const ends = restored.endAllBut([lasting!], MORNING + 60_000);
  expect(ends).toMatchObject([
    { id: gone!.id, state: 'ended', endedAt: time(60_000), completeness: 'partial' },
  ]);
  expect(restored.endAllBut([lasting!], MORNING + 60_000)).toEqual([]);
  expect(restored.complete({ ...lasting!, state: 'ended' })).toMatchObject({ completeness: 'rebuilt' });
  expect(restored.endAllBut([], MORNING + 60_000)).toEqual([]);
});

/** Two calls that a transfer made one: Asterisk now names it by the other of its Linkedids. */
describe('a call that the tracker names otherwise', () => {
  const before = answeredCall(1, ANNA, {
    state: 'talking',
    endedAt: null,
    linkedIds: ['1768204800.1', '1768204800.9'],
  });
  const now = { ...over, id: 'main-1768204800.9', linkedIds: ['1768204800.9'] };

  test('goes on under its name', () => {
    const restored = new RestoredCalls([before]);
    expect(restored.endAllBut([now], MORNING)).toEqual([]);
    expect(restored.complete({ ...now, state: 'talking' })).toMatchObject({
      id: before.id,
      linkedIds: before.linkedIds,
      startedAt: before.startedAt,
    });
    expect(restored.complete(now)).toMatchObject({ id: before.id, state: 'ended' });
    // What hangs on it is told after its end.
    expect(restored.nameOf(now.id)).toBe(before.id);
    expect(restored.endAllBut([], MORNING)).toEqual([]);
  });

  test('is one of two that the tracker still has apart, until they join', () => {
    const restored = new RestoredCalls([before]);
    const other = { ...now, id: 'main-1768204800.1', linkedIds: ['1768204800.1'] };
    expect(restored.complete({ ...now, state: 'talking' }).id).toBe(before.id);
    expect(restored.complete({ ...other, id: 'main-x', state: 'talking' }).id).toBe('main-x');
    expect(restored.join(now.id, 'main-x')).toEqual({ gone: 'main-x', into: before.id });
    expect(restored.complete({ ...other, id: 'main-x' })).toMatchObject({
      id: before.id,
      startedAt: before.startedAt,
    });
  });

  test('that joins a new call is no other one in the journal', () => {
    const restored = new RestoredCalls([before]);
    restored.complete({ ...now, state: 'talking' });
    expect(restored.join('main-y', now.id)).toEqual({ gone: 'main-y', into: before.id });
  });
});
