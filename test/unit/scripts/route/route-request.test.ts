import { describe, expect, test } from '@jest/globals';
import { parseEnvironment } from '../../../../src/agi/environment.ts';
import { parseRouteRequest } from '../../../../src/scripts/route/route-request.ts';

function request(script: string | undefined, ...args: string[]) {
  return parseRouteRequest(
    parseEnvironment([
      ...(script === undefined ? [] : [`agi_network_script: ${script}`]),
      ...args.map((arg, index) => `agi_arg_${index + 1}: ${arg}`),
    ]),
  );
}

describe('what the dialplan asks for', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    ['route', {}],
    ['route?', {}],
    ['route/', {}],
    ['//route', {}],
    ['Route', {}],
    ['route/?number=101', { number: '101' }],
    ['?number=101', { number: '101' }],
    ['route?number=+7 916 200-00-01', { number: '+7 916 200-00-01' }],
    ['route?only=courier,recipient', { only: new Set(['courier', 'recipient']) }],
    ['route?number=7916&only=client', { number: '7916', only: new Set(['client']) }],
  ])('%p', (script, expected) => {
    expect(request(script)).toEqual(expected);
  });

  test('a list that Asterisk split at its commas is put together again', () => {
    expect(request('route?only=courier', 'recipient')).toEqual({ only: new Set(['courier', 'recipient']) });
    expect(request('route?only=courier', 'recipient&number=7916')).toEqual({
      only: new Set(['courier', 'recipient']),
      number: '7916',
    });
  });

  test.each([
    ['survey', [], 'unknown AGI script "survey"; there is: route'],
    ['route', ['7916'], 'unknown AGI script "route,7916"'],
    ['route/more', [], 'unknown AGI script "route/more"'],
    ['route?nummer=1', [], 'unknown parameter "nummer" of the AGI script; there are: number, only'],
    [
      'route?only=postman',
      [],
      'only= received "postman"; it takes a list of: courier, recipient, contact, client',
    ],
    ['route?only=', [], 'only= received ""'],
    ['79161234567', [], 'unknown AGI script "…"'],
  ])('%s with %p is refused: %s', (script, args, message) => {
    expect(() => request(script, ...args)).toThrow(message);
  });
});
