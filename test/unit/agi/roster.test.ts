import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Roster } from '../../../src/agi/roster.ts';

test('holds what was added and not deleted, as a set does', () => {
  const steps = fc.array(fc.record({ item: fc.nat(20), leaves: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (all) => {
      const roster = new Roster<number>();
      const model = new Set<number>();
      for (const { item, leaves } of all) {
        if (leaves) {
          roster.delete(item);
          model.delete(item);
        } else if (!roster.has(item)) {
          roster.add(item);
          model.add(item);
        }
        expect(roster.size).toBe(model.size);
        expect(roster.has(item)).toBe(model.has(item));
        expect(new Set(roster.all())).toEqual(model);
      }
    }),
  );
});

test('can be emptied while one looks at all', () => {
  const roster = new Roster<number>();
  for (const item of [1, 2, 3, 4]) roster.add(item);
  for (const item of roster.all()) roster.delete(item);
  expect(roster.size).toBe(0);
});
