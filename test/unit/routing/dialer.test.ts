import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import { createDialer, deviceOf } from '../../../src/routing/dialer.ts';

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
    expect(dialer(yaml).lines(digits)).toEqual([{ dial: expected }]);
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
    expect(dialer(trunks).lines(digits)).toEqual([{ dial: expected }]);
  });

  test('chooses the trunk by the number, not by the prefix put before it', () => {
    expect(dialer(trunks).lines('79031234567', '7916#')).toEqual([{ dial: 'PJSIP/7916#79031234567@mobile' }]);
  });
});

test.each([
  ['', 'PJSIP/101'],
  ['dial: {extension: "Local/{EXTENSION}@from-internal"}', 'Local/101@from-internal'],
  ['dial: {extension: "SIP/office"}', 'SIP/office/101'],
])('the dial string of an extension with %p is %s', (yaml, expected) => {
  expect(dialer(yaml).extension('101')).toBe(expected);
});

describe('a list of trunks', () => {
  const yaml = `
    dial:
      trunks:
        - prefix: ["7916"]
          dial: ["PJSIP/{NUMBER}@gsm-mts", "PJSIP/9{NUMBER}@gsm-bee", SIP/trunk, "PJSIP/{NUMBER}@spare"]
          callerId: "79160000001"
          channels: 2
        - { prefix: ["7985"], dial: "PJSIP/{NUMBER}@gsm-mts", callerId: "79850000001" }
        - { prefix: ["7903"], dial: "PJSIP/9{NUMBER}@gsm-bee", channels: 1 }
        - { dial: SIP/trunk, callerId: "+74951234567" }`;

  test('gives every way to a number, in order, each with the number and the limit of its own trunk', () => {
    expect(dialer(yaml).lines('79161234567')).toEqual([
      { dial: 'PJSIP/79161234567@gsm-mts', callerId: '79160000001', limit: 'gsm-mts:2' },
      // It has an entry of its own, which says nothing of a number.
      { dial: 'PJSIP/979161234567@gsm-bee', limit: 'gsm-bee:1' },
      { dial: 'SIP/trunk/79161234567', callerId: '+74951234567' },
      // It is the first nowhere: the list's own number, and no limit.
      { dial: 'PJSIP/79161234567@spare', callerId: '79160000001' },
    ]);
  });

  test('a device carries no more calls for having two prefixes, and shows the number of each', () => {
    expect(dialer(yaml).lines('79851234567')).toEqual([
      { dial: 'PJSIP/79851234567@gsm-mts', callerId: '79850000001', limit: 'gsm-mts:2' },
    ]);
  });

  test('an emergency number goes over the trunk for every number, as it was dialled and without a limit', () => {
    const limited =
      'dial: {trunks: [{dial: [SIP/a, SIP/b], callerId: "74951234567", channels: 1}], numberFormat: plus, courierPrefix: ""}';
    expect(dialer(limited).emergency('112')).toEqual([
      { dial: 'SIP/a/112', callerId: '74951234567' },
      { dial: 'SIP/b/112', callerId: '74951234567' },
    ]);
  });
});

test.each([
  ['PJSIP/{NUMBER}@gsm-mts', 'gsm-mts'],
  ['PJSIP/0{NUMBER}@gsm-mts', 'gsm-mts'],
  ['SIP/gsm-mts', 'gsm-mts'],
  ['SIP/gsm-mts/{NUMBER}', 'gsm-mts'],
  ['Local/{NUMBER}@out-mts/n', 'out-mts'],
  ['PJSIP/gw/sip:{NUMBER}@10.0.0.1:5061', '10.0.0.1-5061'],
  ['SIP/{NUMBER}', 'trunk'],
])('the device behind %s is called %s', (template, name) => {
  expect(deviceOf(template)).toBe(name);
});
