import { describe, expect, test } from '@jest/globals';
import { encodeCommand } from '../../../../src/agi/command.ts';
import { encodeMSet } from '../../../../src/agi/mset.ts';
import { toVariables as toPairs } from '../../../../src/scripts/route/channel-variables.ts';
import { nobody, type Decision } from '../../../../src/routing/decision.ts';

const toVariables = (decision: Decision): Record<string, string> => Object.fromEntries(toPairs(decision));

const why = { code: 'manager-of-client', client: 1, user: 'a' } as const;

describe('the channel variables', () => {
  test('of a decision that names nobody are the count and the status', () => {
    expect(toVariables(nobody('ERROR'))).toEqual({ ROUTE_COUNT: '0', ROUTE_STATUS: 'ERROR' });
  });

  test('tell everything that is known, the status last', () => {
    const decision: Decision = {
      ...nobody('OK', '79162000001'),
      caller: 'recipient',
      target: 'courier',
      attempts: [
        { dial: 'PJSIP/1@t', ring: 20, why },
        { dial: 'PJSIP/2@t', ring: 20, why },
      ],
      courier: 11,
      client: 201,
      clientState: 0,
      order: 5001,
      shipment: 70001,
      source: 'snapshot',
      ageSeconds: 0,
    };
    const variables = toVariables(decision);
    expect(variables).toEqual({
      ROUTE_CALLER: 'recipient',
      ROUTE_TARGET: 'courier',
      ROUTE_NUMBER: '79162000001',
      ROUTE_COURIER: '11',
      ROUTE_CLIENT: '201',
      ROUTE_CLIENT_STATE: '0',
      ROUTE_ORDER: '5001',
      ROUTE_SHIPMENT: '70001',
      ROUTE_SOURCE: 'snapshot',
      ROUTE_AGE: '0',
      ROUTE_DIAL_1: 'PJSIP/1@t',
      ROUTE_DIAL_2: 'PJSIP/2@t',
      ROUTE_RING: '20',
      ROUTE_COUNT: '2',
      ROUTE_STATUS: 'OK',
    });
    expect(Object.keys(variables).at(-1)).toBe('ROUTE_STATUS');
  });

  test('fit one AGI line, whatever the configuration allows: later attempts give way', () => {
    const longest = Array(10)
      .fill(`PJSIP/${'9'.repeat(110)}`)
      .join('&');
    const attempts = Array.from({ length: 20 }, () => ({ dial: longest, ring: 300, why }));
    const variables = toVariables({ ...nobody('OK', '7'.repeat(15)), attempts });
    const line = encodeCommand('exec', ['MSet', encodeMSet(Object.entries(variables))]);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2047);
    expect(Number(variables['ROUTE_COUNT'])).toBeGreaterThanOrEqual(1);
    expect(variables[`ROUTE_DIAL_${variables['ROUTE_COUNT']}`]).toBe(longest);
  });

  test('tell each further way to a telephone, with the number that its trunk must show and its limit', () => {
    const attempts = [
      {
        dial: 'PJSIP/1@gsm',
        callerId: '79160000001',
        limit: 'gsm:2',
        ring: 20,
        why,
        fallbacks: [{ dial: 'PJSIP/1@bee' }, { dial: 'PJSIP/1@trunk', callerId: '74951234567' }],
      },
      { dial: 'PJSIP/101&PJSIP/2@gsm', callerId: '&79160000001', ring: 20, why },
    ];
    expect(toVariables({ ...nobody('OK'), attempts })).toEqual({
      ROUTE_DIAL_1: 'PJSIP/1@gsm',
      ROUTE_CALLERID_1: '79160000001',
      ROUTE_LIMIT_1: 'gsm:2',
      ROUTE_DIAL_2: 'PJSIP/101&PJSIP/2@gsm',
      ROUTE_CALLERID_2: '&79160000001',
      ROUTE_DIAL_1_2: 'PJSIP/1@bee',
      ROUTE_DIAL_1_3: 'PJSIP/1@trunk',
      ROUTE_CALLERID_1_3: '74951234567',
      ROUTE_RING: '20',
      ROUTE_COUNT: '2',
      ROUTE_STATUS: 'OK',
    });
  });

  test.each([
    ['long', 100],
    ['many', 1],
  ])(
    'fit one line however %s the ways are: a further way gives way to another telephone',
    (_case, length) => {
      const line = (step: number) => ({
        dial: `PJSIP/${'9'.repeat(length)}@${step}`,
        callerId: '79160000001',
        limit: 'gsm:2',
      });
      const fallbacks = [2, 3, 4, 5].map(line);
      const attempts = Array.from({ length: 20 }, () => ({ ...line(1), ring: 300, why, fallbacks }));
      const variables = toVariables({ ...nobody('OK', '7'.repeat(15)), attempts });
      const names = Object.keys(variables);
      const command = encodeCommand('exec', ['MSet', encodeMSet(Object.entries(variables))]);
      expect(Buffer.byteLength(command)).toBeLessThanOrEqual(2047);
      const count = Number(variables['ROUTE_COUNT']);
      expect(count).toBeGreaterThanOrEqual(10);
      for (let n = 1; n <= count; n += 1) expect(names).toContain(`ROUTE_CALLERID_${n}`);
      // Each way is there whole, and none behind a gap.
      const ways = names.filter((name) => /^ROUTE_DIAL_\d+_\d+$/.test(name)).map((name) => name.slice(11));
      for (const way of ways) {
        expect(names).toContain(`ROUTE_CALLERID_${way}`);
        expect(names).toContain(`ROUTE_LIMIT_${way}`);
        const [n = '', m = ''] = way.split('_');
        if (m !== '2') expect(names).toContain(`ROUTE_DIAL_${n}_${Number(m) - 1}`);
      }
      if (length === 1) expect(names.length).toBeLessThanOrEqual(99);
      else expect(ways).toEqual([]);
    },
  );
});
