import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AmiActionError } from '../../../src/ami/errors.ts';
import { AmiMessage } from '../../../src/ami/message.ts';
import type { Header } from '../../../src/ami/action.ts';
import { CallEngine } from '../../../src/calling/engine.ts';
import type { CallingAsterisk } from '../../../src/calling/asterisk.ts';
import type { PeopleSource } from '../../../src/calling/parties.ts';
import type { CallRequest } from '../../../src/calling/request.ts';
import { DirectoryTimeoutError } from '../../../src/directory/directory.ts';
import type { CourierMatch, RecipientMatch } from '../../../src/directory/match.ts';
import type { RequestStore } from '../../../src/journal/requests.store.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import { CALLS, PROGRAM } from './rig.ts';

/*
 * Parts that are slow, or never answer, and several Asterisks of which one has the telephone: stand-ins, since no real
 * part is slow by so many ms. Frozen and killed ones are in test/integration and test/asterisk. The clock is played as
 * well: what takes how long is the subject, and a busy machine must not add to it.
 */
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** What an app waits for an answer. */
const PATIENCE_MS = 2000;
const NEVER = new Promise<never>(() => undefined);
const sleep = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

const success = (more: Record<string, string> = {}): AmiMessage => {
  const headers = { Response: 'Success', ActionID: 'a1', ...more };
  return new AmiMessage(Object.keys(headers), Object.values(headers));
};

interface Played {
  /** Answer to the state of a device. Default: free. */
  readonly state?: string;
  readonly askMs?: number;
  readonly originate?: () => Promise<AmiMessage>;
  readonly hangUp?: (channel: string | undefined) => Promise<AmiMessage>;
  readonly ready?: boolean;
  /** The channel that a call goes on with. */
  readonly channel?: string;
}

function played(
  name: string,
  { state = 'NOT_INUSE', askMs = 0, originate, hangUp, ready = true, channel }: Played = {},
) {
  const asked: string[] = [];
  const action = async (what: string, headers: readonly Header[] = []): Promise<AmiMessage> => {
    asked.push(what);
    const valueOf = (wanted: string) => headers.find(([header]) => header === wanted)?.[1];
    if (what === 'Originate') return originate === undefined ? success() : originate();
    if (what === 'Hangup' && hangUp !== undefined) return hangUp(valueOf('Channel'));
    if (what !== 'Getvar') return success();
    await (askMs === Infinity ? NEVER : sleep(askMs));
    const variable = valueOf('Variable') ?? '';
    if (variable.startsWith('DIALPLAN')) return success({ Value: '1' });
    if (variable.startsWith('PJSIP_DIAL_CONTACTS')) return success({ Value: '' });
    return success({ Value: variable.includes('DND') ? 'NOT_INUSE' : state });
  };
  const list = async () => ({ answer: success(), items: [], complete: undefined, flaws: 0 });
  const asterisk: CallingAsterisk = {
    name,
    client: { ready, action, list },
    callerOf: () => undefined,
    channelOf: () => channel,
  };
  return { asterisk, asked };
}

const COURIER: CourierMatch = { kind: 'courier', courier: 11, branch: null, manager: null };
const RECIPIENT: RecipientMatch = {
  kind: 'recipient',
  shipment: 70_001,
  order: null,
  visible: true,
  client: null,
  branch: null,
  open: true,
  holder: {
    courier: 11,
    phonem: '',
    phonek: '',
    phone: '',
    hasLeft: false,
    issuedAt: null,
    handedOver: false,
  },
};

function makeEngine(asterisks: readonly CallingAsterisk[], lookUpMs = 0): CallEngine {
  const slowly = async <Answer>(answer: Answer): Promise<Answer> => {
    await (lookUpMs === Infinity ? NEVER : sleep(lookUpMs));
    return answer;
  };
  const people: PeopleSource = {
    find: (number) => slowly(number === '79161000011' ? [COURIER] : [RECIPIENT]),
    findShipment: () =>
      slowly({
        shipment: 70_001,
        order: null,
        client: null,
        open: true,
        holders: [RECIPIENT.holder ?? never()],
        numbers: ['79162000001'],
      }),
    findCourier: () => slowly({ courier: 11, phonem: '79161000011', phonek: '', phone: '', hasLeft: false }),
    normalise: (raw) => normaliseNumber(raw, 'RU'),
    parseField: createFieldParser('RU'),
    courierPhones: ['phonem'],
  };
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
    people,
    asterisks: () => asterisks,
    requests: (): RequestStore => {
      throw new Error('The journal is away.');
    },
    findCall: () => NEVER,
    tell: jest.fn(),
    onProblem: jest.fn(),
  });
}

function never(): never {
  throw new Error('There is a holder.');
}

let engine: CallEngine | undefined;
afterEach(() => engine?.stop());

const REQUEST = {
  requester: PROGRAM,
  by: 'courier',
  key: null,
  from: { kind: 'courier', courier: 11 },
  to: { kind: 'number', number: '79162000001' },
} as const satisfies CallRequest;

