import { expect, jest, test } from '@jest/globals';
import { LONGEST_REMEMBERED, memoise } from '../../../src/util/memoise.ts';

const shout = () => jest.fn((text: string) => text.toUpperCase());

test('makes the same text once', () => {
  const make = shout();
  const remembered = memoise(make, 10);
  expect([remembered('a'), remembered('b'), remembered('a')]).toEqual(['A', 'B', 'A']);
  expect(make.mock.calls).toEqual([['a'], ['b']]);
});

test('forgets the oldest beyond its capacity', () => {
  const make = shout();
  const remembered = memoise(make, 2);
  for (const text of ['a', 'b', 'c', 'c', 'b', 'a']) remembered(text);
  expect(make.mock.calls).toEqual([['a'], ['b'], ['c'], ['a']]);
});

test('keeps what is asked for again and again, however much else comes', () => {
  const make = shout();
  const remembered = memoise(make, 2);
  for (const text of ['hot', 'a', 'hot', 'b', 'hot', 'c', 'hot']) remembered(text);
  expect(make.mock.calls).toEqual([['hot'], ['a'], ['b'], ['c']]);
});

test('does not keep long texts', () => {
  const make = shout();
  const remembered = memoise(make, 2);
  const long = 'x'.repeat(LONGEST_REMEMBERED + 1);
  expect([remembered(long), remembered(long)]).toEqual([long.toUpperCase(), long.toUpperCase()]);
  expect(make).toHaveBeenCalledTimes(2);
});
