import { describe, expect, test } from '@jest/globals';
import { encodeCommand } from '../../../src/agi/command.ts';
import { AgiEncodingError } from '../../../src/agi/errors.ts';
import { encodeMSet } from '../../../src/agi/mset.ts';
import { asteriskMSet, asteriskWords } from './asterisk-parsing.ts';

/** What Asterisk's variables are after the command has gone over the wire. */
function overTheWire(pairs: [string, string][]): [string, string][] {
  const line = encodeCommand('exec', ['MSet', encodeMSet(pairs)]).slice(0, -1);
  const [exec, application, data, ...rest] = asteriskWords(line);
  expect([exec, application, rest]).toEqual(['EXEC', 'MSet', []]);
  return asteriskMSet(data ?? '');
}

describe('the data of MSet', () => {
  test.each<[[string, string][], string]>([
    [[['A', '1']], 'A=1'],
    [
      [
        ['ROUTE_DIAL_1', 'PJSIP/101'],
        ['ROUTE_STATUS', 'OK'],
      ],
      'ROUTE_DIAL_1=PJSIP/101,ROUTE_STATUS=OK',
    ],
    [[['A', '']], 'A='],
    [[['A', 'a,b']], String.raw`A=a\,b`],
    [[['A', '\\"(),[]']], String.raw`A=\\\"\(\)\,\[\]`],
    [
      [
        ['_A', 'x'],
        ['__B', 'y'],
      ],
      '_A=x,__B=y',
    ],
  ])('%j', (pairs, data) => {
    expect(encodeMSet(pairs)).toBe(data);
  });

  test.each([
    '',
    ' ',
    ' padded ',
    'a,B=b',
    'a=b=c',
    '"',
    '"a,b"',
    '\\',
    '\\\\',
    'ends in \\',
    '(',
    ')',
    '([)]',
    'PJSIP/79161234567@trunk&PJSIP/101',
    '${EXTEN}',
    '$[1+1]',
    'Иван, "Ваня" (моб.)',
    '\t',
    "'",
    ';|',
  ])('a value %j arrives as it is, and so does the one after it', (value) => {
    const pairs: [string, string][] = [
      ['A', value],
      ['B', value],
      ['LAST', 'x'],
    ];
    expect(overTheWire(pairs)).toEqual(pairs);
  });

  test('99 pairs arrive whole, though Asterisk reads the 99th differently', () => {
    const pairs = Array.from({ length: 99 }, (_, i): [string, string] => [`V${i}`, i < 97 ? '' : 'a,(\\']);
    expect(overTheWire(pairs)).toEqual(pairs);
  });
});

describe('refused:', () => {
  test.each<[string, [string, string][]]>([
    ['nothing to set', []],
    ['a hundred pairs', Array.from({ length: 100 }, (_, i) => [`V${i}`, ''])],
    ['a name that calls a dialplan function', [['SHELL(id)', 'x']]],
    ['a name in small letters', [['route', 'x']]],
    ['an empty name', [['', 'x']]],
    ['a name with a blank', [[' A', 'x']]],
    ['a name with a newline after it', [['A\n', 'x']]],
    ['a name that holds a pair', [['A=1,B', 'x']]],
    ['a name that begins with a digit', [['1A', 'x']]],
  ])('%s', (_what, pairs) => {
    expect(() => encodeMSet(pairs)).toThrow(AgiEncodingError);
  });
});
