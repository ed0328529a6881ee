import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import { createDialer } from '../../../src/routing/dialer.ts';

function dialer(yaml: string) {
  const config = parseConfig(yaml, 'test');
  return createDialer(config.dial, config.numbers.country);
}

describe('the dial string of a number', () => {
  test.each([
    ['the template of the trunk', '', '79161234567', 'PJSIP/79161234567@trunk'],
    [
      'a template without {NUMBER}',
      'dial: {trunks: [{dial: SIP/gsm}]}',
      '79161234567',
      'SIP/gsm/79161234567',
    ],
    ['plus', 'dial: {numberFormat: plus}', '79161234567', 'PJSIP/+79161234567@trunk'],
    ['national', 'dial: {numberFormat: national}', '79161234567', 'PJSIP/89161234567@trunk'],
    [
      'national, for a foreigner',
      'dial: {numberFormat: national}',
      '375291234567',
      'PJSIP/810375291234567@trunk',
    ],
  ])('uses %s', (_case, yaml, digits, expected) => {
    expect(dialer(yaml).number(digits)).toBe(expected);
  });

  const trunks = `
    dial:
      trunks:
        - { prefix: ["7916", "7985"], dial: "PJSIP/{NUMBER}@mts" }
        - { prefix: ["79"], dial: "PJSIP/{NUMBER}@mobile" }
        - { dial: "PJSIP/{NUMBER}@city" }`;

  test.each([
    ['79161234567', 'PJSIP/79161234567@mts'],
    ['79851234567', 'PJSIP/79851234567@mts'],
    ['79031234567', 'PJSIP/79031234567@mobile'],
    ['74951234567', 'PJSIP/74951234567@city'],
  ])('takes the first trunk whose prefix fits %s', (digits, expected) => {
    expect(dialer(trunks).number(digits)).toBe(expected);
  });

  test('chooses the trunk by the number, not by the prefix put before it', () => {
    expect(dialer(trunks).number('79031234567', '7916#')).toBe('PJSIP/7916#79031234567@mobile');
  });
});

test.each([
  ['', 'PJSIP/101'],
  ['dial: {extension: "Local/{EXTENSION}@from-internal"}', 'Local/101@from-internal'],
  ['dial: {extension: "SIP/office"}', 'SIP/office/101'],
])('the dial string of an extension with %p is %s', (yaml, expected) => {
  expect(dialer(yaml).extension('101')).toBe(expected);
});
