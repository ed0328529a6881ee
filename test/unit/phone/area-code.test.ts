import { expect, test } from '@jest/globals';
import { faultOfAreaCode } from '../../../src/phone/area-code.ts';

test.each([
  ['RU', ''],
  ['RU', '342'],
  ['RU', '495'],
  ['RU', '812'],
  ['RU', '3452'],
  ['RU', '34241'],
  ['RU', '8442'],
  ['RU', '916'],
  ['KZ', '727'],
  ['KZ', '7172'],
  ['BY', '17'],
  ['BY', '162'],
  ['UZ', '71'],
  ['DE', '30'],
  ['US', '212'],
  // In Italy, the 0 belongs to the code.
  ['IT', '0342'],
  // Nothing is known of it.
  ['XX', '8342'],
])('in %s, %j is right', (country, areaCode) => {
  expect(faultOfAreaCode(areaCode, country)).toBeNull();
});

test.each([
  ['RU', '8495', { kind: 'prefix', code: '495', dropped: '8' }],
  ['RU', '8812', { kind: 'prefix', code: '812', dropped: '8' }],
  ['RU', '0342', { kind: 'zero', code: '342', dropped: '0' }],
  ['RU', '7342', { kind: 'countryCode', code: '342', dropped: '7' }],
  ['KZ', '8727', { kind: 'prefix', code: '727', dropped: '8' }],
  ['KZ', '87172', { kind: 'prefix', code: '7172', dropped: '8' }],
  ['BY', '8017', { kind: 'prefix', code: '17', dropped: '80' }],
  ['BY', '017', { kind: 'zero', code: '17', dropped: '0' }],
  ['UZ', '99871', { kind: 'countryCode', code: '71', dropped: '998' }],
  ['DE', '030', { kind: 'prefix', code: '30', dropped: '0' }],
  ['US', '1212', { kind: 'prefix', code: '212', dropped: '1' }],
  ['RU', '342300', { kind: 'tooLong' }],
  ['RU', '222', { kind: 'unknown' }],
  // Saransk, or Perm with the 8 before it.
  ['RU', '83452', { kind: 'doubtful', code: '3452' }],
  ['RU', '8342', { kind: 'doubtful', code: '342' }],
])('in %s, %j is %j', (country, areaCode, fault) => {
  expect(faultOfAreaCode(areaCode, country)).toEqual(fault);
});
