import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ActionReader } from '../../../src/ami/action-reader.ts';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import { Alarms, type Alarm } from '../../../src/door/alarms.ts';
import { Brakes } from '../../../src/door/brakes.ts';
import { CourierCalls } from '../../../src/door/courier-calls.ts';
import { Hourly } from '../../../src/door/hourly.ts';
import type { RefusalReason } from '../../../src/door/options.ts';
import type { DoorRefusedError } from '../../../src/door/originate.ts';
import { parseHours } from '../../../src/util/hours.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { action, COURIER, demoPeople, LOGIN, RECIPIENT, startDoor, vendorsRequest } from './parts.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

describe('hours', () => {
  test.each([
    ['07:00-23:00', '2026-11-27T03:59:59Z', false],
    ['07:00-23:00', '2026-11-27T04:00:00Z', true],
    ['07:00-23:00', '2026-11-27T19:59:59Z', true],
    ['07:00-23:00', '2026-11-27T20:00:00Z', false],
    ['22:00-06:00', '2026-11-27T19:00:00Z', true],
    ['22:00-06:00', '2026-11-27T02:59:00Z', true],
    ['22:00-06:00', '2026-11-27T03:00:00Z', false],
    ['22:00-06:00', '2026-11-27T12:00:00Z', false],
    ['00:00-24:00', '2026-11-27T21:00:00Z', true],
    ['09:00-24:00', '2026-11-27T20:59:59Z', true],
    ['09:00-24:00', '2026-11-27T21:00:00Z', false],
  ])('%s in Moscow hold at %s: %s', (hours, at, expected) => {
    expect(parseHours(hours, 'Europe/Moscow')(new Date(at))).toBe(expected);
  });

  // Berlin: 29 March 2026, 2:00 becomes 3:00; 25 October 2026, 3:00 becomes 2:00.
  test.each([
    ['07:00-23:00', '2026-03-28T06:00:00Z', true],
    ['07:00-23:00', '2026-03-29T04:59:59Z', false],
    ['07:00-23:00', '2026-03-29T05:00:00Z', true],
    ['07:00-23:00', '2026-03-29T20:59:59Z', true],
    ['07:00-23:00', '2026-03-29T21:00:00Z', false],
    ['07:00-23:00', '2026-10-25T05:59:59Z', false],
    ['07:00-23:00', '2026-10-25T06:00:00Z', true],
    ['07:00-23:00', '2026-10-25T21:59:59Z', true],
    ['07:00-23:00', '2026-10-25T22:00:00Z', false],
    ['02:00-03:00', '2026-03-29T00:59:59Z', false],
    ['02:00-03:00', '2026-03-29T01:00:00Z', false],
    ['02:00-03:00', '2026-10-25T00:30:00Z', true],
    ['02:00-03:00', '2026-10-25T01:30:00Z', true],
    ['02:00-03:00', '2026-10-25T02:00:00Z', false],
  ])('%s in Berlin, where the clock changes, hold at %s: %s', (hours, at, expected) => {
    expect(parseHours(hours, 'Europe/Berlin')(new Date(at))).toBe(expected);
  });
});

