import { describe, expect, test } from '@jest/globals';
import { Played, type PlayedChannel, snapshot, START, talkingCall } from './played.ts';
import { follow, loadStream, type Received, summary, who } from './streams.ts';

function only(events: readonly Received[], options: Parameters<typeof follow>[1] = {}) {
  const { ended } = follow(events, options);
  expect(ended).toHaveLength(1);
  const [call] = ended;
  if (call === undefined) throw new Error('There is no call.');
  return call;
}

/** Somebody calls from outside, and nobody is called for them. */
function lonelyCall(number: string, id = '1.1'): Received[] {
  const caller = { name: 'PJSIP/trunk-1', id, number, exten: '74950000000' };
  return new Played().begin(0, caller).hangUp(1, caller).events;
}

describe('numbers and ids', () => {
  test.each([
    ['79162000001', '79162000001'],
    ['+7 916 200-00-01', '79162000001'],
    ['89162000001', '79162000001'],
    ['anonymous', null],
    ['<unknown>', null],
    ['Анна', null],
    ['☎️🚚', null],
    ['<script>alert(1)</script>', null],
    ["1' OR 1=1 --", null],
    ['../../etc/passwd', null],
    ['1\u0000\u001B[2J\r\n2', null],
    ['7'.repeat(300), null],
  ])('%j is kept as it was sent', (raw, number) => {
    expect(only(lonelyCall(raw)).from).toEqual({ number, raw, extension: null, user: null });
  });

  test('longer than any number, only its beginning is kept', () => {
    expect(only(lonelyCall('🚚'.repeat(5000))).from.raw).toBe('🚚'.repeat(256));
    expect(only(lonelyCall('a🚚'.repeat(5000))).from.raw.length).toBeLessThanOrEqual(512);
  });

  test('ids are text: 1.1 and 1.10 are two calls', () => {
    const { ended } = follow([...lonelyCall('79162000001', '1.1'), ...lonelyCall('79162000002', '1.10')]);
    expect(ended.map(({ id, from }) => [id, from.number])).toEqual([
      ['main-1.1', '79162000001'],
      ['main-1.10', '79162000002'],
    ]);
  });

  test('an id that cannot be one makes no call', () => {
    const events = ['', '<unknown>', '1'.repeat(300)].flatMap((id) => lonelyCall('79162000001', id));
    expect(follow(events).told).toEqual([]);
  });

  test('an endpoint with a dash in its name, and a trunk that looks like an extension', () => {
    const caller = { name: 'PJSIP/4950-00000001', id: '1.1', number: '79162000001', exten: '101' };
    const phone = { name: 'SIP/my-phone-0000001a', id: '1.2', linkedId: '1.1', state: '0' };
    const events = new Played()
      .begin(0, caller)
      .begin(0, phone)
      .dial(0, caller, phone, 'my-phone')
      .hangUp(1, phone);
    const call = only(events.hangUp(1, caller).events, { trunks: ['4950'] });
    expect(call.direction).toBe('in');
    expect(call.from.number).toBe('79162000001');
    expect(call.legs[0]?.trunk).toBe('my-phone');
    expect(only(events.events).direction).not.toBe('in');
  });

  test('the browser of an extension, as MikoPBX names it, is a telephone of that extension', () => {
    const browser: PlayedChannel = { name: 'PJSIP/201-WS-00000001', id: '1.1', exten: '79161234567' };
    const line = { name: 'PJSIP/trunk-1', id: '1.2', linkedId: '1.1', state: '0' };
    const played = new Played().begin(0, browser).begin(0, line).dial(0, browser, line, '79161234567@trunk');
    const { events } = played.hangUp(1, line).hangUp(1, browser);
    expect(only(events)).toMatchObject({ direction: 'out', from: { raw: '201', extension: '201' } });
    expect(only(events, { trunks: ['201-WS'] }).direction).toBe('in');
  });

  test('of an ISDN line the number that it is connected to is no part of its name', () => {
    const operator: PlayedChannel = { name: 'PJSIP/101-00000001', id: '1.1', exten: '79161234567' };
    const line = { name: 'DAHDI/i1/79161234567-2', id: '1.2', linkedId: '1.1', state: '0' };
    const played = new Played().begin(0, operator).begin(0, line).dial(0, operator, line, 'g1/79161234567');
    const [leg] = only(played.hangUp(1, line).hangUp(1, operator).events).legs;
    expect(leg).toMatchObject({ trunk: 'i1', party: { number: '79161234567' } });
  });

  test('a forged time is not believed', () => {
    const caller = { name: 'PJSIP/trunk-1', id: '1.1', number: '79162000001' };
    for (const Timestamp of ['1e300', 'NaN', '-1', '', '0', 'Infinity', '99999999999']) {
      const played = new Played().say(0, 'Newchannel', snapshot(caller), { Timestamp });
      const call = only(played.hangUp(1, caller).events);
      expect([call.startedAt, call.endedAt]).toEqual([
        '2026-11-26T08:00:00.000Z',
        '2026-11-26T08:00:01.000Z',
      ]);
    }
  });
});

