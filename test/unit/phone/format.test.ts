import { expect, test } from '@jest/globals';
import { getCountries } from 'libphonenumber-js/max';
import { formatNumber, NotNormalisedError } from '../../../src/phone/format.ts';

test.each([
  ['79161234567', 'digits', 'RU', '79161234567'],
  ['79161234567', 'plus', 'RU', '+79161234567'],
  ['79161234567', 'national', 'RU', '89161234567'],
  ['74951234567', 'national', 'RU', '84951234567'],
  ['77012345678', 'national', 'RU', '87012345678'],
  ['79161234567', 'national', 'KZ', '89161234567'],
  ['375291234567', 'digits', 'RU', '375291234567'],
  ['375291234567', 'plus', 'RU', '+375291234567'],
  ['375291234567', 'national', 'RU', '810375291234567'],
  ['4930123456', 'national', 'RU', '8104930123456'],
  ['84951234567', 'national', 'RU', '81084951234567'],
  ['375291234567', 'national', 'BY', '80291234567'],
  ['79161234567', 'national', 'BY', '81079161234567'],
  ['380501234567', 'national', 'UA', '0501234567'],
  ['79161234567', 'national', 'UA', '0079161234567'],
  ['4930123456', 'national', 'DE', '030123456'],
  ['79161234567', 'national', 'DE', '0079161234567'],
  ['79161234567', 'national', 'US', '01179161234567'],
  // A range that is not known: the national prefix, all the same.
  ['70001234567', 'national', 'RU', '80001234567'],
  ['375990000000', 'national', 'RU', '810375990000000'],
  // A country that is not known: what most of the world dials.
  ['79161234567', 'national', 'XX', '0079161234567'],
  // Brazil's international prefix names a carrier; there is none to choose here.
  ['79161234567', 'national', 'BR', '0079161234567'],
] as const)('%s as %s in %s is %s', (digits, format, country, expected) => {
  expect(formatNumber(digits, format, country)).toBe(expected);
});

test.each(getCountries())('a phone in %s dials digits alone', (country) => {
  for (const digits of ['79161234567', '375291234567', '12128506000', '4930123456']) {
    expect(formatNumber(digits, 'national', country)).toMatch(/^\d{6,20}$/);
  }
});

test.each([
  '',
  '101',
  '+79161234567',
  '7916123456789012',
  '79161234567&SIP/1',
  '79161234567\n',
  '7916123456x',
])('%j is refused, since it is not normalised', (digits) => {
  for (const format of ['digits', 'plus', 'national'] as const) {
    expect(() => formatNumber(digits, format, 'RU')).toThrow(NotNormalisedError);
  }
});
