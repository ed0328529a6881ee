import { describe, expect, test } from '@jest/globals';
import { parseMSet, parseSet, separateArguments } from '../../../src/simulator/app-arguments.ts';
import { parseCommandLine } from '../../../src/simulator/command-line.ts';

describe('parseCommandLine takes a line apart as res_agi.c does', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['  \t ', []],
    ['NOOP', ['NOOP']],
    ['  SET   VARIABLE\tA 1 ', ['SET', 'VARIABLE', 'A', '1']],
    ['A "b c" d', ['A', 'b c', 'd']],
    ['A ""', ['A', '']],
    ['A "" ""', ['A', '', '']],
    ['A b"c d"e f', ['A', 'bc de', 'f']],
    ['A "b\\"c"', ['A', 'b"c']],
    ['A "b\\\\"', ['A', 'b\\']],
    ['A "b\\\\" c', ['A', 'b\\', 'c']],
    ['A b\\ c', ['A', 'b c']],
    ['A \\"b', ['A', '"b']],
    ['A "b\\n"', ['A', 'bn']],
    ['A "open end', ['A', 'open end']],
    ['A b\\', ['A', 'b']],
    ['A "a,b(c[d" ${X}', ['A', 'a,b(c[d', '${X}']],
    ['A b\r', ['A', 'b\r']],
  ])('%p', (line, words) => {
    expect(parseCommandLine(line)).toEqual(words);
  });

  test('drops what comes after the 127th word', () => {
    const words = Array.from({ length: 130 }, (_one, index) => `w${index}`);
    expect(parseCommandLine(words.join(' '))).toEqual(words.slice(0, 127));
    expect(parseCommandLine(words.map((word) => `"${word}"`).join(' '))).toEqual(words.slice(0, 127));
  });
});

describe('separateArguments splits as app.c does', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a,,b', ['a', '', 'b']],
    ['a,', ['a', '']],
    ['a, b', ['a', ' b']],
    ['"a,b",c', ['a,b', 'c']],
    ['(a,b),c', ['(a,b)', 'c']],
    ['[a,b],c', ['[a,b]', 'c']],
    ['a\\,b,c', ['a,b', 'c']],
    ['a\\"b,c', ['a"b', 'c']],
    ['a\\\\,c', ['a\\', 'c']],
    ['a\\', ['a']],
    // An open bracket or quote stays open over the commas that follow.
    ['(a,b,c', ['(a,b,c']],
    ['a"b,c', ['ab,c']],
    ['a),b', ['a)', 'b']],
    ['a],b', ['a]', 'b']],
    ['(a],b),c', ['(a],b)', 'c']],
  ])('%p', (text, expected) => {
    expect(separateArguments(text, ',', 99)).toEqual(expected);
  });

  test('leaves the last argument unsplit and as it stands', () => {
    expect(separateArguments('a,"b",c\\,d', ',', 2)).toEqual(['a', '"b",c\\,d']);
  });
});

const setBy = (text: string) => parseMSet(text).map(({ name, value }) => [name, value]);

describe('parseMSet sets what MSet sets', () => {
  test.each<[string, string, string[][]]>([
    [
      'two variables',
      'A=1,B=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'an empty value',
      'A=,B=',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    ['the first = parts name and value', 'A=b=c', [['A', 'b=c']]],
    ['an entry without = is left out', 'A,B=2,', [['B', '2']]],
    [
      'a space belongs to the name',
      'A=1, B=2',
      [
        ['A', '1'],
        [' B', '2'],
      ],
    ],
    [
      'a comma in quotes',
      'A="1,2",B=3',
      [
        ['A', '1,2'],
        ['B', '3'],
      ],
    ],
    [
      'an escaped comma',
      'A=1\\,2,B=3',
      [
        ['A', '1,2'],
        ['B', '3'],
      ],
    ],
    ['an escaped quote', 'A=\\"1\\"', [['A', '"1"']]],
    [
      'an escaped backslash',
      'A=1\\\\,B=2',
      [
        ['A', '1\\'],
        ['B', '2'],
      ],
    ],
    ['a doubled backslash stays one: values are unquoted once', 'A=\\\\\\\\', [['A', '\\\\']]],
    [
      'escaped brackets',
      'A=\\(\\[,B=2',
      [
        ['A', '(['],
        ['B', '2'],
      ],
    ],
    ['an open bracket swallows the rest', 'A=(1,B=2', [['A', '(1,B=2']]],
    [
      'brackets keep a comma',
      'A=f(1,2),B=[3,4]',
      [
        ['A', 'f(1,2)'],
        ['B', '[3,4]'],
      ],
    ],
    ['an open quote swallows the rest', 'A="1,B=2', [['A', '1,B=2']]],
    [
      'an expression is not evaluated',
      'A=${B},C=$[1+1]',
      [
        ['A', '${B}'],
        ['C', '$[1+1]'],
      ],
    ],
    ['two devices', 'ROUTE_DIAL_1=PJSIP/101&PJSIP/102', [['ROUTE_DIAL_1', 'PJSIP/101&PJSIP/102']]],
    ['Cyrillic', 'A=Анна\\, Пётр', [['A', 'Анна, Пётр']]],
    ['a bracket in a name hides the =', 'A(1=2,B=3', []],
    ['an escaped bracket in a name is bare the second time', 'A\\(1=2', []],
  ])('%s', (_what, text, expected) => {
    expect(setBy(text)).toEqual(expected);
  });

  test('takes 98 variables one by one, and all that is left as the 99th', () => {
    const pairs = Array.from({ length: 101 }, (_one, index) => `V${index}=${index}`);
    const assignments = parseMSet(pairs.join(','));
    expect(assignments).toHaveLength(99);
    expect(assignments.at(-1)).toEqual({ name: 'V98', value: '98,V99=99,V100=100' });
  });
});

describe('parseSet sets what Set sets', () => {
  test.each([
    ['A=1', { name: 'A', value: '1' }],
    ['A="1,2"', { name: 'A', value: '"1,2"' }],
    ['A==', { name: 'A', value: '=' }],
    ['A', undefined],
  ])('%p', (text, expected) => {
    expect(parseSet(text)).toEqual(expected);
  });
});
