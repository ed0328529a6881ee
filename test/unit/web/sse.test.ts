import { describe, expect, test } from '@jest/globals';
import { stepsSoFar } from '../../../src/web/pages/health/ladder.ts';
import { EventReader } from '../../../src/web/live/sse.ts';

const STREAM =
  ': still here\n\nid: 1\nevent: call\ndata: {"a":1}\n\nevent: reset\r\ndata: {}\r\n\r\nid: 3\ndata: one\ndata: two\n\nid: 4\nevent: gap\n\n';

const EVENTS = [
  { id: '1', name: 'call', data: '{"a":1}' },
  { id: '1', name: 'reset', data: '{}' },
  { id: '3', name: 'message', data: 'one\ntwo' },
];

describe('server-sent events', () => {
  test('are the same wherever the network cuts them', () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      const reader = new EventReader();
      expect([...reader.read(STREAM.slice(0, cut)), ...reader.read(STREAM.slice(cut))]).toEqual(EVENTS);
    }
  });

  test('are the same when they come letter by letter', () => {
    const reader = new EventReader();
    expect(STREAM.split('').flatMap((letter) => reader.read(letter))).toEqual(EVENTS);
  });
});

test('the rungs of a test call are told while the answer still comes', () => {
  const step = (name: string) => ({ name, state: 'ok' as const, message: 'Good, "quite".', remedy: null });
  const [first, second] = [step('name'), step('port')];
  const answer = `{"steps":[${JSON.stringify(first)} ,${JSON.stringify(second)}],"good":true}`;
  const told: number[] = [];
  let steps = stepsSoFar('', []);
  for (let end = 1; end <= answer.length; end++) {
    steps = stepsSoFar(answer.slice(0, end), steps);
    told.push(steps.length);
  }
  expect(steps).toEqual([first, second]);
  expect([...new Set(told)]).toEqual([0, 1, 2]);
});
