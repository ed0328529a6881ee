import { describe, expect, test } from '@jest/globals';
import { type AgiCommandName, CATALOGUE } from '../../../src/agi/catalogue.ts';
import { encodeCommand } from '../../../src/agi/command.ts';
import { AgiEncodingError } from '../../../src/agi/errors.ts';
import { asteriskWords } from './asterisk-parsing.ts';

describe('a command line', () => {
  test.each<[AgiCommandName, (string | number)[], string]>([
    ['answer', [], 'ANSWER\n'],
    ['noop', [], 'NOOP\n'],
    ['getVariable', ['CALLERID(num)'], 'GET VARIABLE "CALLERID(num)"\n'],
    ['setVariable', ['A', 'b c'], 'SET VARIABLE "A" "b c"\n'],
    ['setVariable', ['A', ''], 'SET VARIABLE "A" ""\n'],
    ['setVariable', ['A', 'say "hi"'], String.raw`SET VARIABLE "A" "say \"hi\""` + '\n'],
    ['setVariable', ['A', 'C:\\x\\'], String.raw`SET VARIABLE "A" "C:\\x\\"` + '\n'],
    ['exec', ['MSet', 'A=1,B=2'], 'EXEC "MSet" "A=1,B=2"\n'],
    ['verbose', ['Привет', 3], 'VERBOSE "Привет" "3"\n'],
    ['databasePut', ['f', 'k', 'v'], 'DATABASE PUT "f" "k" "v"\n'],
    [
      'controlStreamFile',
      ['f', '#', 3000, '#', '*', '0', 0],
      'CONTROL STREAM FILE "f" "#" "3000" "#" "*" "0" "0"\n',
    ],
  ])('%s %j', (name, args, line) => {
    expect(encodeCommand(name, args)).toBe(line);
  });

  test.each([...CATALOGUE.values()])('$command reaches Asterisk as the words that were meant', (entry) => {
    const most = entry.name === 'exec' ? 2 : entry.params;
    const args = Array.from({ length: most }, (_, i) => [' a "b" \\', '', '\\"', '\t', 'я'][i % 5] ?? '');
    expect(asteriskWords(encodeCommand(entry.name, args).slice(0, -1))).toEqual([
      ...entry.command.split(' '),
      ...args,
    ]);
  });
});

describe('refused before it is written:', () => {
  test.each<[string, AgiCommandName, string[], RegExp]>([
    [
      'a newline, which would begin a second command',
      'setVariable',
      ['A', 'x\nHANGUP'],
      /line break or a NUL/,
    ],
    ['a carriage return', 'setVariable', ['A', 'x\r'], /line break or a NUL/],
    ['a NUL', 'setVariable', ['A\0', 'x'], /line break or a NUL/],
    [
      'a third word for EXEC, which Asterisk would lose',
      'exec',
      ['Dial', 'x', '30'],
      /at most 2 arguments, not 3/,
    ],
    ['an argument too many', 'setVariable', ['A', 'b', 'c'], /SET VARIABLE takes at most 2 arguments, not 3/],
    ['an argument for a command without', 'answer', ['x'], /ANSWER takes at most 0 arguments/],
  ])('%s', (_what, name, args, message) => {
    expect(() => encodeCommand(name, args)).toThrow(AgiEncodingError);
    expect(() => encodeCommand(name, args)).toThrow(message);
  });

  test('a command that the catalogue lacks', () => {
    // @ts-expect-error -- the type refuses it; what comes from outside has no type
    expect(() => encodeCommand('shutdown')).toThrow('There is no AGI command "shutdown".');
    // @ts-expect-error -- not a property of every object either
    expect(() => encodeCommand('constructor')).toThrow(AgiEncodingError);
  });

  test.each(['x', 'я', '€'])('a line of 2047 bytes made of %j; one of 2046 is written', (letter) => {
    const overhead = Buffer.byteLength('SET VARIABLE "A" ""');
    const size = Buffer.byteLength(letter);
    const room = 2046 - overhead;
    const longest = letter.repeat(Math.floor(room / size)) + 'x'.repeat(room % size);
    expect(Buffer.byteLength(encodeCommand('setVariable', ['A', longest]))).toBe(2047);
    expect(() => encodeCommand('setVariable', ['A', `${longest}x`])).toThrow(/a line of 2047 bytes/);
  });

  test('a line that only its escaping makes too long', () => {
    expect(() => encodeCommand('setVariable', ['A', '"'.repeat(1100)])).toThrow(AgiEncodingError);
  });

  test('and the message does not repeat the value', () => {
    expect(() => encodeCommand('setVariable', ['A', 'secret\n'])).toThrow(/^(?!.*secret)/);
  });
});
