import { describe, expect, test } from '@jest/globals';
import { parseRouteRequest } from '../../../../src/scripts/route/route-request.ts';

const request = (params: Record<string, string>) => parseRouteRequest(new Map(Object.entries(params)));

describe('what the dialplan asks the router for', () => {
  test.each([
    [{}, {}],
    [{ number: '101' }, { number: '101' }],
    [{ only: 'courier,recipient' }, { only: new Set(['courier', 'recipient']) }],
    [
      { number: '7916', only: 'client' },
      { number: '7916', only: new Set(['client']) },
    ],
  ])('%p', (params, expected) => {
    expect(request(params)).toEqual(expected);
  });

  test.each([
    ['postman', 'only= received "postman"; it takes a list of: courier, recipient, contact, client'],
    ['', 'only= received ""'],
    ['79161234567', 'only= received "…"'],
  ])('only=%s is refused: %s', (only, message) => {
    expect(() => request({ only })).toThrow(message);
  });
});