describe('what is counted within an hour', () => {
  test('has a limit for each name, and is forgotten when the hour is over', () => {
    let now = 0;
    const hourly = new Hourly(2, () => now);
    expect([hourly.take('a'), hourly.take('a'), hourly.take('a'), hourly.take('b')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    now = 3_599_999;
    expect(hourly.take('a')).toBe(false);
    now = 3_600_000;
    expect([hourly.take('a'), hourly.take('a'), hourly.take('a')]).toEqual([true, true, false]);
  });

  test('slides: it is no hour of the clock', () => {
    let now = 0;
    const hourly = new Hourly(2, () => now);
    hourly.take('a');
    now = 3_000_000;
    hourly.take('a');
    now = 3_700_000;
    expect([hourly.take('a'), hourly.take('a')]).toEqual([true, false]);
  });

  test('does not count what did not happen', () => {
    const hourly = new Hourly(1, () => 0);
    hourly.take('a');
    hourly.giveBack('a');
    hourly.giveBack('b');
    expect([hourly.take('a'), hourly.take('a')]).toEqual([true, false]);
  });

  test('of those who are gone nothing is kept', () => {
    let now = 0;
    const hourly = new Hourly(1, () => now);
    for (let index = 0; index < 100_000; index += 1) {
      now += 1000;
      hourly.take(`courier ${index}`);
    }
    expect(hourly.size).toBeLessThan(10_000);
  });
});

describe('what looks like fraud', () => {
  const refusal = (reason: RefusalReason, account: string | null = 'measoft') => ({
    reason,
    account,
    address: '192.0.2.1',
  });

  test('is told once an account and hour, however many tries there are', () => {
    let now = 0;
    const told: Alarm[] = [];
    const alarms = new Alarms(
      (alarm) => told.push(alarm),
      () => now,
    );
    for (let index = 0; index < 1000; index += 1) alarms.add(refusal('form'));
    for (let index = 0; index < 1000; index += 1) alarms.add(refusal('not-a-courier'));
    expect(told).toEqual([{ ...refusal('form'), refusals: 1 }]);
    alarms.add(refusal('form', 'office'));
    expect(told).toHaveLength(2);
    expect(alarms.isAlarmed).toBe(true);
    now = 3_600_001;
    expect(alarms.isAlarmed).toBe(false);
    alarms.add(refusal('dangerous-action'));
    expect(told).toHaveLength(3);
  });

  test.each(['not-a-courier', 'not-in-hand', 'hours', 'login'] as const)(
    'is %s only when there are many',
    (reason) => {
      const told: Alarm[] = [];
      const alarms = new Alarms(
        (alarm) => told.push(alarm),
        () => 0,
      );
      for (let index = 0; index < 19; index += 1) alarms.add(refusal(reason));
      expect(told).toEqual([]);
      alarms.add(refusal(reason));
      expect(told).toEqual([{ ...refusal(reason), refusals: 20 }]);
    },
  );

  test('is no fault of ours', () => {
    const told: Alarm[] = [];
    const alarms = new Alarms(
      (alarm) => told.push(alarm),
      () => 0,
    );
    for (let index = 0; index < 1000; index += 1) alarms.add(refusal('unavailable'));
    expect(told).toEqual([]);
  });
});

const limits = {
  perCourierHour: 60,
  perCourierAtOnce: 2,
  perAccountHour: 5000,
  hours: '00:00-24:00',
  timeZone: 'UTC',
};

describe('the door', () => {
  const call = (exten: string) =>
    action(
      'Action: Originate',
      `Channel: SIP/trunk/${COURIER}`,
      `Exten: ${exten}`,
      'Context: courier',
      'Priority: 1',
    );

  test('lets a courier make so many calls an hour, with one alarm for a thousand tries', async () => {
    const { connect, calls, alarms, refusals, door } = await startDoor(cleanups, { perCourierHour: 5 });
    const program = await connect();
    // Each to another number, since a call that is asked for twice at once is one.
    const recipients = [
      RECIPIENT,
      '+79162000002',
      '+79161000015',
      '+79162000011',
      '+79162000016',
      '100',
      '101',
      '102',
    ];
    program.send(
      LOGIN +
        Array.from({ length: 1000 }, (_none, index) => call(recipients[index % 8] ?? '')).join('') +
        action('Action: Logoff'),
    );
    await program.ended();
    expect(calls).toHaveLength(5);
    expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(['courier-limit']));
    expect(alarms).toEqual([
      { account: 'measoft', reason: 'courier-limit', address: '127.0.0.1', refusals: 1 },
    ]);
    expect(door.counters.alarms).toBe(1);
  });

  test('lets a courier have so many calls at the same time', async () => {
    const ends: (() => void)[] = [];
    const { connect, refusals } = await startDoor(cleanups, {
      perCourierAtOnce: 2,
      placeCall: async (_call, onEnded) => ({ id: `call-${ends.push(onEnded)}` }),
    });
    const program = await connect();
    const answers = (count: number) =>
      eventually('the answers', () => program.text().split('Response: ').length === count + 2);
    program.send(LOGIN + call(RECIPIENT) + call('100') + call('101'));
    await answers(3);
    expect(refusals.map(({ reason }) => reason)).toEqual(['at-once']);
    // Of one call that tells its end twice only one place becomes free.
    ends[0]?.();
    ends[0]?.();
    program.send(call('101') + call('102'));
    await answers(5);
    expect(ends).toHaveLength(3);
    expect(refusals.map(({ reason }) => reason)).toEqual(['at-once', 'at-once']);
  });

  test('counts a call that is asked for again while it lasts as one', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      const ends: (() => void)[] = [];
      const couriers = new CourierCalls({
        people: demoPeople,
        brakes: new Brakes({ ...limits, perCourierAtOnce: 2, perCourierHour: 3 }, () => null),
        officeNumbers: ['100'],
        courierPrefix: '',
        recipientPrefix: '',
        placeCall: async ({ to }, onEnded) => {
          ends.push(onEnded);
          return { id: to.kind === 'number' ? to.number : to.extension };
        },
      });
      const ask = async (exten: string): Promise<string> => {
        const [request] = new ActionReader().push(Buffer.from(call(exten)));
        if (request === undefined || typeof request === 'string') throw new Error('It is no action.');
        const asked = couriers.originate(request, {
          username: 'x',
          secret: 'x',
          allow: [],
          may: 'courierCalls',
        });
        const said = await asked.then(
          () => 'made',
          (error: DoorRefusedError) => error.reason,
        );
        // Beyond the time in which the door itself takes it for the same.
        jest.advanceTimersByTime(10_000);
        return said;
      };
      expect([await ask(RECIPIENT), await ask(RECIPIENT), await ask(RECIPIENT)]).toEqual([
        'made',
        'made',
        'made',
      ]);
      expect([await ask('100'), await ask('101')]).toEqual(['made', 'at-once']);
      for (const end of ends) end();
      expect([await ask('101'), await ask('102')]).toEqual(['made', 'courier-limit']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('counts no call that failed', async () => {
    let fails = true;
    const { connect } = await startDoor(cleanups, {
      perCourierHour: 1,
      placeCall: async () => {
        if (fails) throw new Error('away');
        return { id: 'call' };
      },
    });
    const program = await connect();
    program.send(LOGIN + call(RECIPIENT) + call(RECIPIENT));
    await eventually('two failures', () => program.text().split('Originate failed').length === 3);
    fails = false;
    program.send(call(RECIPIENT));
    await program.until('Originate successfully queued');
  });

  test('takes so many requests of an account an hour, refused ones included', async () => {
    const { connect, calls, refusals } = await startDoor(cleanups, { perAccountHour: 3 });
    const program = await connect();
    program.send(LOGIN + call('+79990001122').repeat(3) + call(RECIPIENT) + action('Action: Logoff'));
    await program.ended();
    expect(calls).toEqual([]);
    expect(refusals.map(({ reason }) => reason)).toEqual([
      ...Array<string>(3).fill('not-a-recipient'),
      'account-limit',
    ]);
  });

  test('is shut at night', async () => {
    let now = new Date('2026-11-27T19:59:00Z');
    const { connect, calls, refusals } = await startDoor(cleanups, { hours: '07:00-23:00', now: () => now });
    const ask = async () => {
      const program = await connect();
      program.send(vendorsRequest());
      return program.ended();
    };
    expect(await ask()).toContain('queued');
    now = new Date('2026-11-27T20:01:00Z');
    expect(await ask()).toContain('Permission denied');
    expect(calls).toHaveLength(1);
    expect(refusals.map(({ reason }) => reason)).toEqual(['hours']);
  });

  test('lets nobody call abroad who need not', async () => {
    const request = vendorsRequest({ channel: 'SIP/trunk/+79161000015', exten: '+375291234567' });
    for (const [countries, expected] of [
      [['RU', 'KZ'], 'Permission denied'],
      [['RU', 'BY'], 'queued'],
      [undefined, 'queued'],
    ] as const) {
      const { connect } = await startDoor(cleanups, { countries });
      const program = await connect();
      program.send(request);
      expect(await program.ended()).toContain(expected);
    }
  });

  test.each([
    ['outside_hours', 'hours', 'Permission denied'],
    ['too_many', 'courier-limit', 'Permission denied'],
    ['not_entitled', 'not-in-hand', 'Permission denied'],
    ['busy', 'telephone', 'Originate failed'],
    ['unreachable_extension', 'telephone', 'Originate failed'],
    ['trunk_away', 'unavailable', 'Originate failed'],
    ['asterisk_away', 'unavailable', 'Originate failed'],
  ] as const)('takes the refusal %s of the engine for %s', async (code, reason, said) => {
    const { connect, refusals } = await startDoor(cleanups, {
      placeCall: () => Promise.reject(new CallRefusedError(code)),
    });
    const program = await connect();
    program.send(vendorsRequest());
    expect(await program.ended()).toContain(`Response: Error\r\nMessage: ${said}\r\n`);
    expect(refusals).toMatchObject([{ reason, from: '7916*****11', to: '7916*****01' }]);
  });

  test('does not answer with yes while the database is away', async () => {
    const { connect, calls, refusals, door } = await startDoor(cleanups, {
      people: {
        find: async () => {
          throw new Error('the database is away');
        },
        normalise: (raw) => ({ kind: 'number', digits: raw.replace('+', '') }),
        parseField: () => ({ entries: [] }) as never,
        userOf: () => null,
        telephonesOf: () => [],
      },
    });
    const program = await connect();
    program.send(vendorsRequest());
    expect(await program.ended()).toContain('Response: Error\r\nMessage: Originate failed');
    expect(calls).toEqual([]);
    expect(refusals).toMatchObject([{ reason: 'unavailable', detail: 'the database is away' }]);
    expect(door.isAlarmed).toBe(false);
  });
});
