import { describe, expect, test } from '@jest/globals';
import { Played, row, snapshot, START, talkingCall } from './played.ts';
import { follow, who } from './streams.ts';

const GAP = { from: START + 5000 };

test('calls that were there before us are put down with what Asterisk still knows', () => {
  const { told, tracker } = follow([]);
  const { caller, phone } = talkingCall();
  const rows = [caller, phone].map((one) => row(one, { BridgeId: 'b', Duration: '00:01:05' }));
  expect(tracker.resync(rows, START, GAP)).toEqual({ found: 2, overlooked: 2, missing: 0 });
  tracker.tick(START + 1000);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    state: 'talking',
    completeness: 'rebuilt',
    startedAt: '2026-11-26T07:58:55.000Z',
    answeredAt: '2026-11-26T08:00:00.000Z',
  });

  const rest = new Played().leave(9, 'b', phone, caller).hangUp(9, phone).hangUp(9, caller);
  for (const event of rest.events) tracker.feed(event, event.receivedAt);
  tracker.tick(START + 20_000);
  expect(told.at(-1)).toMatchObject({ outcome: 'answered', completeness: 'rebuilt', seconds: { talk: 9 } });
});

test('who called whom, and through which Local channel, is in the list as well', () => {
  const { told, tracker } = follow([]);
  const up = { linkedId: '1.1', state: '6' };
  const rows = [
    row({ ...up, name: 'PJSIP/101-1', id: '1.4' }, { BridgeId: 'inner', Application: 'AppDial' }),
    row({ ...up, name: 'Local/101@office-1;2', id: '1.3' }, { BridgeId: 'inner', Application: 'Dial' }),
    row({ ...up, name: 'Local/101@office-1;1', id: '1.2' }, { BridgeId: 'outer', Application: 'AppDial' }),
    row(
      { ...up, name: 'PJSIP/trunk-1', id: '1.1', number: '79162000001', exten: '74950000000' },
      { BridgeId: 'outer', Application: 'Dial' },
    ),
  ];
  tracker.resync(rows, START, GAP);
  tracker.tick(START + 1000);
  expect(told.at(-1)).toMatchObject({ direction: 'in', seconds: { ring: 0, wait: 0 } });
  expect(told.at(-1)?.talks.map(({ a, b }) => [who(a), who(b)])).toEqual([['79162000001', '101']]);
  expect(told.at(-1)?.legs).toMatchObject([
    { party: { extension: '101' }, rangAt: null, outcome: 'answered' },
  ]);
});

test('a channel that is gone without a word ended at a time that nobody knows', () => {
  const { played } = talkingCall();
  const { told, tracker } = follow(played.events);
  expect(tracker.resync([], START + 60_000, GAP)).toEqual({ found: 0, overlooked: 0, missing: 2 });
  tracker.tick(START + 60_400);
  expect(told.at(-1)?.state).toBe('talking');
  tracker.tick(START + 61_000);
  expect(told.at(-1)).toMatchObject({
    state: 'ended',
    outcome: 'answered',
    endedAt: '2026-11-26T08:00:05.000Z',
    completeness: 'partial',
    endedBy: 'system',
  });
  expect(tracker.size).toEqual({ calls: 0, channels: 0 });
});

test('of a call that rang when the connection was lost, nobody can say what became of it', () => {
  const { played } = talkingCall();
  const { told, tracker } = follow(played.events.slice(0, 4));
  tracker.resync([], START + 60_000, { from: START + 1000 });
  tracker.tick(START + 62_000);
  expect(told.at(-1)).toMatchObject({
    state: 'ended',
    outcome: null,
    missed: false,
    completeness: 'partial',
  });
});

test('a Hangup that was on its way when the channels were listed is an end like any other', () => {
  const { played, caller, phone } = talkingCall();
  const { told, tracker } = follow(played.events);
  tracker.resync([], START + 15_000);
  const rest = new Played().leave(14.9, 'bridge-1.1', phone, caller).hangUp(14.9, phone).hangUp(14.9, caller);
  for (const event of rest.events) tracker.feed(event, START + 15_100);
  tracker.tick(START + 20_000);
  expect(told.at(-1)).toMatchObject({ outcome: 'answered', completeness: 'whole' });
});

