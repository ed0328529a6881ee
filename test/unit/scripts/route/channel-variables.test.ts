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
});
