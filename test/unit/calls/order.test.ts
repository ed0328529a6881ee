import { describe, expect, test } from '@jest/globals';
import { assert, double, infiniteStream, property } from 'fast-check';
import type { Call } from '../../../src/calls/call.ts';
import { follow, loadStream, type Received, STREAMS, who } from './streams.ts';
import { places, runs } from '../../lab/fuzz.ts';

/** Streams after one another use the same ChannelIds; real ones never do at a time. */
const IDS = /^(?:.*Uniqueid|.*Linkedid|BridgeUniqueid|.*BridgeUniqueid)$/;

const streams = new Map(STREAMS.map((name) => [name, loadStream(name)]));
const rows = new Map(STREAMS.map((name) => [name, follow(loadStream(name)).ended]));

/** Delivered up to 100 ms late, each event for itself. */
const lateness = infiniteStream(double({ min: 0, max: 100, noNaN: true }));

function shuffled(events: readonly Received[], late: Iterator<number>): Received[] {
  return events
    .map((one) =>
      Object.assign(Object.create(one), { receivedAt: one.receivedAt + (late.next().value ?? 0) }),
    )
    .toSorted((a: Received, b: Received) => a.receivedAt - b.receivedAt);
}

function withoutTimestamps(events: readonly Received[]): Received[] {
  return events.map((one) =>
    Object.assign(Object.create(one), {
      get: (header: string) => (header === 'Timestamp' ? undefined : one.get(header)),
    }),
  );
}

/** Of that stream alone: the same ids with a word in front, and everything later by so much. */
function apart(events: readonly Received[], prefix: string, laterMs: number): Received[] {
  return events.map((one) => ({
    event: one.event,
    all: (header: string) => one.all(header),
    receivedAt: one.receivedAt + laterMs,
    get: (header: string) => {
      const value = one.get(header);
      if (header === 'Timestamp') return String(Number(value) + laterMs / 1000);
      return value !== undefined && IDS.test(header) ? `${prefix}${value}` : value;
    },
  }));
}

function story({ from, to, answeredBy, outcome, direction, legs, talks }: Call) {
  return {
    direction,
    outcome,
    parties: [from, to, answeredBy].map(who),
    legs: legs.map(({ party, outcome: of }) => `${who(party)} ${of}`).toSorted(),
    talks: talks.map(({ a, b }) => `${who(a)}-${who(b)}`).toSorted(),
  };
}

describe.each(STREAMS)('%s', (name) => {
  const events = streams.get(name) ?? [];
  const expected = rows.get(name) ?? [];

  test('doubled and shuffled within 100 ms it is the same row', () => {
    assert(
      property(lateness, (late) => {
        expect(follow(shuffled([...events, ...events], late)).ended).toEqual(expected);
        expect(follow(shuffled(events, late)).ended).toEqual(expected);
      }),
      runs(0.0125),
    );
  });

  test('without timestamps, doubled and shuffled within 100 ms, it tells the same story', () => {
    assert(
      property(lateness, (late) => {
        const { ended } = follow(withoutTimestamps(shuffled([...events, ...events], late)));
        expect(ended.map(story)).toEqual(expected.map(story));
        for (const [index, { seconds }] of ended.entries()) {
          for (const key of ['ring', 'talk', 'hold'] as const) {
            expect(Math.abs(seconds[key] - (expected[index]?.seconds[key] ?? 0))).toBeLessThanOrEqual(0.3);
          }
        }
      }),
      runs(0.005),
    );
  });

  test('from any point on it is never answered by anybody who did not', () => {
    const [whole] = expected;
    for (const start of places(events.length)) {
      const { ended, tracker } = follow(events.slice(start));
      for (const call of ended) {
        if (call.outcome === 'answered') expect(whole?.outcome).toBe('answered');
        // Missed is a word for what was seen from its beginning, or surely never answered.
        if (call.missed) expect(whole?.missed).toBe(true);
      }
      // What nobody saw begin may wait for an end that came before.
      expect(tracker.size.calls).toBeLessThanOrEqual(2);
    }
  });

  test('cut off at any point, its call ends with the next list of channels', () => {
    for (const end of places(events.length)) {
      const { tracker, told } = follow(events.slice(0, end));
      const at = Number(events[end]?.receivedAt) + 60_000;
      tracker.resync([], at, { from: at - 50_000 });
      tracker.tick(at + 2000);
      expect(tracker.size).toEqual({ calls: 0, channels: 0 });
      for (const call of told)
        expect(call.outcome !== 'answered' || expected[0]?.outcome === 'answered').toBe(true);
    }
  });
});

test('all streams at a time are the same rows as one by one', () => {
  const first = Math.min(...[...streams.values()].map((events) => events[0]?.receivedAt ?? Infinity));
  const moved = STREAMS.map((name) => {
    const events = streams.get(name) ?? [];
    return apart(events, `${name}-`, first - (events[0]?.receivedAt ?? 0));
  });
  const alone = moved.flatMap((events) => follow(events).ended);
  const together = follow(moved.flat().toSorted((a, b) => a.receivedAt - b.receivedAt)).ended;
  const byId = (a: Call, b: Call) => (a.id < b.id ? -1 : 1);
  expect(alone).toHaveLength(STREAMS.length);
  expect([...together].toSorted(byId)).toEqual([...alone].toSorted(byId));
});

test('all streams after one another are the same rows, though ChannelIds come again', () => {
  const all = STREAMS.flatMap((name) => streams.get(name) ?? []).toSorted(
    (a, b) => a.receivedAt - b.receivedAt,
  );
  expect(follow(all).ended).toHaveLength(STREAMS.length);
});

test.each(['16-f', '16-f2', '22-f', '22-f2'])(
  '%s: what became of an Originate is waited for, on a busy machine a little longer',
  (name) => {
    const events = (streams.get(name) ?? []).map((one): Received =>
      one.event === 'OriginateResponse'
        ? Object.assign(Object.create(one), { receivedAt: one.receivedAt + 400 })
        : one,
    );
    const late = events.toSorted((a, b) => a.receivedAt - b.receivedAt);
    expect(follow(late).ended.map(story)).toEqual((rows.get(name) ?? []).map(story));
  },
);