test('the list of a quiet moment changes nothing', () => {
  const { played, caller, phone } = talkingCall();
  const { told, tracker } = follow(played.events);
  const count = told.length;
  expect(tracker.resync([row(caller, { BridgeId: 'bridge-1.1' }), row(phone)], START + 20_000)).toEqual({
    found: 0,
    overlooked: 0,
    missing: 0,
  });
  tracker.tick(START + 30_000);
  expect(told).toHaveLength(count);
});

test('whoever talks with somebody else after a gap does so from then on', () => {
  const { played, caller, phone } = talkingCall();
  const { told, tracker } = follow(played.events);
  const other = { name: 'PJSIP/102-1', id: '1.3', linkedId: '1.1', state: '6' };
  const rows = [row(caller, { BridgeId: 'new' }), row(other, { BridgeId: 'new', Duration: '00:00:08' })];
  tracker.resync(rows, START + 20_000, GAP);
  tracker.tick(START + 21_000);
  const call = told.at(-1);
  expect(call?.talks.map(({ a, b, until }) => [who(a), who(b), until])).toEqual([
    ['79162000001', '101', '2026-11-26T08:00:05.000Z'],
    ['79162000001', '102', null],
  ]);
  expect(call?.completeness).toBe('partial');
  expect(phone.id).toBe('1.11');
});

test('a channel that the list still has although it is over is not taken for a new one', () => {
  const { played, caller, phone } = talkingCall();
  played.leave(9, 'bridge-1.1', phone, caller).hangUp(9, phone).hangUp(9, caller);
  const { told, tracker } = follow(played.events);
  const count = told.length;
  expect(tracker.resync([row(caller), row(phone)], START + 20_000)).toEqual({
    found: 0,
    overlooked: 0,
    missing: 0,
  });
  tracker.tick(START + 30_000);
  expect(told).toHaveLength(count);
});

test('the channel of an event that was never begun is known from there on, and never quite', () => {
  const { played, caller, phone } = talkingCall();
  const rest = new Played().leave(9, 'bridge-1.1', phone, caller).hangUp(9, phone).hangUp(9, caller);
  rest.say(9, 'Hangup', snapshot({ name: 'PJSIP/105-1', id: '5.5' }));
  const { ended } = follow(rest.events);
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ outcome: 'answered', completeness: 'partial' });
  expect(played.events.length).toBeGreaterThan(0);
});

describe('whoever waits in a queue when the channels are listed', () => {
  const caller = {
    name: 'PJSIP/trunk-1',
    id: '1.1',
    number: '79162000001',
    exten: '74950000000',
    state: '6',
  };
  const rest = () =>
    new Played()
      .asksToHangUp(9, caller)
      .say(9, 'QueueCallerAbandon', snapshot(caller), { Queue: 'office' })
      .say(9, 'QueueCallerLeave', snapshot(caller), { Queue: 'office' })
      .hangUp(9, caller);

  test('and gives up before anybody is rung has been missed', () => {
    const { told, tracker } = follow([]);
    tracker.resync([row(caller, { Application: 'Queue', Duration: '00:00:20' })], START);
    for (const event of rest().events) tracker.feed(event, event.receivedAt);
    tracker.tick(START + 20_000);
    expect(told.at(-1)).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'caller',
      missed: true,
      seconds: { greeting: 0, wait: 9, ring: 0 },
    });
  });

  test('has come into it while nobody listened', () => {
    const { told, tracker } = follow(new Played().begin(0, caller).up(0, caller).events);
    tracker.resync([row(caller, { Application: 'Queue' })], START + 5000, { from: START + 1000 });
    for (const event of rest().events) tracker.feed(event, event.receivedAt);
    tracker.tick(START + 20_000);
    expect(told.at(-1)).toMatchObject({ outcome: 'cancelled', missed: true });
  });

  test('is seen to leave it, where the list does not tell', () => {
    const { told, tracker } = follow([]);
    tracker.resync([row(caller, { Application: 'AGI', Duration: '00:00:20' })], START);
    for (const event of rest().events) tracker.feed(event, event.receivedAt);
    tracker.tick(START + 20_000);
    expect(told.at(-1)).toMatchObject({ outcome: 'cancelled', endedBy: 'caller', missed: true });
  });
});
