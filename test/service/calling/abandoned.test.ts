import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AmiActionError, AmiClosedError } from '../../../src/ami/errors.ts';
import type { Header } from '../../../src/ami/action.ts';
import { AmiMessage } from '../../../src/ami/message.ts';
import { CallEngine } from '../../../src/calling/engine.ts';
import { provisionalCall } from '../../../src/calling/provisional-call.ts';
import type { RequestStore } from '../../../src/journal/requests.store.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import { deferred, type Deferred } from '../../../src/util/deferred.ts';
import { CALLS, OLGA } from './rig.ts';

/*
 * What an Asterisk does that stands still in the middle of an Originate: a stand-in for the client of AMI, since no real
 * one stops at such a place on purpose.
 */

const success = (more: Record<string, string> = {}): AmiMessage => {
  const headers = { Response: 'Success', ActionID: 'a1', ...more };
  return new AmiMessage(Object.keys(headers), Object.values(headers));
};

let originate: Deferred<AmiMessage>;
let channels: AmiMessage[];
const hungUp = jest.fn<(channel: string) => AmiMessage>();
const client = {
  ready: true,
  action: async (name: string, headers: readonly Header[] = []): Promise<AmiMessage> => {
    const of = (wanted: string): string => headers.find(([header]) => header === wanted)?.[1] ?? '';
    if (name === 'Originate') {
      asked.push(of('ChannelId'));
      return originate.promise;
    }
    if (name === 'Hangup') return hungUp(of('Channel'));
    return success({ Value: of('Variable').startsWith('DIALPLAN') ? '1' : 'NOT_INUSE' });
  },
  list: async () => ({ answer: success(), items: channels, complete: undefined, flaws: 0 }),
};
const asked: string[] = [];
const told = jest.fn();

function makeEngine(): CallEngine {
  return new CallEngine({
    calls: CALLS,
    timeZone: 'Europe/Moscow',
    dialer: createDialer(
      {
        extension: 'PJSIP/{EXTENSION}',
        trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }],
        numberFormat: 'digits',
      },
      'RU',
    ),
    courierPrefix: '',
    people: {
      find: async () => [],
      findShipment: async () => null,
      findCourier: async () => null,
      normalise: (raw) => normaliseNumber(raw, 'RU'),
      parseField: createFieldParser('RU'),
      courierPhones: ['phonem'],
    },
    asterisks: () => [{ name: 'main', client, callerOf: () => undefined, channelOf: () => undefined }],
    // A journal that is away keeps nobody from calling.
    requests: (): RequestStore => {
      throw new Error('The journal is away.');
    },
    findCall: async () => undefined,
    tell: told,
    onProblem: jest.fn(),
  });
}

let engine: CallEngine;
beforeEach(() => {
  originate = deferred();
  channels = [];
  asked.length = 0;
  told.mockReset();
  hungUp.mockReset().mockReturnValue(success());
  engine = makeEngine();
});
afterEach(() => engine.stop());

const place = () =>
  engine.place({
    requester: OLGA,
    by: 'click',
    key: 'k',
    from: { kind: 'own' },
    to: { kind: 'number', number: '79162000001' },
  });
const refused = async (): Promise<unknown> => {
  const startedAt = Date.now();
  const error: unknown = await place().catch((thrown: unknown) => thrown);
  expect(Date.now() - startedAt).toBeLessThan(2000);
  return Reflect.get(Object(error), 'code');
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const seen = (id: string) =>
  provisionalCall(
    {
      from: { kind: 'extension', extension: '101' },
      to: { kind: 'outside', number: '79162000001' },
      courier: null,
      direction: 'out',
      links: [],
    },
    { id, asterisk: 'main', at: Date.now() },
  );

describe('an Originate that is not answered in time', () => {
  test('is refused, and hung up when Asterisk carries it out later', async () => {
    expect(await refused()).toBe('asterisk_away');
    expect(told).not.toHaveBeenCalled();
    expect(hungUp).not.toHaveBeenCalled();
    originate.resolve(success());
    await settled();
    expect(hungUp.mock.calls).toEqual([[asked[0]]]);
  });

  test('is hung up when its channel is told, though the answer never came', async () => {
    expect(await refused()).toBe('asterisk_away');
    originate.reject(new AmiClosedError('cut'));
    await settled();
    expect(hungUp).not.toHaveBeenCalled();
    engine.onSeen(seen(asked[0] ?? ''));
    await settled();
    expect(hungUp.mock.calls).toEqual([[asked[0]]]);
  });

  test('is not waited for for ever', async () => {
    const startedAt = Date.now();
    expect(await refused()).toBe('asterisk_away');
    expect(engine.waiting).toBe(1);
    jest.spyOn(Date, 'now').mockReturnValue(startedAt + 11 * 60_000);
    engine.onFollowed('main');
    await settled();
    jest.restoreAllMocks();
    expect(engine.waiting).toBe(0);
    expect(told).not.toHaveBeenCalled();
  });

  test('stays refused for the same key: nobody is rung by a repetition', async () => {
    expect(await refused()).toBe('asterisk_away');
    expect(await refused()).toBe('asterisk_away');
    expect(asked).toHaveLength(1);
  });
});

test('a connection that breaks before the answer refuses at once', async () => {
  const placing = refused();
  await settled();
  originate.reject(new AmiClosedError('cut'));
  expect(await placing).toBe('asterisk_away');
});

test('what Asterisk refuses was never made: the key is free again', async () => {
  originate.reject(new AmiActionError('Asterisk refuses Originate: "Extension does not exist.".'));
  expect(await refused()).toBe('no_dialplan');
  originate = deferred();
  originate.resolve(success());
  expect((await place()).state).toBe('ringing');
  expect(asked).toHaveLength(2);
});

test('a cancel that comes before the channel is repeated until it is there', async () => {
  originate.resolve(success());
  const call = await place();
  const none = new AmiActionError('Asterisk refuses Hangup: "No such channel".');
  hungUp.mockImplementationOnce(() => {
    throw none;
  });
  hungUp.mockImplementationOnce(() => {
    throw none;
  });
  await engine.cancel(call);
  expect(hungUp).toHaveBeenCalledTimes(3);
  expect(engine.requestOf(call)).toMatchObject({ wasCancelled: true });
});
