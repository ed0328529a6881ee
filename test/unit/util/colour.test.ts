import { expect, test } from '@jest/globals';
import { wantsColour } from '../../../src/util/colour.ts';

test.each([
  [true, undefined, true],
  [true, '', true],
  [true, '1', false],
  [false, undefined, false],
])('wantsColour on a terminal (%p) with NO_COLOR %p is %p', (isTTY, noColor, expected) => {
  expect(wantsColour({ isTTY }, noColor)).toBe(expected);
});
