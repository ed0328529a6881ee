import { describe, expect, jest, test } from '@jest/globals';
import type { Header } from '../../../src/ami/action.ts';
import { AmiMessage } from '../../../src/ami/message.ts';
import { connectCall } from '../../../src/calling/connect.ts';
import { Deadline } from '../../../src/calling/deadline.ts';
import type { PeopleSource } from '../../../src/calling/parties.ts';
import type { Call, Party } from '../../../src/calls/call.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import { answeredCall, inside, missedCall, outside, time } from '../../lab/journal/sample-calls.ts';
import { CALLS } from './rig.ts';

/* What Asterisk is told, by a stand-in; what its telephones hear of it is in test/asterisk/calling.test.ts. */

const ANNA = '79161234567';
const MOBILE = '79160000001';

const DIAL = {
  extension: 'PJSIP/{EXTENSION}',
  trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }],
  numberFormat: 'digits',
} as const;

/** Where the caller would come back to: how that is dialled, and the number of a telephone outside. */
async function wayBack(call: Call, telephones: readonly string[]): Promise<unknown> {
  const set = new Map<string, string>();
  const action = jest.fn(async (name: string, headers: readonly Header[] = []) => {
    const given = new Map(headers);
    if (name === 'Setvar') set.set(given.get('Variable') ?? '', given.get('Value') ?? '');
    return new AmiMessage(['Response', 'Value'], ['Success', '1']);
  });
  const asterisk = {
    name: 'main',
    client: { ready: true, action, list: jest.fn<never>() },
    callerOf: () => '1768204800.1',
    channelOf: () => undefined,
  };
  await connectCall(
    asterisk,
    call,
    { kind: 'extension', extension: '104' },
    {
      calls: CALLS,
      dialer: createDialer(DIAL, 'RU'),
      courierPrefix: '',
      people: {} as PeopleSource,
      telephones,
      deadline: new Deadline(),
    },
  );
  return [set.get('COURIER_BACK'), set.get('COURIER_BACK_NUMBER')];
}

const live = { state: 'talking', endedAt: null, outcome: null } as const;
const talking = (party: Party): Call =>
  answeredCall(1, ANNA, {
    ...live,
    answeredBy: party,
    talks: [{ a: outside(ANNA), b: party, from: time(6000), until: null }],
  });
const ringing = (party: Party): Call => {
  const call = missedCall(1, ANNA, { ...live, state: 'ringing', missed: false });
  return { ...call, legs: call.legs.map((leg) => ({ ...leg, party, endedAt: null, outcome: null })) };
};

describe('a caller who was put through to nobody comes back', () => {
  test.each([
    ['to the telephone that they talked with', talking(inside('103')), ['101'], ['PJSIP/103', '']],
    [
      'to the mobile that they talked with',
      talking(outside(MOBILE)),
      ['101', MOBILE],
      [`PJSIP/${MOBILE}@trunk`, MOBILE],
    ],
    ['to whoever took them from a courier', talking(outside('79161000011')), ['101'], ['PJSIP/101', '']],
    ['to whoever took them while they rang', ringing(inside('102')), ['101', '102'], ['PJSIP/101', '']],
    [
      'to the first telephone that can be dialled',
      ringing(inside('101')),
      ['1&PJSIP/x', MOBILE],
      [`PJSIP/${MOBILE}@trunk`, MOBILE],
    ],
    [
      'to the telephone that rang, when a program put them through',
      ringing(inside('101')),
      [],
      ['PJSIP/101', ''],
    ],
    ['to nobody, where there is none', ringing(outside('79161000011')), [], ['', '']],
  ])('%s', async (_who, call, telephones, back) => {
    expect(await wayBack(call, telephones)).toEqual(back);
  });
});
