import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Bag } from '../../../src/util/bag.ts';

test('holds what a Set holds, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20))), (steps) => {
      const bag = new Bag<number>();
      const set = new Set<number>();
      for (const [comes, item] of steps) {
        if (!comes) expect(bag.delete(item)).toBe(set.delete(item));
        else if (!set.has(item)) {
          bag.add(item);
          set.add(item);
        }
        expect(bag.has(item)).toBe(set.has(item));
        expect(bag.size).toBe(set.size);
        expect(new Set(bag)).toEqual(set);
      }
    }),
  );
});

test('shows each one that was in it, though they leave meanwhile', () => {
  const bag = new Bag<number>();
  for (const item of [1, 2, 3]) bag.add(item);
  const seen: number[] = [];
  for (const item of bag) {
    seen.push(item);
    bag.delete(item);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(bag.size).toBe(0);
});
