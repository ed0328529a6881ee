import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { callSchema } from '../../../src/calls/call.ts';
import { RULES } from '../../../src/calls/event-rules.ts';
import { Tracker } from '../../../src/calls/tracker.ts';
import { Played, type PlayedChannel, START } from './played.ts';
import { event, follow, type Received } from './streams.ts';
import { anyText, runs } from '../../lab/fuzz.ts';

const LIMITS = { calls: 20, channels: 50, channelsPerCall: 10 };

test('more calls than fit: the oldest is given up, with what is known of it', () => {
  const played = new Played();
  for (let n = 0; n < 100; n++)
    played.begin(n / 100, { name: `PJSIP/trunk-${n}`, id: `${n}.1`, number: '79162000001' });
  const { ended, tracker } = follow(played.events, { limits: LIMITS });
  expect(tracker.size).toEqual({ calls: 20, channels: 20 });
  expect(ended).toHaveLength(80);
  expect(ended[0]).toMatchObject({ id: 'main-0.1', outcome: null, missed: false, completeness: 'partial' });
});

test('a call that rings telephones for ever keeps the last ones', () => {
  const caller: PlayedChannel = { name: 'PJSIP/trunk-1', id: '1', number: '79162000001' };
  const played = new Played().begin(0, caller);
  for (let n = 1; n < 500; n++) {
    const phone = { name: `PJSIP/101-${n}`, id: `1.${n}`, linkedId: '1', state: '0' };
    played
      .begin(n, phone)
      .dial(n, caller, phone, '101')
      .dialEnd(n + 0.5, caller, phone, 'NOANSWER');
    played.hangUp(n + 0.5, phone, '0');
  }
  const { tracker, told } = follow(played.events, { limits: LIMITS });
  expect(tracker.size).toEqual({ calls: 1, channels: 10 });
  expect(told.at(-1)?.legs).toHaveLength(9);
});

test('marks of one channel are bounded as well', () => {
  const caller: PlayedChannel = { name: 'PJSIP/trunk-1', id: '1', number: '79162000001' };
  const other: PlayedChannel = { name: 'PJSIP/101-1', id: '2', linkedId: '1' };
  const played = new Played().begin(0, caller).begin(0, other);
  for (let n = 0; n < 300; n++) {
    played.enter(n, `b${n}`, caller, other).leave(n + 0.5, `b${n}`, caller, other);
  }
  const { told } = follow(played.events);
  expect(told.at(-1)?.talks.length).toBeLessThanOrEqual(200);
});

describe('whatever comes', () => {
  const ids = fc.constantFrom(
    '1.1',
    '1.10',
    '1.2',
    '2.1',
    '3.1',
    '',
    '<unknown>',
    'x'.repeat(300),
    '__proto__',
  );
  const names = fc.oneof(
    fc.constantFrom(
      'PJSIP/101-1',
      'PJSIP/trunk-2',
      'SIP/102-1',
      'Local/101@x-1;1',
      'Local/101@x-1;2',
      'Snoop/1',
    ),
    anyText(),
  );
  const texts = fc.oneof(
    fc.constantFrom(
      '79162000001',
      '101',
      's',
      '<unknown>',
      '',
      'ANSWER',
      'BUSY',
      'CANCEL',
      'NOANSWER',
      'RINGING',
    ),
    anyText({ maxLength: 600 }),
  );
  const states = fc.constantFrom('0', '4', '5', '6', 'x');
  const prefixes = [
    '',
    'Dest',
    'LocalOne',
    'LocalTwo',
    'Target',
    'Transferee',
    'TransferTarget',
    'OrigTransferer',
  ];
  const anyEvent = fc
    .record({
      name: fc.constantFrom(...RULES.keys(), 'Cdr', 'VarSet'),
      channels: fc.array(fc.record({ id: ids, linkedId: ids, name: names, state: states, number: texts }), {
        maxLength: prefixes.length,
      }),
      bridge: ids,
      text: texts,
      cause: fc.constantFrom('16', '17', '0', '127', '26', 'x'),
      at: fc.oneof(fc.double({ min: 0, max: 60 }), fc.constantFrom(NaN, -1e12, 1e18)),
      receivedAt: fc.double({ min: 0, max: 60, noNaN: true }),
    })
    .map(({ name, channels, bridge, text, cause, at, receivedAt }): Received => {
      const headers: Record<string, string> = {
        Event: name,
        Timestamp: String(START / 1000 + at),
        BridgeUniqueid: bridge,
        DialStatus: text,
        DialString: text,
        Forward: text,
        Exten: text,
        Cause: cause,
        ChanVariable: `MIXMONITOR_FILENAME=${text}`,
      };
      for (const [index, channel] of channels.entries()) {
        const prefix = prefixes[index] ?? '';
        headers[`${prefix}Channel`] = channel.name;
        headers[`${prefix}Uniqueid`] = channel.id;
        headers[`${prefix}Linkedid`] = channel.linkedId;
        headers[`${prefix}ChannelState`] = channel.state;
        headers[`${prefix}CallerIDNum`] = channel.number;
      }
      return event(headers, START + receivedAt * 1000);
    });

  test('it never throws, stays bounded, and what it tells is a call', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 120 }), (events) => {
        const tracker = new Tracker({
          asterisk: 'main',
          limits: LIMITS,
          onCall: (call) => {
            callSchema.parse(call);
            expect(JSON.stringify(call).length).toBeLessThan(200_000);
          },
        });
        for (const one of events) {
          tracker.feed(one, one.receivedAt);
          expect(tracker.size.calls).toBeLessThanOrEqual(LIMITS.calls);
          expect(tracker.size.channels).toBeLessThanOrEqual(LIMITS.channels);
        }
        tracker.resync(events, START + 61_000);
        tracker.snapshot();
        tracker.resync([], START + 62_000, { from: START });
        tracker.tick(START + 70_000);
        expect(tracker.size).toEqual({ calls: 0, channels: 0 });
      }),
      runs(0.05),
    );
  });

  test('an event without a single header, or of no kind that is known, is nothing', () => {
    const { told, tracker } = follow(
      [...RULES.keys(), '', 'Nonsense'].map((name) => event({ Event: name }, START)),
    );
    expect(told).toEqual([]);
    expect(tracker.size).toEqual({ calls: 0, channels: 0 });
  });
});