/** An event with what `channelvars` lets through. */
const withVariables = (event: Received, variables: readonly string[]): Received => ({
  ...event,
  get: (name) => (name === 'ChanVariable' ? variables[0] : event.get(name)),
  all: (name) => (name === 'ChanVariable' ? [...variables] : []),
});

describe('nobody spoke', () => {
  const caller: PlayedChannel = {
    name: 'PJSIP/trunk-1',
    id: '1.1',
    number: '79162000001',
    exten: '74950000000',
  };
  const phone: PlayedChannel = { name: 'PJSIP/101-1', id: '1.2', linkedId: '1.1', state: '0' };

  test('with a greeting only: not answered, and no operator missed it', () => {
    const played = new Played()
      .begin(0, { ...caller })
      .up(1, { ...caller })
      .hangUp(9, { ...caller, state: '6' });
    expect(only(played.events)).toMatchObject({
      outcome: 'no_answer',
      answeredAt: null,
      missed: false,
      endedBy: 'system',
      seconds: { greeting: 9, wait: 0, ring: 0, talk: 0 },
    });
  });

  test('the router named somebody, and no telephone could be rung: missed', () => {
    const played = new Played()
      .begin(0, { ...caller })
      .up(1, { ...caller })
      .hangUp(9, { ...caller, state: '6' });
    const events = played.events.map((event) => withVariables(event, ['ROUTE_COURIER=11']));
    expect(only(events)).toMatchObject({ answeredAt: null, missed: true, legs: [] });
  });

  test('a greeting, then a telephone in vain: missed', () => {
    const up = { ...caller };
    const played = new Played().begin(0, up).up(1, up).begin(5, phone).dial(5, up, phone, '101');
    played.rings(5.1, up, phone).dialEnd(15, up, phone, 'NOANSWER').hangUp(15, phone, '0').hangUp(16, up);
    expect(only(played.events)).toMatchObject({
      outcome: 'no_answer',
      missed: true,
      seconds: { greeting: 5, wait: 10, ring: 10, talk: 0 },
    });
  });

  test('a telephone picks up and the caller is gone in that moment', () => {
    const up = { ...caller };
    const played = new Played().begin(0, up).begin(0, phone).dial(0, up, phone, '101').rings(0.1, up, phone);
    played.dialEnd(2, up, phone, 'ANSWER').hangUp(2.1, phone).hangUp(2.1, up, '127');
    expect(only(played.events)).toMatchObject({ outcome: 'no_answer', missed: true, answeredBy: null });
  });

  test('a telephone without network: it never rang', () => {
    const played = new Played().begin(0, caller).begin(0, phone).dial(0, caller, phone, '101');
    played.dialEnd(15, caller, phone, 'NOANSWER').hangUp(15, phone, '0').hangUp(15, caller);
    const call = only(played.events);
    expect(call.outcome).toBe('unreachable');
    expect(call.legs[0]).toMatchObject({ rangAt: null, outcome: 'unreachable', cause: null });
  });

  test.each([
    ['17', undefined, 'busy'],
    ['21', undefined, 'refused'],
    ['21', '403', 'failed'],
    ['19', undefined, 'no_answer'],
    ['1', '404', 'unreachable'],
    ['34', '503', 'unreachable'],
    ['58', '488', 'failed'],
  ])('cause %s (SIP %s) is %s', (cause, techCause, outcome) => {
    const played = new Played().begin(0, caller).begin(0, phone).dial(0, caller, phone, '101');
    played.rings(0.1, caller, phone).dialEnd(2, caller, phone, 'X');
    const more: Record<string, string> = techCause === undefined ? {} : { TechCause: techCause };
    played.say(2, 'Hangup', snapshot(phone), { Cause: cause }, more).hangUp(2, caller, cause);
    expect(only(played.events).outcome).toBe(outcome);
  });

  test('the caller hangs up behind a busy tone: still busy', () => {
    const operator: PlayedChannel = { name: 'PJSIP/101-1', id: '2.1', exten: '79161234567' };
    const trunk = { name: 'PJSIP/trunk-2', id: '2.2', linkedId: '2.1', state: '0' };
    const played = new Played()
      .begin(0, operator)
      .begin(0, trunk)
      .dial(0, operator, trunk, '79161234567@trunk');
    played.dialEnd(1, operator, trunk, 'BUSY').hangUp(1, trunk, '17').asksToHangUp(5, operator);
    const call = only(played.hangUp(5, operator, '17').events);
    expect(call).toMatchObject({ outcome: 'busy', direction: 'out', missed: false });
  });
});

