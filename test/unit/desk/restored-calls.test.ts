import { expect, test } from '@jest/globals';
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

test('those that are gone end once, and those that became a part of another call have no end', () => {
  const [gone, joined, lasting] = [2, 3, 4].map((id) =>
    answeredCall(id, ANNA, { state: 'talking', endedAt: null }),
  );
  const restored = new RestoredCalls([gone!, joined!, lasting!]);
  restored.forget(joined!.id);
  const ends = restored.endAllBut(new Set([lasting!.id]), MORNING + 60_000);
  expect(ends).toMatchObject([
    { id: gone!.id, state: 'ended', endedAt: time(60_000), completeness: 'partial' },
  ]);
  expect(restored.endAllBut(new Set([lasting!.id]), MORNING + 60_000)).toEqual([]);
  expect(restored.complete({ ...lasting!, state: 'ended' })).toMatchObject({ completeness: 'rebuilt' });
  expect(restored.endAllBut(new Set(), MORNING + 60_000)).toEqual([]);
});
