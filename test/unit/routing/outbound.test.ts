import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseConfig } from '../../../src/config/load.ts';
import { OutboundRouter } from '../../../src/routing/outbound.ts';
import { anyText } from '../../lab/fuzz.ts';

const CONFIG = `
  numbers: { areaCode: 495 }
  dial:
    courierPrefix: "*5"
    trunks:
      - { prefix: [7916, 7985], dial: [SIP/gsm, SIP/city], callerId: 79160000001, channels: 2 }
      - { prefix: [7], dial: SIP/city, callerId: 74951234567 }
      - { dial: [SIP/world, SIP/city] }`;
const route = (dialled: string, yaml = CONFIG) =>
  new OutboundRouter(parseConfig(yaml, 'test')).route(dialled);
const dials = (dialled: string) => route(dialled).lines.map(({ dial }) => dial);

describe('the trunk of an outgoing call', () => {
  test('gets the prefix of couriers for a courier alone', () => {
    const router = new OutboundRouter(parseConfig(CONFIG, 'test'));
    expect(router.route('89991234567', true).lines.map(({ dial }) => dial)).toEqual([
      'SIP/city/*579991234567',
    ]);
    expect(dials('89991234567')).toEqual(['SIP/city/79991234567']);
  });

  test('is the first whose prefix fits, and its list goes with it', () => {
    expect(route('89161234567')).toEqual({
      status: 'OK',
      number: '79161234567',
      emergency: false,
      invalid: null,
      trunk: { position: 1, prefix: '7916' },
      lines: [
        { dial: 'SIP/gsm/79161234567', callerId: '79160000001', limit: 'gsm:2' },
        { dial: 'SIP/city/79161234567', callerId: '74951234567' },
      ],
    });
    expect(route('89031234567')).toMatchObject({ trunk: { position: 2, prefix: '7' } });
    expect(route('810375291234567')).toMatchObject({ trunk: { position: 3, prefix: null } });
  });

  test.each([
    ['+7 (916) 123-45-67', ['SIP/gsm/79161234567', 'SIP/city/79161234567']],
    // A digit for an outside line, and a number of the own city.
    ['989161234567', ['SIP/gsm/79161234567', 'SIP/city/79161234567']],
    ['1234567', ['SIP/city/74951234567']],
    ['0014155552671', ['SIP/world/14155552671', 'SIP/city/14155552671']],
  ])('of %s is found as a person dials it: %p', (dialled, expected) => {
    expect(dials(dialled)).toEqual(expected);
  });

  test.each(['112', '101', '9112', '0112', ' 112 '])(
    'of the emergency number %s is the one for every number, as it was dialled, without a limit',
    (dialled) => {
      const number = dialled.trim().slice(-3);
      expect(route(dialled)).toEqual({
        status: 'OK',
        number,
        emergency: true,
        invalid: null,
        trunk: { position: 3, prefix: null },
        lines: [{ dial: `SIP/world/${number}` }, { dial: `SIP/city/${number}`, callerId: '74951234567' }],
      });
    },
  );

  test('of an emergency number that the admin has listed, however it begins', () => {
    expect(route('79160', 'numbers: {emergency: [79160]}')).toMatchObject({
      emergency: true,
      number: '79160',
    });
  });
});

describe('what is no number to dial', () => {
  test.each([
    ['', 'empty'],
    ['123', 'internal'],
    ['12', 'internal'],
    ['company', 'malformed'],
    ['79161234567@evil', 'malformed'],
    ['79161234567&PJSIP/101', 'malformed'],
    ['79161234567,60,tT', 'malformed'],
    ['79161234567#1', 'malformed'],
    ['112&SIP/evil', 'malformed'],
    ['112;', 'malformed'],
    ['${GLOBAL(X)}', 'malformed'],
    ['"Anna" <sip:79161234567@host>', 'malformed'],
    ['7916\n1234567', 'malformed'],
    ['7'.repeat(60), 'malformed'],
  ])('%p: %s', (dialled, reason) => {
    expect(route(dialled)).toEqual({
      status: 'INVALID',
      number: '',
      emergency: false,
      invalid: reason,
      trunk: null,
      lines: [],
    });
  });

  test('whatever is asked for, only digits get into a dial string', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText(),
          fc.stringMatching(/^\+?[\d #*&@,;()$/-]{1,16}$/),
          fc.stringMatching(/^\+?\d{2,15}[&@,;$#]?\w*$/),
        ),
        (dialled) => {
          for (const line of route(dialled).lines)
            expect(line.dial).toMatch(/^SIP\/(?:gsm|city|world)\/\d{2,15}$/);
        },
      ),
    );
  });
});