/** The order of events of Asterisk 16 and 22 when they get `core restart now` or `core stop now`. */
describe('Asterisk ends', () => {
  const ringing = () => {
    const caller: PlayedChannel = {
      name: 'PJSIP/trunk-1',
      id: '1.1',
      number: '79162000001',
      exten: '74950000000',
    };
    const phone: PlayedChannel = { name: 'PJSIP/101-1', id: '1.2', linkedId: '1.1', state: '0' };
    const played = new Played().begin(0, caller).begin(0.1, phone).dial(0.1, caller, phone, '101');
    return { caller, phone, played: played.rings(0.2, caller, phone) };
  };

  test.each([
    ['NOANSWER', '0'],
    ['CANCEL', '16'],
  ])('while a telephone rings (%s): nobody gave up, and nobody let it ring', (status, cause) => {
    const { caller, phone, played } = ringing();
    played.shutDown(1.3, caller, phone).dialEnd(1.3, caller, phone, status);
    const call = only(played.hangUp(1.301, phone, cause).hangUp(1.302, caller, cause).events);
    expect(call).toMatchObject({ outcome: 'failed', endedBy: 'system', missed: true, completeness: 'whole' });
    expect(call.legs.map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  test('a moment after the caller had hung up: they gave up', () => {
    const { caller, phone, played } = ringing();
    played.asksToHangUp(1.3, caller).dialEnd(1.3, caller, phone, 'CANCEL').shutDown(1.301, caller, phone);
    const call = only(played.hangUp(1.302, phone, '0').hangUp(1.302, caller, '127').events);
    expect(call).toMatchObject({ outcome: 'cancelled', endedBy: 'caller' });
    expect(call.legs.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  });

  test('while the caller hears a busy tone: it was busy', () => {
    const { caller, phone, played } = ringing();
    played.asksToHangUp(1, phone).dialEnd(1, caller, phone, 'BUSY').hangUp(1, phone, '17');
    const call = only(played.shutDown(3, caller).hangUp(3, caller, '17').events);
    expect(call).toMatchObject({ outcome: 'busy', endedBy: 'callee' });
  });

  test('while one telephone is busy and another one rings: the other one was still tried', () => {
    const { caller, phone, played } = ringing();
    const other: PlayedChannel = { name: 'PJSIP/102-1', id: '1.3', linkedId: '1.1', state: '0' };
    played.begin(0.3, other).dial(0.3, caller, other, '102').dialEnd(0.5, caller, other, 'BUSY');
    played.hangUp(0.5, other, '17').shutDown(1, caller, phone).dialEnd(1, caller, phone, 'NOANSWER');
    const call = only(played.hangUp(1, phone, '0').hangUp(1, caller, '0').events);
    expect(call).toMatchObject({ outcome: 'failed', endedBy: 'system', missed: true });
    expect(call.legs.map(({ outcome }) => outcome)).toEqual(['failed', 'busy']);
  });

  test('while somebody waits in a queue between two rounds', () => {
    const { caller, phone, played } = ringing();
    played.say(0, 'QueueCallerJoin', snapshot(caller), { Queue: 'operators' });
    played.dialEnd(2, caller, phone, 'NOANSWER').hangUp(2, phone, '0').shutDown(2.5, caller);
    const call = only(played.hangUp(2.5, caller, '0').events);
    expect(call).toMatchObject({ outcome: 'failed', endedBy: 'system', missed: true });
  });

  test('in the middle of a talk: nobody hung up', () => {
    const { played, caller, phone } = talkingCall();
    played.shutDown(5, caller, phone).leave(5, 'bridge-1.1', caller, phone);
    // What a telephone says to the BYE that it got is no wish of its own.
    played.asksToHangUp(5.01, phone).hangUp(5.02, caller).hangUp(5.02, phone);
    expect(only(played.events)).toMatchObject({
      outcome: 'answered',
      endedBy: 'system',
      seconds: { talk: 2 },
      completeness: 'whole',
    });
  });
});

test('an Originate without a ChannelId fails: its answer names no channel, and yet says who was meant', () => {
  const events = loadStream('22-f').map((one): Received => {
    const isAnswer = one.event === 'OriginateResponse';
    return { ...one, get: (name) => (isAnswer && name === 'Uniqueid' ? '<unknown>' : one.get(name)) };
  });
  expect(only(events).to).toEqual({
    number: '79161234567',
    raw: '79161234567',
    extension: null,
    user: null,
  });
});

describe('talks', () => {
  test('parked callers wait side by side and do not talk', () => {
    const one = { name: 'PJSIP/trunk-1', id: '1.1', number: '79162000001', state: '6' };
    const two = { name: 'PJSIP/trunk-2', id: '2.1', number: '79162000002', state: '6' };
    const played = new Played().begin(0, one).begin(0, two);
    for (const channel of [one, two]) {
      played.say(1, 'BridgeEnter', snapshot(channel), {
        BridgeUniqueid: 'lot',
        BridgeTechnology: 'holding_bridge',
      });
    }
    const { ended } = follow(played.hangUp(9, one).hangUp(9, two).events);
    expect(ended.map(({ talks, outcome }) => [talks, outcome])).toEqual([
      [[], 'no_answer'],
      [[], 'no_answer'],
    ]);
  });

  test('in a conference everybody talks with everybody', () => {
    const channels = ['101', '102', '103'].map((name, index) => ({
      name: `PJSIP/${name}-1`,
      id: `${index}.1`,
      exten: '800',
      state: '6',
    }));
    const played = new Played();
    for (const one of channels) played.begin(0, one).enter(1, 'room', one);
    for (const one of channels) played.leave(5, 'room', one).hangUp(5, one);
    const call = only(played.events);
    expect(call.talks.map(({ a, b }) => `${who(a)}-${who(b)}`)).toEqual(['101-102', '101-103', '102-103']);
    expect(call.seconds.talk).toBe(4);
  });

  /** Olga asks Pavel on her first line, and puts the caller of her second line through to him (REFER with Replaces). */
  function putThrough(): Played {
    const olga: PlayedChannel = { name: 'PJSIP/101-1', id: '1.1', exten: '103' };
    const pavel: PlayedChannel = { name: 'PJSIP/103-1', id: '1.2', linkedId: '1.1', state: '0' };
    const anna: PlayedChannel = {
      name: 'PJSIP/trunk-1',
      id: '2.1',
      number: '79162000001',
      exten: '74950000000',
    };
    const line: PlayedChannel = { name: 'PJSIP/101-2', id: '2.2', linkedId: '2.1', state: '0' };
    const played = new Played().begin(0, olga).begin(0, pavel).dial(0, olga, pavel).up(5, pavel);
    played.dialEnd(5, olga, pavel, 'ANSWER').up(5, olga).enter(5, 'asked', pavel, olga);
    played.begin(60, anna).begin(60, line).dial(60, anna, line).rings(60, anna, line).up(65, line);
    played.dialEnd(65, anna, line, 'ANSWER').up(65, anna).enter(65, 'called', line, anna);
    played
      .leave(80, 'called', anna)
      .enter(80, 'asked', anna)
      .say(
        80,
        'AttendedTransfer',
        snapshot(line, 'OrigTransferer'),
        snapshot(olga, 'SecondTransferer'),
        snapshot(anna, 'Transferee'),
        snapshot(pavel, 'TransferTarget'),
      );
    played.leave(80, 'asked', olga).hangUp(80, olga).leave(80, 'called', line).hangUp(80, line);
    const [alice, paul] = [anna, pavel].map((one) => ({ ...one, linkedId: '1.1' })) as [
      typeof anna,
      typeof anna,
    ];
    return played.asksToHangUp(90, alice).leave(90, 'asked', alice, paul).hangUp(90, paul).hangUp(90, alice);
  }

  test('a caller from outside who is put through to somebody who was asked before is the one who called', () => {
    const { ended, joined } = follow(putThrough().events);
    expect(joined).toEqual([['main-1.1', 'main-2.1']]);
    expect(ended.map(({ id, linkedIds }) => [id, linkedIds])).toEqual([['main-2.1', ['1.1', '2.1']]]);
    expect(summary(ended[0]!)).toMatchObject({
      direction: 'in',
      who: '79162000001 > 74950000000 = 101',
      outcome: 'answered 16 by caller',
      talks: ['101-103 5.0 80.0', '79162000001-101 65.0 80.0', '79162000001-103 80.0 90.0'],
    });
  });

  /** Olga puts Anna through to Pavel in the moment in which he answers: Asterisk still takes the call for one that rings. */
  function putThroughAtTheAnswer(): Played {
    const anna: PlayedChannel = {
      name: 'PJSIP/trunk-1',
      id: '1.1',
      number: '79162000001',
      exten: '74950000000',
    };
    const line: PlayedChannel = { name: 'PJSIP/101-1', id: '1.2', linkedId: '1.1', state: '0' };
    const olga: PlayedChannel = { name: 'PJSIP/101-2', id: '2.1', exten: '103' };
    const pavel: PlayedChannel = { name: 'PJSIP/103-1', id: '2.2', linkedId: '2.1', state: '0' };
    return new Played()
      .begin(0, anna)
      .begin(0, line)
      .dial(0, anna, line)
      .up(5, line)
      .dialEnd(5, anna, line, 'ANSWER')
      .up(5, anna)
      .enter(5, 'called', line, anna)
      .begin(10, olga)
      .begin(10, pavel)
      .dial(10, olga, pavel)
      .up(15, pavel)
      .dialEnd(15, olga, pavel, 'ANSWER')
      .up(15, olga)
      .enter(15, 'asked', pavel)
      .say(
        15.001,
        'AttendedTransfer',
        snapshot(line, 'OrigTransferer'),
        snapshot(olga, 'SecondTransferer'),
        snapshot(anna, 'Transferee'),
        { DestType: 'App', DestApp: 'Dial' },
      )
      .enter(15.002, 'asked', olga)
      .leave(15.003, 'called', anna, line)
      .hangUp(15.004, line)
      .hangUp(15.01, olga);
  }

  test('put through in the moment of the answer: the caller talks with whoever was asked, though no event tells it', () => {
    const { told } = follow(putThroughAtTheAnswer().events);
    expect(summary(told.at(-1)!)).toMatchObject({
      who: '79162000001 > 74950000000 = 101',
      talks: ['79162000001-101 5.0 15.0', '79162000001-103 15.0 …'],
    });
  });

  test('… and in whatever order the neighbours come', () => {
    const events = putThroughAtTheAnswer().events;
    const [transfer] = events.splice(
      events.findIndex(({ event }) => event === 'AttendedTransfer'),
      1,
    );
    expect(summary(follow([...events, transfer!]).told.at(-1)!)).toMatchObject({
      talks: ['79162000001-101 5.0 15.0', '79162000001-103 15.0 …'],
    });
  });

  test('a parked caller hangs up, or whoever took them back', () => {
    for (const [first, endedBy] of [
      ['caller', 'caller'],
      ['taker', 'callee'],
    ] as const) {
      const { played, caller, phone } = talkingCall();
      const taker: PlayedChannel = { name: 'PJSIP/102-1', id: '2.1', exten: '701' };
      played.leave(9, 'bridge-1.1', phone, caller).hangUp(9, phone);
      played.begin(20, taker).up(20, taker).enter(20.1, 'taken', taker, caller);
      played.asksToHangUp(30, first === 'caller' ? caller : taker).leave(30, 'taken', taker, caller);
      expect(only(played.hangUp(30, taker).hangUp(30, caller).events)).toMatchObject({ endedBy });
    }
  });

  test('in a conference whoever leaves the last one alone ends the call', () => {
    const [one, two] = ['101', '102'].map((name): PlayedChannel => ({
      name: `PJSIP/${name}-1`,
      id: `${name}.1`,
      exten: '800',
      state: '6',
    })) as [PlayedChannel, PlayedChannel];
    const played = new Played().begin(0, one).enter(1, 'room', one).begin(2, two).enter(3, 'room', two);
    played.asksToHangUp(9, two).leave(9, 'room', two).hangUp(9, two).asksToHangUp(12, one);
    expect(only(played.leave(12, 'room', one).hangUp(12, one).events).endedBy).toBe('callee');
  });

  test('of three, the talk that ended last says who hung up, and why', () => {
    const { played, caller, phone } = talkingCall();
    const guest: PlayedChannel = { name: 'PJSIP/102-1', id: '1.3', linkedId: '1.1', state: '0' };
    played.begin(10, guest).dial(10, phone, guest).up(12, guest).dialEnd(12, phone, guest, 'ANSWER');
    played.enter(12, 'bridge-1.1', guest).asksToHangUp(20, guest).leave(20, 'bridge-1.1', guest);
    played.hangUp(20, guest, '31').asksToHangUp(100, caller).leave(100, 'bridge-1.1', caller, phone);
    const call = only(played.hangUp(100, caller, '127').hangUp(100, phone).events);
    expect(call).toMatchObject({ outcome: 'answered', endedBy: 'caller', cause: 16 });
    expect(call.talks).toHaveLength(3);
  });

  test('a Local channel that is taken out leaves one talk', () => {
    const { trunk, phone, one, two } = {
      trunk: { name: 'PJSIP/trunk-1', id: '1', number: '79162000001', exten: '74950000000' } as PlayedChannel,
      one: { name: 'Local/101@office-1;1', id: '2', linkedId: '1', state: '0' } as PlayedChannel,
      two: { name: 'Local/101@office-1;2', id: '3', linkedId: '1' } as PlayedChannel,
      phone: { name: 'PJSIP/101-1', id: '4', linkedId: '1', state: '0' } as PlayedChannel,
    };
    const played = new Played().begin(0, trunk).begin(0, one).begin(0, two);
    played.say(0, 'LocalBridge', snapshot(one, 'LocalOne'), snapshot(two, 'LocalTwo'));
    played.dial(0, trunk, one, '101@office').begin(0, phone).dial(0, two, phone, '101');
    for (const channel of [phone, two, one, trunk]) played.up(2, channel);
    played.dialEnd(2, two, phone, 'ANSWER').dialEnd(2, trunk, one, 'ANSWER');
    played.enter(2, 'inner', phone, two).enter(2, 'outer', one, trunk);
    const locals = [snapshot(one, 'LocalOne'), snapshot(two, 'LocalTwo'), snapshot(trunk, 'Source')] as const;
    played.say(2.1, 'LocalOptimizationBegin', ...locals).leave(2.101, 'outer', trunk);
    played.enter(2.102, 'inner', trunk).leave(2.103, 'inner', two).leave(2.104, 'outer', one);
    played.say(2.105, 'LocalOptimizationEnd', snapshot(one, 'LocalOne'), snapshot(two, 'LocalTwo'));
    played.hangUp(2.106, one).hangUp(2.106, two);
    played.asksToHangUp(9, phone).leave(9, 'inner', phone, trunk).hangUp(9, phone).hangUp(9, trunk);
    expect(summary(only(played.events))).toMatchObject({
      who: '79162000001 > 74950000000 = 101',
      outcome: 'answered 16 by callee',
      talks: ['79162000001-101 2.0 9.0'],
      legs: ['101 2.0 2.0 9.0 answered 16'.replace('101 2.0', '101 0.0')],
    });
  });

  test('each hold is told with who held and when, a Local channel none of its own', () => {
    const { played, caller, phone } = talkingCall();
    const local = { name: 'Local/9101@office-1;2', id: '1.9', linkedId: '1.1' };
    played.begin(3, local).say(4, 'Hold', snapshot(phone)).say(4, 'Hold', snapshot(local));
    played.say(6, 'Unhold', snapshot(phone)).say(7, 'Hold', snapshot(caller));
    const lasting = follow(played.events).told.at(-1);
    const time = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
    const [olga, maria] = [
      { number: null, raw: '101', extension: '101', user: null },
      { number: '79162000001', raw: '79162000001', extension: null, user: null },
    ];
    expect(lasting?.holds).toEqual([
      { by: olga, from: time(4), until: time(6) },
      { by: maria, from: time(7), until: null },
    ]);
    played.leave(9, 'bridge-1.1', phone, caller).hangUp(9, phone).hangUp(9, local).hangUp(9, caller);
    expect(only(played.events).holds).toEqual([
      { by: olga, from: time(4), until: time(6) },
      { by: maria, from: time(7), until: time(9) },
    ]);
  });

  test('of a telephone that holds without end so many are told as anybody counts', () => {
    const { played, caller, phone } = talkingCall();
    for (let at = 4; at < 400; at += 2) {
      played.say(at, 'Hold', snapshot(phone)).say(at + 1, 'Unhold', snapshot(phone));
    }
    const { holds } = only(played.hangUp(500, phone).hangUp(500, caller).events);
    expect(holds).toHaveLength(100);
    expect(holds[0]?.from).toBe(new Date(START + 4000).toISOString());
  });

  test('a hold that is never taken back ends with whoever held', () => {
    const { played, caller, phone } = talkingCall();
    played.say(5, 'Hold', snapshot(phone)).leave(8, 'bridge-1.1', phone, caller);
    expect(only(played.hangUp(8, phone).hangUp(8, caller).events).seconds).toMatchObject({
      talk: 5,
      hold: 3,
    });
  });
});

describe('what is no call', () => {
  test.each([
    'Snoop/1.1-00000001',
    'OutgoingSpoolFailed',
    'Message/ast_msg_queue',
    'CBAnn/conference-00000001;1',
    'Recorder/ARI-00000001;2',
    'Local/101@office-00000001;1',
  ])('%s', (name) => {
    const channel = { name, id: '1.1', exten: 'failed' };
    const { told, tracker } = follow(new Played().begin(0, channel).hangUp(1, channel).events);
    expect(told).toEqual([]);
    expect(tracker.size).toEqual({ calls: 0, channels: 0 });
  });
});

describe('what came with the channels', () => {
  test('the router found a shipment and its courier; frozen whatever comes later in the dialplan', () => {
    const { played, caller, phone } = talkingCall();
    played.events.splice(0);
    const vars = ['ROUTE_SHIPMENT=70001', 'ROUTE_COURIER=11', 'ROUTE_CLIENT=', 'ROUTE_ORDER=x"', 'OTHER=1'];
    const [begin] = new Played().begin(0, caller).events.map((event) => withVariables(event, vars));
    const call = only([
      ...(begin === undefined ? [] : [begin]),
      ...new Played().begin(1, phone).hangUp(2, phone).hangUp(2, caller).events,
    ]);
    expect(call.links).toEqual([
      { kind: 'shipment', code: 70001, how: 'routed', rank: 1 },
      { kind: 'courier', code: 11, how: 'routed', rank: 1 },
    ]);
  });

  test('a recording is told by its name alone, never by a path', () => {
    const { played, caller, phone } = talkingCall();
    const file = {
      ChanVariable: 'MIXMONITOR_FILENAME=/var/spool/asterisk/monitor/../../x/in-79162000001 1.1.wav',
    };
    played.say(3, 'MixMonitorStart', snapshot(caller), file).leave(9, 'bridge-1.1', phone, caller);
    expect(only(played.hangUp(9, phone).hangUp(9, caller).events).recordings).toEqual([
      {
        id: 'in-79162000001_1.1.wav',
        from: '2026-11-26T08:00:03.000Z',
        until: '2026-11-26T08:00:09.000Z',
        bytes: null,
        seconds: null,
        state: 'waiting',
      },
    ]);
  });
});

describe('while it lasts', () => {
  test('it is told at each change, not at each event, and as it stands', () => {
    const { played } = talkingCall();
    const { told, tracker } = follow(played.events);
    expect(told.map(({ state, outcome }) => [state, outcome])).toEqual([
      ['ringing', null],
      ['ringing', null],
      ['ringing', null],
      ['talking', null],
    ]);
    expect(tracker.snapshot()).toEqual([told.at(-1)]);
    for (const event of played.events) tracker.feed(event, event.receivedAt + 20_000);
    tracker.tick(START + 60_000);
    expect(told).toHaveLength(4);
  });

  test('a call that was told ended is not told again, whatever still comes of it', () => {
    const { played, caller, phone } = talkingCall();
    played.leave(9, 'bridge-1.1', phone, caller).hangUp(9, phone).hangUp(9, caller);
    const { told, tracker } = follow(played.events);
    const count = told.length;
    for (const event of played.events) tracker.feed(event, START + 20_000);
    tracker.tick(START + 90_000);
    expect(told).toHaveLength(count);
    expect(tracker.size).toEqual({ calls: 0, channels: 0 });
  });

  test('a channel that names a call of the past is a call of its own', () => {
    const late = { name: 'PJSIP/trunk-9', id: '1.9', linkedId: '1.1', number: '79162000009' };
    const events = [...lonelyCall('79162000001'), ...new Played().begin(20, late).hangUp(21, late).events];
    expect(follow(events).ended.map(({ id }) => id)).toEqual(['main-1.1', 'main-1.9']);
  });
});
