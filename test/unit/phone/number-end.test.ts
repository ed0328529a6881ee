import { expect, test } from '@jest/globals';
import { numberEnd } from '../../../src/phone/number-end.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';

const normalise = (text: string): string | null => {
  const number = normaliseNumber(text, 'RU', { areaCode: '342' });
  return number.kind === 'number' ? number.digits : null;
};

test.each([
  ['89161234567', '79161234567'],
  ['+7 (916) 123-45-67', '79161234567'],
  ['916 123 45 67', '79161234567'],
  ['8 10 375 29 123-45-67', '375291234567'],
  ['4567', '4567'],
  ['45-67', '4567'],
  // With the area code it would be one number of many.
  ['230-00-01', '2300001'],
  ['999999999999999', '999999999999999'],
])('%s is looked for as %s', (typed, looked) => {
  expect(numberEnd(typed, normalise)).toBe(looked);
});
