import { afterEach, expect, test } from '@jest/globals';
import { Tracker } from '../../../src/calls/tracker.ts';
import { zonedTime } from '../../../src/util/zoned-time.ts';
import { talkingCall } from './played.ts';
import { event, follow, loadStream, STREAMS, summary, type Received } from './streams.ts';

const ZONE = process.env['TZ'];
afterEach(() => {
  if (ZONE === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ZONE;
});

/** The same call at another time: the middle of it is then. */
function movedTo(events: readonly Received[], time: string): Received[] {
  const times = events.map(({ receivedAt }) => receivedAt);
  const shift = Date.parse(time) - Math.round((Math.min(...times) + Math.max(...times)) / 2);
  return events.map((one) => movedBy(one, shift));
}

function movedBy(one: Received, shift: number): Received {
  const moved = event({ Timestamp: String((one.receivedAt + shift) / 1000) });
  const get = (header: string) => (header === 'Timestamp' ? moved.get(header) : one.get(header));
  return { ...one, get, receivedAt: one.receivedAt + shift };
}

test.each([
  ['midnight where Asterisk is', 'Asia/Yekaterinburg', '2026-03-03T19:00:00Z'],
  ['midnight in UTC', 'UTC', '2026-03-04T00:00:00Z'],
  ['the end of a year', 'Europe/Moscow', '2026-12-31T21:00:00Z'],
  ['the hour that there is twice', 'Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['the hour that is left out', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
])('a call over %s is one, with the seconds that it has at any time', (_when, zone, time) => {
  process.env['TZ'] = zone;
  for (const name of STREAMS) {
    const events = loadStream(name);
    const [asRecorded, moved] = [follow(events).ended, follow(movedTo(events, time)).ended];
    expect([name, moved.map(summary)]).toEqual([name, asRecorded.map(summary)]);
    for (const { seconds } of moved) expect(Math.min(...Object.values(seconds))).toBeGreaterThanOrEqual(0);
  }
});

test('its day and hour in a table are those of the zone that the desk has, where it began', () => {
  const [call] = follow(movedTo(loadStream('22-a'), '2026-03-03T19:00:00Z')).ended;
  const times = [call?.startedAt ?? null, call?.endedAt ?? null];
  expect(times.map(zonedTime('Asia/Yekaterinburg'))).toEqual([
    expect.stringMatching(/^2026-03-03 23:59:5\d$/),
    expect.stringMatching(/^2026-03-04 00:00:0\d$/),
  ]);
  expect(times.map(zonedTime('Europe/Moscow'))).toEqual([
    expect.stringMatching(/^2026-03-03 21:59:5\d$/),
    expect.stringMatching(/^2026-03-03 22:00:0\d$/),
  ]);
});

test('when the clock of Asterisk is set back by an hour, nobody says what became of a call of then', () => {
  const back = 3600;
  const { played, caller, phone } = talkingCall();
  played.asksToHangUp(15 - back, phone).leave(15 - back, 'bridge-1.1', phone, caller);
  played.hangUp(15 - back, phone).hangUp(15 - back, caller);
  const next = talkingCall('2.1');
  next.played.leave(9, 'bridge-2.1', next.phone, next.caller).hangUp(9, next.phone).hangUp(9, next.caller);
  const later = next.played.events.map((one) => movedBy(one, 60_000 - back * 1000));
  const { ended } = follow([...played.events, ...later]);
  expect(ended).toMatchObject([
    { id: 'main-1.1', completeness: 'partial', outcome: null, missed: false },
    { id: 'main-2.1', completeness: 'whole', outcome: 'answered', seconds: { talk: 6 } },
  ]);
  expect(Date.parse(ended[0]?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(ended[0]?.startedAt ?? ''));
});

test.each([
  ['before a call', 0],
  ['in the middle of one', 0.5],
  ['between its last words', 0.98],
  ['after it', 1],
])('a clock that is set back by an hour %s holds no call up', (_when, share) => {
  const hour = 3_600_000;
  for (const name of STREAMS) {
    const events = loadStream(name);
    const ids = new Set(follow(events).ended.map(({ id }) => id));
    const told = new Map<string, string>();
    const tracker = new Tracker({ asterisk: 'main', onCall: ({ id, state }) => told.set(id, state) });
    const step = Math.floor(events.length * share);
    let now = 0;
    for (const [place, one] of events.entries()) {
      // The machine had begun with a wrong clock.
      now = one.receivedAt + (place < step ? hour : 0);
      tracker.tick(now);
      tracker.feed(one, now);
    }
    if (share === 1) now -= hour;
    for (let waited = 0; waited <= 2000; waited += 50) tracker.tick(now + waited);
    const ended = [...told].filter(([id, state]) => ids.has(id) && state === 'ended').map(([id]) => id);
    expect([name, ended.toSorted()]).toEqual([name, [...ids].toSorted()]);
  }
});
