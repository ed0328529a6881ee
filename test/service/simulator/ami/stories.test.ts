import { describe, expect, test } from '@jest/globals';
import { EventShape } from '../../../../src/ami/event-shape.ts';
import { AmiMessage } from '../../../../src/ami/message.ts';
import { recording } from '../../../../src/simulator/ami/recording.ts';
import { Ids, type PlayedEvent, type Script } from '../../../../src/simulator/ami/script.ts';
import {
  courierCallback,
  inbound,
  missed,
  originated,
  transferred,
} from '../../../../src/simulator/ami/stories.ts';
import { recordedEvents } from '../../../unit/ami/streams.ts';

/** Of classes and features that a story leaves out. */
const LEFT_OUT = ['DeviceStateChange', 'ExtensionStatus', 'QueueMemberStatus', 'Cdr', 'MixMonitorStart'];
/** The dialplan of the recording has its own number of steps, and an extension `failed`. */
const OWN = /^(?:Dest|Transferer|Transferee)?Priority$/;
/** Sent apart from what happens on the channel, now before and now after it. */
const APART = ['DialState', 'OriginateResponse'];

/**
 * What each channel went through, in its own order, with ids made comparable: of neighbours on different channels
 * Asterisk sends now one, now the other first.
 */
function perChannel(script: Script): Record<string, readonly string[]> {
  const ids = new Map<string, string>();
  const channels: Record<string, string[]> = {};
  for (const { event } of script) {
    if (LEFT_OUT.includes(event['Event'] ?? '') || event['Channel']?.startsWith('OutgoingSpool') === true)
      continue;
    const line = JSON.stringify(event, (name, value: unknown) => {
      if (OWN.test(name)) return undefined;
      if (event['Event'] === 'DialState' && name.startsWith('DestChannelState')) return undefined;
      if (typeof value !== 'string') return value;
      if (/(?:Uniqueid|Linkedid)$/.test(name)) return named(ids, value, name);
      return value.replace(/-[0-9a-f]{8}$/, '-…');
    });
    const channel = event['DestChannel'] ?? event['TransfererChannel'] ?? event['Channel'] ?? 'bridges';
    const device = channel.replace(/-[0-9a-f]{8}$/, '');
    const key = APART.includes(event['Event'] ?? '') ? `${device} ${event['Event']}` : device;
    (channels[key] ??= []).push(line);
  }
  return channels;
}

function named(ids: Map<string, string>, id: string, name: string): string {
  const known = ids.get(id) ?? `${name.includes('Bridge') ? 'bridge' : 'channel'} ${ids.size}`;
  ids.set(id, known);
  return known;
}

const recorded = (name: string) => perChannel(recording(new Ids(1), recordedEvents(name)));
const PARTIES = { from: '79162000001', to: '1000', rings: ['101', '102'], ringSeconds: 1.5 };

describe('a story is what a real Asterisk 22 sent:', () => {
  test('an inbound call to two telephones (a)', () => {
    const script = inbound(new Ids(1), {
      ...PARTIES,
      name: recordedEvents('22-a')[0]?.['CallerIDName'] ?? '',
      answeredBy: '102',
      talkSeconds: 2,
      endedBy: 'caller',
    });
    expect(perChannel(script)).toEqual(recorded('22-a'));
  });

  test('the caller gives up (g)', () => {
    expect(perChannel(missed(new Ids(1), { ...PARTIES, because: 'caller gives up' }))).toEqual(
      recorded('22-g'),
    );
  });

  test('a blind transfer (c1)', () => {
    const script = transferred(new Ids(1), {
      ...PARTIES,
      to: '1002',
      rings: ['101'],
      answeredBy: '101',
      talkSeconds: 1,
      endedBy: 'caller',
      transferredTo: '103',
      talkSecondsAfter: 2,
    });
    expect(perChannel(script)).toEqual(recorded('22-c1'));
  });

  const CLICK = {
    actionId: 'a2',
    channel: 'PJSIP/101',
    context: 'c2c',
    exten: '79161234567',
    callerId: '74950000000',
    ringSeconds: 0.7,
    talkSeconds: 1.5,
  };
  test.each([
    ['22-e', { channelId: 'c2c-777', outcome: 'both answer' }],
    ['22-f', { channelId: 'c2c-778', outcome: 'first refuses' }],
    ['22-f2', { channelId: 'c2c-779', outcome: 'first does not answer' }],
  ] as const)('a call that was asked for (%s)', (name, details) => {
    expect(perChannel(originated(new Ids(1), { ...CLICK, ...details }))).toEqual(recorded(name));
  });

  test("a courier's call, that rings their own telephone first (e5)", () => {
    const script = courierCallback(new Ids(1), {
      ...CLICK,
      channelId: 'cb-1',
      courier: '79162222222',
      recipient: '79161234567',
      outcome: 'second is busy',
    });
    expect(perChannel(script)).toEqual(recorded('22-e5'));
  });
});

const STORIES: readonly (readonly [string, (ids: Ids) => Script])[] = [
  ['inbound', (ids) => inbound(ids, { ...PARTIES, answeredBy: '101', talkSeconds: 5, endedBy: 'callee' })],
  ['missed', (ids) => missed(ids, { ...PARTIES, because: 'nobody answers' })],
  ['recorded', (ids) => recording(ids, recordedEvents('22-e3'))],
];

test.each(STORIES)(
  '%s: every event has the shape of Asterisk, times go forward, no channel is left',
  (_title, tell) => {
    const script = tell(new Ids(1));
    const shape = new EventShape();
    const message = (event: PlayedEvent) => new AmiMessage(Object.keys(event), Object.values(event));
    expect(script.map(({ event }) => shape.judge(message(event)))).toEqual(script.map(() => undefined));
    const times = script.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const ids = (name: string) =>
      script.filter(({ event }) => event['Event'] === name).map(({ event }) => event['Uniqueid']);
    expect(ids('Hangup').toSorted()).toEqual(ids('Newchannel').toSorted());
  },
);

test('no two calls have an id in common', () => {
  const ids = new Ids(1);
  const of = (script: Script) =>
    new Set(script.flatMap(({ event }) => [event['Uniqueid'], event['BridgeUniqueid']]));
  const scripts = [...STORIES, ...STORIES].map(([, tell]) => of(tell(ids)));
  const all = scripts.flatMap((set) => [...set].filter((id) => id !== undefined));
  expect(new Set(all).size).toBe(all.length);
});

test('somebody who does not ring cannot answer', () => {
  const call = { ...PARTIES, answeredBy: '109', talkSeconds: 1, endedBy: 'caller' } as const;
  expect(() => inbound(new Ids(1), call)).toThrow('109 does not ring, so it cannot answer.');
});
