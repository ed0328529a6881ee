import { describe, expect, test } from '@jest/globals';
import { momentsOf, storyOf, ticksOf } from '../../../src/web/calls/story.ts';
import type { PageCall } from '../../../src/web/calls/page-call.ts';
import { at, call, colleague, leg, MARIA, talk } from './calls.ts';

const [OLGA, PAVEL, IRINA] = [colleague('101', 'olga'), colleague('103', 'pavel'), colleague('104', 'irina')];

/** Rings at three, Irina answers, asks Olga, and hands the call over; Olga hangs up. */
const HANDED_OVER = call({
  state: 'ended',
  startedAt: at('8:40:12'),
  answeredAt: at('8:40:25'),
  endedAt: at('8:42:38'),
  outcome: 'answered',
  endedBy: 'callee',
  answeredBy: IRINA,
  seconds: { greeting: 4, wait: 9, ring: 9, talk: 112, hold: 21 },
  legs: [
    leg(PAVEL, { rangAt: at('8:40:16'), endedAt: at('8:40:25'), outcome: 'answered elsewhere' }),
    leg(IRINA, {
      rangAt: at('8:40:16'),
      answeredAt: at('8:40:25'),
      endedAt: at('8:41:33'),
      outcome: 'answered',
    }),
    leg(OLGA, {
      rangAt: at('8:41:12'),
      answeredAt: at('8:41:18'),
      endedAt: at('8:42:38'),
      outcome: 'answered',
    }),
  ],
  talks: [
    talk(MARIA, IRINA, '8:40:25', '8:41:12'),
    talk(IRINA, OLGA, '8:41:18', '8:41:33'),
    talk(MARIA, OLGA, '8:41:33', '8:42:38'),
  ],
});

function picture(theCall: PageCall, now = 0): string[] {
  const story = storyOf(theCall, now);
  const second = (ms: number): number => (ms - story.from) / 1000;
  return story.lanes.map(({ party, segments, hungUpAt }) => {
    const parts = segments.map(({ kind, from, until }) => `${kind} ${second(from)}-${second(until)}`);
    const end = hungUpAt === null ? [] : [`hung up ${second(hungUpAt)}`];
    return [`${party.user ?? party.number ?? party.raw}:`, ...parts, ...end].join(' ');
  });
}

describe('the story of a call as a picture', () => {
  test('has a lane for each who took part, with what they did', () => {
    expect(picture(HANDED_OVER)).toEqual([
      '79162000002: robot 0-4 ring 4-13 talk 13-60 ring 60-66 talk 81-146',
      'pavel: ring 4-13',
      'irina: ring 4-13 talk 13-60 ask 66-81',
      'olga: ring 60-66 ask 66-81 talk 81-146 hung up 146',
    ]);
  });

  test('shows in both lanes when one of two waited', () => {
    const held = call({
      ...HANDED_OVER,
      legs: [leg(IRINA, { rangAt: null, answeredAt: at('8:40:25'), endedAt: at('8:42:38') })],
      talks: [talk(MARIA, IRINA, '8:40:25', '8:42:38')],
      holds: [
        { by: IRINA, from: at('8:40:45'), until: at('8:41:05') },
        { by: OLGA, from: at('8:41:20'), until: at('8:41:30') },
        { by: MARIA, from: at('8:42:30'), until: null },
      ],
    });
    expect(picture(held)).toEqual([
      '79162000002: robot 0-4 ring 4-13 talk 13-33 hold 33-53 talk 53-138 hold 138-146',
      'irina: talk 13-33 hold 33-53 talk 53-138 hold 138-146 hung up 146',
    ]);
    expect(momentsOf(held).filter(({ kind }) => kind === 'held')).toEqual([
      { at: Date.parse(at('8:40:45')), kind: 'held', party: IRINA, seconds: 20 },
      { at: Date.parse(at('8:41:20')), kind: 'held', party: OLGA, seconds: 10 },
      { at: Date.parse(at('8:42:30')), kind: 'held', party: MARIA, seconds: null },
    ]);
  });

  test('goes on to this moment while the call lasts', () => {
    const ringing = call({ startedAt: at('8:40:29'), legs: [leg(PAVEL, { rangAt: at('8:40:31') })] });
    expect(picture(ringing, Date.parse(at('8:40:39')))).toEqual([
      '79162000002: ring 0-10',
      'pavel: ring 2-10',
    ]);
  });

  test('shows of a call of a courier whom it rang first', () => {
    const courier = { ...MARIA, number: '79161000011', raw: '79161000011' };
    const made = call({
      direction: 'courier',
      state: 'ended',
      startedAt: at('8:40:00'),
      endedAt: at('8:40:20'),
      from: courier,
      to: MARIA,
      endedBy: 'callee',
      legs: [
        leg(courier, { rangAt: at('8:40:01'), answeredAt: at('8:40:05'), endedAt: at('8:40:20') }),
        leg(MARIA, { rangAt: at('8:40:06'), endedAt: at('8:40:20'), outcome: 'busy' }),
      ],
    });
    expect(picture(made)).toEqual(['79161000011: ring 1-5', '79162000002: ring 6-20 hung up 20']);
  });

  test('is no broken picture of a call of which nothing was seen', () => {
    const nothing = call({
      state: 'ended',
      from: { ...MARIA, number: null, raw: '' },
      endedAt: at('8:40:29'),
    });
    expect(picture(nothing)).toEqual([]);
    expect(storyOf(nothing, 0).until).toBeGreaterThan(storyOf(nothing, 0).from);
  });
});

describe('the story in words', () => {
  test('says it line by line', () => {
    const said = momentsOf(HANDED_OVER).map(
      ({ kind, at: time }) => `${new Date(time).toISOString().slice(14, 19)} ${kind}`,
    );
    expect(said).toEqual([
      '40:12 began',
      '40:16 rings',
      '40:25 answered',
      '41:12 rings',
      '41:18 consult',
      '41:33 passed',
      '42:38 ended',
    ]);
  });

  test('does not call it handed over when they talk again after a hold', () => {
    const held = call({
      startedAt: at('8:40:12'),
      talks: [talk(MARIA, IRINA, '8:40:25', '8:41:12'), talk(MARIA, IRINA, '8:41:30', '8:42:00')],
    });
    expect(momentsOf(held).map(({ kind }) => kind)).toEqual(['began', 'answered']);
  });

  test('tells of each telephone that was tried in vain, and why', () => {
    const hunted = call({
      legs: [
        leg(PAVEL, { rangAt: at('8:40:31'), endedAt: at('8:40:45'), outcome: 'no_answer' }),
        leg(IRINA, { rangAt: null, endedAt: at('8:40:46'), outcome: 'busy' }),
        leg(OLGA, { rangAt: at('8:40:47') }),
      ],
    });
    expect(momentsOf(hunted).map(({ kind }) => kind)).toEqual([
      'began',
      'rings',
      'legEnded',
      'legEnded',
      'rings',
    ]);
  });
});

test('the axis has round times, and few of them', () => {
  const from = Date.parse(at('8:40:12'));
  for (const length of [1, 7, 33, 61, 150, 600, 4000, 20_000]) {
    const ticks = ticksOf({ from, until: from + length * 1000 });
    expect(ticks.length).toBeLessThanOrEqual(6);
    for (const tick of ticks) expect(tick % 1000).toBe(0);
  }
  expect(
    ticksOf({ from, until: from + 146_000 }).map((tick) => new Date(tick).toISOString().slice(14, 19)),
  ).toEqual(['40:30', '41:00', '41:30', '42:00', '42:30']);
});
