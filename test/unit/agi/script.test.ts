import { expect, test } from '@jest/globals';
import { AgiEnvironmentError } from '../../../src/agi/errors.ts';
import { parseScript } from '../../../src/agi/script.ts';

test.each<[string, string, [string, string][]]>([
  ['', '', []],
  ['route', 'route', []],
  ['route/', 'route', []],
  ['//route', 'route', []],
  ['/route//', 'route', []],
  ['Route', 'route', []],
  ['ROUTE ', 'route', []],
  ['/', '', []],
  ['route/?number=1/2', 'route', [['number', '1/2']]],
  ['route/more', 'route/more', []],
  ['route?', 'route', []],
  ['?number=1', '', [['number', '1']]],
  [
    'route?number=7916&only=courier,recipient',
    'route',
    [
      ['number', '7916'],
      ['only', 'courier,recipient'],
    ],
  ],
  // Asterisk encodes nothing: a plus before a number is meant.
  ['route?number=+79161234567', 'route', [['number', '+79161234567']]],
  ['route?number=%2B7916%20123', 'route', [['number', '+7916 123']]],
  ['route?name=%D0%98%D0%B2%D0%B0%D0%BD', 'route', [['name', 'Иван']]],
  ['route?number=', 'route', [['number', '']]],
  ['route?debug', 'route', [['debug', '']]],
  ['route?a=b=c', 'route', [['a', 'b=c']]],
  [
    'route?a=1&&b=2&',
    'route',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['route?a=what?', 'route', [['a', 'what?']]],
  ['route?__proto__=1', 'route', [['__proto__', '1']]],
])('the script %j has the path %j and its parameters', (text, path, params) => {
  const script = parseScript(text);
  expect(script.path).toBe(path);
  expect([...script.params]).toEqual(params);
});

test.each([
  ['route?number=1&number=2', 'The AGI URL gives the parameter number twice.'],
  ['route?number=1&n%75mber=2', 'The AGI URL gives the parameter number twice.'],
  ['route?a%0Ab=1&a%0Ab=2', 'The AGI URL gives the parameter with an unusual name twice.'],
  ['route?=1', 'A parameter of the AGI URL has no name.'],
  ['route?number=100%', 'The AGI URL holds a % that begins no code; write %25 for a percent sign.'],
  ['route?number=%ff', 'The AGI URL holds a % that begins no code; write %25 for a percent sign.'],
])('the script %j is an error that says what is wrong', (text, message) => {
  expect(() => parseScript(text)).toThrow(new AgiEnvironmentError(message));
});