/** What a request comes to, in time. */
async function answerTo(request: Partial<CallRequest> = {}): Promise<unknown> {
  let isThere = false;
  const answer = engine
    ?.place({ ...REQUEST, ...request })
    .then(
      ({ asterisk }) => asterisk,
      (error: unknown) =>
        error instanceof DirectoryTimeoutError ? 'late' : Reflect.get(Object(error), 'code'),
    )
    .finally(() => (isThere = true));
  await jest.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  expect(isThere).toBe(true);
  return answer;
}

describe('an answer comes within 2 s', () => {
  test.each([
    ['every look-up takes 300 ms, and every question 500', 300, { askMs: 500 }, 'main'],
    [
      'the same, and the answer to Originate never comes',
      400,
      { askMs: 800, originate: () => NEVER },
      'asterisk_away',
    ],
    ['the database never answers', Infinity, {}, 'late'],
    ['Asterisk never says how a telephone does', 0, { askMs: Infinity }, 'asterisk_away'],
    ['Asterisk never says whether it calls', 0, { originate: () => NEVER }, 'asterisk_away'],
  ] as const)('%s', async (_what, lookUpMs, asterisk, expected) => {
    engine = makeEngine([played('main', asterisk).asterisk], lookUpMs);
    expect(await answerTo()).toBe(expected);
    expect(await answerTo({ to: { kind: 'shipment', shipment: 70_001 } })).toBe(expected);
  });

  test('nothing is put to Asterisk when the time is over', async () => {
    const { asterisk, asked } = played('main', { askMs: Infinity });
    engine = makeEngine([asterisk]);
    await answerTo();
    expect(asked).not.toContain('Originate');
  });

  test('a journal that never answers says nothing of an earlier call', async () => {
    engine = makeEngine([played('main').asterisk]);
    const key = 'k';
    const [{ id }] = await Promise.all([
      engine.place({ ...REQUEST, key }),
      jest.advanceTimersByTimeAsync(PATIENCE_MS),
    ]);
    engine.onCall({ ...(engine.placed(id) ?? never()), state: 'ended', endedAt: new Date().toISOString() });
    expect(await answerTo({ key })).toBe('JOURNAL_STORE');
  });
});

describe('a hangup is answered within 2 s', () => {
  /** @param isSeen Asterisk has told of the call */
  const cancelled = async (
    hangUp: (channel: string | undefined) => Promise<AmiMessage>,
    isSeen = false,
    channel?: string,
  ) => {
    engine = makeEngine([played('main', { hangUp, ...(channel !== undefined && { channel }) }).asterisk]);
    const [call] = await Promise.all([engine.place(REQUEST), jest.advanceTimersByTimeAsync(PATIENCE_MS)]);
    if (isSeen) engine.onSeen(call);
    let refusal: unknown;
    engine.cancel(call).catch((error: unknown) => (refusal = error));
    await jest.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    return Reflect.get(Object(refusal), 'code') as unknown;
  };

  test('by an Asterisk that never answers', async () => {
    expect(await cancelled(() => NEVER)).toBe('asterisk_away');
  });

  test.each([
    ['goes on with another one', 'main-9.9', undefined, 2],
    ['is over', undefined, 'call_over', 1],
  ])('of a call whose channel is gone, and which %s', async (_what, channel, code, times) => {
    const hangUp = jest.fn(async (asked: string | undefined): Promise<AmiMessage> => {
      if (asked === 'main-9.9') return success();
      throw new AmiActionError('No such channel');
    });
    expect(await cancelled(hangUp, true, channel)).toBe(code);
    expect(hangUp).toHaveBeenCalledTimes(times);
  });

  test('of a call whose channel does not come', async () => {
    expect(await cancelled(() => Promise.reject(new AmiActionError('No such channel')))).toBe(
      'asterisk_away',
    );
  });
});

describe('of several Asterisks', () => {
  const OPERATOR = { from: { kind: 'extension', extension: '101' } } as const;

  test.each([
    ['the one where the telephone is', [{ state: 'UNAVAILABLE' }, {}], 'two'],
    ['the first of two where it is', [{}, {}], 'one'],
    ['one that answers, though another stands still', [{ askMs: Infinity }, {}], 'two'],
    ['one that is there', [{ ready: false }, {}], 'two'],
    ['none where it is busy', [{ state: 'UNAVAILABLE' }, { state: 'INUSE' }], 'busy'],
    ['none where it is not', [{ state: 'UNAVAILABLE' }, { state: 'UNAVAILABLE' }], 'unreachable_extension'],
    // It may be there.
    ['none that is away', [{ state: 'UNAVAILABLE' }, { ready: false }], 'asterisk_away'],
  ] as const)('%s makes the call', async (_what, [first, second], expected) => {
    const asterisks = [played('one', first), played('two', second)];
    engine = makeEngine(asterisks.map(({ asterisk }) => asterisk));
    expect(await answerTo(OPERATOR)).toBe(expected);
    const made = asterisks.filter(({ asked }) => asked.includes('Originate'));
    expect(made).toHaveLength(expected === 'one' || expected === 'two' ? 1 : 0);
  });

  test('what was refused and made is counted', async () => {
    engine = makeEngine([played('one', { state: 'INUSE' }).asterisk]);
    await answerTo(OPERATOR);
    await answerTo(OPERATOR);
    expect([...engine.counters.refused]).toEqual([{ by: 'courier', what: 'busy', count: 2 }]);
    expect([...engine.counters.made]).toEqual([]);
  });
});
