import { describe, expect, test } from '@jest/globals';
import type { SpokenChannel } from '../../../src/calls/spoken.ts';
import { Played, snapshot, START, talkingCall, type PlayedChannel } from './played.ts';
import { follow, loadStream, type Received, who } from './streams.ts';

/** What is told of the channels of calls that have ended, in seconds from the first news of them all. */
function ended(events: readonly Received[]) {
  const told: SpokenChannel[] = [];
  follow(events, { onSpoken: (channels) => told.push(...channels) });
  const last = new Map(told.map((one) => [one.channel, one]));
  const start = Math.min(...events.map(({ receivedAt }) => receivedAt));
  const after = (at: number | undefined) => (at === undefined ? null : Math.round((at - start) / 100) / 10);
  return [...last.values()]
    .toSorted((a, b) => a.from - b.from)
    .map(({ party, from, until, endedAt, pieces }) => ({
      who: who(party),
      spoke: [after(from), after(until)],
      ended: after(endedAt),
      pieces: pieces.map((piece) => `${piece.name} ${after(piece.from)}-${after(piece.until)}`),
    }));
}

const file = (name: string) => ({ ChanVariable: `MIXMONITOR_FILENAME=/var/spool/asterisk/monitor/${name}` });
const starts = (played: Played, at: number, channel: PlayedChannel, name: string) =>
  played.say(at, 'MixMonitorStart', snapshot(channel), file(name));
const stops = (played: Played, at: number, channel: PlayedChannel, name: string) =>
  played.say(at, 'MixMonitorStop', snapshot(channel), file(name));

/** Talking from 3 s on, until 20 s. */
function recorded(record: (played: Played, caller: PlayedChannel, phone: PlayedChannel) => void) {
  const { played, caller, phone } = talkingCall();
  record(played, caller, phone);
  played.leave(20, 'bridge-1.1', phone, caller).hangUp(20, phone).hangUp(20.5, caller);
  const { ended: calls } = follow(played.events);
  return { channels: ended(played.events), recordings: calls[0]?.recordings ?? [] };
}

describe('channels that people speak on', () => {
  test('are told with the times of their talk', () => {
    expect(recorded(() => {}).channels).toEqual([
      { who: '79162000001', spoke: [3, 20], ended: 20.5, pieces: [] },
      { who: '101', spoke: [3, 20], ended: 20, pieces: [] },
    ]);
  });

  test('of a call that nobody answered there are none, and no recording', () => {
    const { played, caller, phone } = talkingCall();
    const ringing = new Played();
    ringing.events.push(...played.events.filter(({ receivedAt }) => receivedAt < START + 3000));
    starts(ringing, 1, caller, 'a.wav');
    ringing.dialEnd(9, caller, phone, 'NOANSWER').hangUp(9, phone, '0').hangUp(9, caller);
    expect(ended(ringing.events)).toEqual([]);
    expect(follow(ringing.events).ended).toMatchObject([{ outcome: 'no_answer', recordings: [] }]);
  });

  test('are told when the talk begins, so that a desk that is killed knows them', () => {
    const told: SpokenChannel[] = [];
    follow(talkingCall().played.events, { onSpoken: (channels) => told.push(...channels) });
    expect(told.map(({ party, endedAt, until }) => [who(party), endedAt, until])).toEqual([
      ['79162000001', undefined, undefined],
      ['101', undefined, undefined],
    ]);
  });

  test.each(['22-c1', '16-c1'])(
    'a blind transfer on a real Asterisk (%s): each telephone has its own time',
    (stream) => {
      const [caller, first, second] = ended(loadStream(stream));
      expect([caller?.who, first?.who, second?.who]).toEqual([expect.stringMatching(/^7/), '101', '103']);
      expect(first?.spoke[1]).toBeLessThanOrEqual(second?.spoke[0] ?? 0);
      expect(caller?.spoke).toEqual([first?.spoke[0], second?.spoke[1]]);
    },
  );
});

describe('a recording', () => {
  test('has the part of the talk that it is of', () => {
    const { channels } = recorded((played, caller) => starts(played, 1, caller, 'in-1.1.wav'));
    expect(channels[0]?.pieces).toEqual(['in-1.1.wav 3-20']);
    expect(
      recorded((played, _caller, phone) => starts(played, 8, phone, 'b.wav')).channels[1]?.pieces,
    ).toEqual(['b.wav 8-20']);
  });

  test('that is paused and goes on is one', () => {
    const { channels, recordings } = recorded((played, caller) => {
      starts(played, 4, caller, 'a.wav');
      stops(played, 8, caller, 'a.wav');
      starts(played, 12, caller, 'a.wav');
    });
    expect(channels[0]?.pieces).toEqual(['a.wav 4-20']);
    expect(recordings).toHaveLength(1);
  });

  test('that is stopped ends there; another file is another one', () => {
    const { channels } = recorded((played, caller) => {
      starts(played, 4, caller, 'a.wav');
      stops(played, 8, caller, 'a.wav');
      played.say(10, 'NewConnectedLine', snapshot(caller), file('b.wav'));
    });
    expect(channels[0]?.pieces).toEqual(['a.wav 4-8', 'b.wav 10-20']);
  });

  test('whose name two channels of the call bear is one', () => {
    const { recordings } = recorded((played, caller, phone) => {
      starts(played, 4, caller, 'a.wav');
      starts(played, 4, phone, 'a.wav');
    });
    expect(recordings).toHaveLength(1);
  });

  test.each(['..', '', `${'a'.repeat(300)}.wav`, 'a\u0000.wav'])('has no name such as %j', (name) => {
    const { recordings } = recorded((played, caller) => starts(played, 4, caller, name));
    expect(recordings).toEqual([]);
  });

  test('whose path leads elsewhere is known by its last part alone', () => {
    const { channels } = recorded((played, caller) => starts(played, 4, caller, '../../../etc/passwd.wav'));
    expect(channels[0]?.pieces).toEqual(['passwd.wav 4-20']);
  });
});
