import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import type { Call } from '../../../src/calls/call.ts';
import { eventually } from '../../lab/eventually.ts';
import { OLGA, PROGRAM, startRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;
afterEach(() => rig.stop());
const start = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};

const RECIPIENT = '79162000001';
const TO = { kind: 'number', number: '+7 916 200-00-01' } as const;

/** The code of a refusal. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof CallRefusedError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a call at a click', () => {
  test('rings the first telephone of whoever asks, in our own words, and is one call to its end', async () => {
    const { place, asked, ended, told } = await start();
    const call = await place({ to: TO });
    expect(call).toMatchObject({
      id: expect.stringMatching(/^main-courier-[\da-f-]{36}$/),
      state: 'ringing',
      direction: 'out',
      from: { extension: '101' },
      to: { number: RECIPIENT },
    });
    const [request] = asked();
    expect(request).toMatchObject({
      channel: 'PJSIP/101',
      context: 'courier-call',
      exten: RECIPIENT,
      // Its telephone shows whom it calls.
      callerId: RECIPIENT,
      channelId: call.linkedIds[0],
    });
    expect(request?.variables).toEqual([
      'COURIER_CALLERID=74951234567',
      'COURIER_SHOWN=74951234567',
      'COURIER_RING=30',
      'COURIER_OUTSIDE=yes',
      `COURIER_LINE=PJSIP/${RECIPIENT}@trunk`,
    ]);
    const last = await ended(call.id);
    expect(last).toMatchObject({
      id: call.id,
      direction: 'out',
      outcome: 'answered',
      request: { by: 'click', user: 'olga', key: null, result: { code: 'answered' } },
    });
    expect(told[0]).toMatchObject({ id: call.id, state: 'ringing', request: { user: 'olga', result: null } });
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    ['first is busy', 'busy', 'first_busy', /^Телефон 101: занято/],
    ['first refuses', 'refused', 'first_refused', /^Телефон 101: звонок сброшен/],
    ['first does not answer', 'no_answer', 'first_no_answer', /^Телефон 101: нет ответа/],
    ['second is busy', 'busy', 'busy', /^Абонент: занято/],
  ] as const)('%s: %s, in words', async (story, outcome, code, words) => {
    const { place, ended } = await start({ story: { outcome: story } });
    const { id } = await place({ to: TO });
    const last = await ended(id);
    expect(last.outcome).toBe(outcome);
    expect(last.request?.result).toMatchObject({ code, ru: expect.stringMatching(words) });
  });

  test('a telephone that is gone in that moment has no channel, and the call an outcome', async () => {
    const { place, ended } = await start({
      played: {
        onOriginate: (_ids, { actionId, channelId = '' }) => [
          {
            atMs: 0,
            event: {
              Event: 'OriginateResponse',
              Privilege: 'call,all',
              ActionID: actionId,
              Response: 'Failure',
              Channel: 'PJSIP/101',
              Context: 'courier-call',
              Exten: RECIPIENT,
              Reason: '0',
              Uniqueid: channelId,
              CallerIDNum: RECIPIENT,
              CallerIDName: '<unknown>',
            },
          },
        ],
      },
    });
    const { id } = await place({ to: TO });
    expect(await ended(id)).toMatchObject({
      outcome: 'unreachable',
      request: {
        result: { code: 'first_unreachable', ru: expect.stringMatching(/^Телефон 101: нет связи/) },
      },
    });
  });
});

describe('a call that is cancelled', () => {
  test.each([
    ['while the first telephone rings', 0],
    ['while the other side rings', 1],
  ])('%s: nobody is rung any more, and it says so', async (_when, answered) => {
    const { place, engine, ended, told, asterisk } = await start({ story: { ringSeconds: 60 } });
    const call = await place({ to: TO });
    await eventually('it rings', () => {
      const legs = told.at(-1)?.legs ?? [];
      return legs.length > answered && legs.some(({ rangAt }) => rangAt !== null);
    });
    await engine.cancel(call);
    const last = await ended(call.id);
    expect(last).toMatchObject({ outcome: 'cancelled', request: { result: { code: 'cancelled' } } });
    expect(asterisk.channels).toBe(0);
  });

  test('when it is over: there is nothing to hang up', async () => {
    const { place, engine, ended } = await start();
    const { id } = await place({ to: TO });
    expect(await refusal(engine.cancel(await ended(id)))).toBe('call_over');
  });
});

describe('looks before anything rings', () => {
  test.each([
    ['UNAVAILABLE', 'unreachable_extension'],
    ['INVALID', 'unreachable_extension'],
    ['INUSE', 'busy'],
    ['RINGING', 'busy'],
    ['ONHOLD', 'busy'],
  ])('a telephone that is %s: %s', async (state, code) => {
    const { place, asked } = await start({ played: { deviceStates: { 'PJSIP/101': state } } });
    expect(await refusal(place({ to: TO }))).toBe(code);
    expect(asked()).toEqual([]);
  });

  test.each([
    [{ deviceStates: { 'Custom:DND101': 'BUSY' } }, 'busy'],
    [{ deviceStates: { 'PJSIP/trunk': 'UNAVAILABLE' } }, 'trunk_away'],
    [{ unknownExtensions: [`courier-call,${RECIPIENT}`] }, 'no_dialplan'],
  ])('%j: %s', async (played, code) => {
    const { place, asked } = await start({ played });
    expect(await refusal(place({ to: TO }))).toBe(code);
    expect(asked()).toEqual([]);
  });

  test.each([
    [{ to: { kind: 'number', number: '12x' } }, 'invalid_number'],
    [{ to: { kind: 'number', number: 'PJSIP/101&PJSIP/102' } }, 'invalid_number'],
    [{ to: { kind: 'number', number: '1,2' } }, 'invalid_number'],
    [{ to: { kind: 'number', number: '101#&PJSIP/x' } }, 'invalid_number'],
    [{ to: { kind: 'number', number: '101|102' } }, 'invalid_number'],
    [{ to: { kind: 'number', number: '"101" <101>' } }, 'invalid_number'],
    [{ to: TO, from: { kind: 'number', number: '101#&PJSIP/x' } }, 'invalid_number'],
    [{ to: TO, requester: { ...OLGA, telephones: ['101&PJSIP/x'] } }, 'invalid_number'],
    [{ to: { kind: 'shipment', shipment: 99_999 } }, 'no_number'],
    [{ to: TO, from: { kind: 'extension', extension: '103' } }, 'not_entitled'],
    [{ to: TO, from: { kind: 'number', number: '79990000000' } }, 'not_entitled'],
    [{ to: TO, requester: { ...OLGA, telephones: [] } }, 'no_telephone'],
  ] as const)('%j: %s', async (request, code) => {
    const { place, asked } = await start();
    expect(await refusal(place(request))).toBe(code);
    expect(asked()).toEqual([]);
  });

  test('no more calls within a minute than are allowed to one', async () => {
    const { place, asked } = await start({ calls: { perMinute: 2 } });
    const to = (last: number) => ({ kind: 'number', number: `7916200010${last}` }) as const;
    await place({ to: to(1) });
    await place({ to: to(2) });
    expect(await refusal(place({ to: to(3) }))).toBe('too_many');
    await place({ to: to(3), requester: PROGRAM, from: { kind: 'extension', extension: '103' } });
    expect(asked()).toHaveLength(3);
  });

  test('without the section calls, none', async () => {
    const { place } = await start({ calls: undefined });
    expect(await refusal(place({ to: TO }))).toBe('calls_off');
  });
});

describe('one click, one call', () => {
  test('the same key, at the same time, later, and when the call is over', async () => {
    const first = await start();
    const [one, other] = await Promise.all([
      first.place({ to: TO, key: 'k1' }),
      first.place({ to: TO, key: 'k1' }),
    ]);
    expect(other.id).toBe(one.id);
    const again = await first.place({ to: TO, key: 'k1' });
    expect(again.id).toBe(one.id);
    await first.ended(one.id);
    await eventually('the journal has its end', async () => {
      const { id, state } = await first.place({ to: TO, key: 'k1' });
      return id === one.id && state === 'ended';
    });
    expect(first.asked()).toHaveLength(1);
  });

  test('the same key after a restart of the desk, and what the call was asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-calling-'));
    const before = await startRig({ folder });
    const one = await before.place({ to: TO, key: 'k1' });
    await before.ended(one.id);
    await before.stop();
    const after = await start({ folder });
    try {
      const again = await after.place({ to: TO, key: 'k1' });
      expect(again).toMatchObject({ id: one.id, state: 'ended', outcome: 'answered' });
      expect(after.asked()).toEqual([]);
      expect(again.request).toMatchObject({
        by: 'click',
        user: 'olga',
        key: 'k1',
        result: { code: 'answered' },
      });
      // A new one is another call.
      expect((await after.place({ to: TO, key: 'k2' })).id).not.toBe(one.id);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a double click with two keys', async () => {
    const { place, asked } = await start();
    const [one, other] = await Promise.all([place({ to: TO, key: 'a' }), place({ to: TO, key: 'b' })]);
    const third = await place({ to: TO, key: 'c' });
    expect([other.id, third.id]).toEqual([one.id, one.id]);
    expect((await place({ to: TO, key: 'b' })).id).toBe(one.id);
    expect(asked()).toHaveLength(1);
  });

  const SHIPMENT = { kind: 'shipment', shipment: 70_001 } as const;
  test.each([
    ['at a click', { to: TO }, { direction: 'out' }],
    ['to a colleague', { to: { kind: 'extension', extension: '103' } }, { direction: 'internal' }],
    ['of a courier', { to: SHIPMENT, from: { kind: 'courier', courier: 11 } }, { direction: 'courier' }],
  ] as const)('asked for again while the first side rings, %s', async (_what, request, shown) => {
    const { place, asked, told } = await start({ story: { ringSeconds: 600 } });
    const one = await place(request);
    const rung = () => told.findLast(({ id, legs }) => id === one.id && legs.some(({ rangAt }) => rangAt));
    await eventually('the first side rings', () => rung() !== undefined);
    // Asterisk does not tell yet whom it will be connected with.
    expect(rung()).toMatchObject({ ...shown, to: one.to });
    expect((await place(request)).id).toBe(one.id);
    expect(asked()).toHaveLength(1);
    const other = await place({ ...request, to: { kind: 'extension', extension: '102' } });
    expect(other.id).not.toBe(one.id);
  });

  test('one that ended while another desk followed is over, and no more what is asked for again', async () => {
    const { engine, asked, told, desk, journal } = await start({ story: { ringSeconds: 600 } });
    const onCall = jest.fn<(call: Call) => void>();
    const request = { requester: OLGA, by: 'click', key: null, from: { kind: 'own' }, to: TO } as const;
    const one = await engine.place(request, onCall);
    await eventually('it rings', () => told.some(({ legs }) => legs.some(({ rangAt }) => rangAt !== null)));
    const leaseTo = (holder: string) =>
      journal.store.db.updateTable('leases').set({ holder, renewed_at: Date.now() }).execute();
    await leaseTo('another desk');
    await eventually('another desk follows', () => desk.role === 'standby');
    expect(onCall.mock.lastCall?.[0].state).toBe('ringing');
    const endedAt = new Date().toISOString();
    await journal.store.save([{ ...one, state: 'ended', endedAt, outcome: 'no_answer' }]);
    await leaseTo('');
    await eventually('this desk follows', () =>
      desk.followers.some(({ status }) => status.state === 'followed'),
    );
    expect(onCall.mock.lastCall?.[0].state).toBe('ended');
    expect((await engine.place(request)).id).not.toBe(one.id);
    expect(asked()).toHaveLength(2);
  });

  test('a key is of whoever gave it', async () => {
    const { place, asked } = await start();
    const one = await place({ to: TO, key: 'k' });
    const from = { kind: 'extension', extension: '103' } as const;
    const other = await place({ to: TO, key: 'k', requester: PROGRAM, from });
    expect(other.id).not.toBe(one.id);
    expect(asked()).toHaveLength(2);
  });
});
