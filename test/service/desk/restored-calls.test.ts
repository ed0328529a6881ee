import { describe, expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import { RestoredCalls } from '../../../src/desk/restored-calls.ts';
import { answeredCall, inside, MORNING, outside, time } from '../../lab/journal/sample-calls.ts';
import { Played, type PlayedChannel, row, START, talkingCall } from '../../unit/calls/played.ts';
import { follow, type Received } from '../../unit/calls/streams.ts';

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

/** A desk follows what comes first, another one is started, asks for the channels at `at`, and follows the rest. */
function restart(first: Played, at: number, rows: readonly Received[], rest: Played): Call {
  const [before] = follow(first.events).told.slice(-1);
  const restored = new RestoredCalls([before!]);
  const { told, tracker } = follow([]);
  tracker.resync(rows, START + at * 1000, { from: START + (at - 2) * 1000 });
  for (const one of rest.events) tracker.feed(one, one.receivedAt);
  tracker.tick(START + 200_000);
  return restored.complete(told.at(-1)!);
}

describe('over a restart', () => {
  const outsider = (): PlayedChannel => ({
    name: 'PJSIP/trunk-1',
    id: '1.1',
    number: ANNA,
    exten: '74950000000',
  });
  const phone = (extension: string): PlayedChannel => ({
    name: `PJSIP/${extension}-1`,
    id: `1.${extension}`,
    linkedId: '1.1',
    state: '5',
  });
  const [anna, olga, pavel] = [outsider(), phone('101'), phone('102')];
  const inDial = { Application: 'Dial', Duration: '00:00:22' };
  const called = { Application: 'AppDial', Duration: '00:00:22' };
  /** Olga's telephone rings from 2 s on. */
  const rung = (): Played =>
    new Played().begin(0, outsider()).begin(2, olga).dial(2, anna, olga).rings(2, anna, olga);
  const inVain = (): Played => rung().dialEnd(22, anna, olga, 'NOANSWER').hangUp(22, olga, '0');
  const gone = (at: number): Played => new Played().asksToHangUp(at, anna).hangUp(at, anna);
  const up = { ...outsider(), state: '6' };

  test('whoever was rung for in vain, and then hears the voicemail out, has been missed', () => {
    const voicemail = { Application: 'VoiceMail', Duration: '00:00:30' };
    expect(restart(inVain(), 30, [row(up, voicemail)], gone(40))).toMatchObject({
      outcome: 'no_answer',
      endedBy: 'system',
      missed: true,
      seconds: { greeting: 0, wait: 20, ring: 20 },
    });
  });

  test('whoever the router named somebody for has been missed', () => {
    const seconds = { greeting: 0, wait: 0, ring: 0, talk: 0, hold: 0 };
    const before = { ...ringing, legs: [], seconds };
    const now = {
      ...over,
      outcome: 'cancelled' as const,
      answeredAt: null,
      talks: [],
      legs: [],
      missed: false,
    };
    expect(new RestoredCalls([{ ...before, links: [] }]).complete(now).missed).toBe(false);
    const links = [{ kind: 'courier' as const, code: 11, how: 'routed' as const, rank: 1 }];
    expect(new RestoredCalls([{ ...before, links }]).complete(now).missed).toBe(true);
  });

  test('whoever gives up in a queue after that has given up', () => {
    const call = restart(inVain(), 30, [row(up, { Application: 'Queue' })], gone(40));
    expect(call).toMatchObject({ outcome: 'cancelled', endedBy: 'caller', missed: true });
  });

  test('whoever gives up while a second telephone rings has given up', () => {
    const rest = new Played().begin(31, pavel).dial(31, anna, pavel).rings(31, anna, pavel);
    rest.asksToHangUp(40, anna).dialEnd(40, anna, pavel, 'CANCEL').hangUp(40, pavel).hangUp(40, anna, '127');
    const call = restart(inVain(), 30, [row(anna, inDial)], rest);
    expect(call).toMatchObject({ outcome: 'cancelled', endedBy: 'caller', missed: true });
    expect(call.seconds).toMatchObject({ wait: 38, ring: 29 });
  });

  test('of a telephone that rang in vain and a busy one after it, the first says what became of the call', () => {
    const rest = new Played().begin(31, pavel).dial(31, anna, pavel).dialEnd(32, anna, pavel, 'BUSY');
    rest.hangUp(32, pavel, '17').hangUp(33, anna, '17');
    const call = restart(inVain(), 30, [row(anna, inDial)], rest);
    expect(call).toMatchObject({ outcome: 'no_answer', endedBy: 'system', cause: null, missed: true });
  });

  test('a telephone that goes on ringing has rung all the time', () => {
    const rest = new Played().dialEnd(37, anna, olga, 'NOANSWER').hangUp(37, olga, '0').hangUp(37, anna);
    const call = restart(rung(), 22, [row(anna, inDial), row(olga, called)], rest);
    expect(call).toMatchObject({ outcome: 'no_answer', missed: true, seconds: { wait: 35, ring: 35 } });
    const live = restart(rung(), 22, [row(anna, inDial), row(olga, called)], new Played());
    expect(live).toMatchObject({ state: 'ringing', seconds: { wait: 0, ring: 0 } });
  });

  test('a telephone that is answered after it has rung all the time', () => {
    const rest = new Played()
      .up(37, { ...olga })
      .dialEnd(37, anna, olga, 'ANSWER')
      .up(37, { ...anna });
    rest.enter(37, 'b', olga, anna).asksToHangUp(47, anna).leave(47, 'b', olga, anna);
    rest.hangUp(47, olga).hangUp(47, anna);
    const call = restart(rung(), 22, [row(anna, inDial), row(olga, called)], rest);
    expect(call).toMatchObject({ outcome: 'answered', missed: false });
    expect(call.seconds).toEqual({ greeting: 0, wait: 35, ring: 35, talk: 10, hold: 0 });
  });

  test('a greeting that goes on is as long as it was, and not a minute of ringing in it', () => {
    const first = new Played().begin(0, outsider()).up(1, { ...up });
    const rest = new Played().begin(40, pavel).dial(40, up, pavel).rings(40, up, pavel);
    rest.dialEnd(50, up, pavel, 'NOANSWER').hangUp(50, pavel, '0').hangUp(50, up);
    const call = restart(first, 30, [row(up, { Application: 'Playback', Duration: '00:00:30' })], rest);
    expect(call.seconds).toMatchObject({ greeting: 40, wait: 10, ring: 10 });
    const later = restart(
      new Played()
        .begin(0, outsider())
        .up(0, { ...up })
        .begin(2, olga)
        .dial(2, up, olga)
        .rings(2, up, olga),
      30,
      [row(up, { ...inDial, Duration: '00:00:30' })],
      rest,
    );
    expect(later.seconds).toMatchObject({ greeting: 2 });
  });

  test('whoever talked before, and is alone after it, was answered', () => {
    const { played } = talkingCall();
    const call = restart(played, 10, [row(up, { Application: 'Playback' })], gone(15));
    expect(call).toMatchObject({ outcome: 'answered', endedBy: 'caller', missed: false });
  });
});
