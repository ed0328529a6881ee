import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeAction, type Header } from '../../../src/ami/action.ts';
import { AmiEncodingError } from '../../../src/ami/errors.ts';
import { nasty } from '../fuzz/arbitraries.ts';
import { runs } from '../../lab/fuzz.ts';

test('an action as Asterisk reads it', () => {
  expect(
    encodeAction('Originate', 'id-1', [
      ['Channel', 'PJSIP/101'],
      ['Variable', 'A=1'],
      ['Variable', 'B=Иван'],
      ['Async', 'true'],
      ['Account', ''],
    ]),
  ).toBe(
    'Action: Originate\r\nActionID: id-1\r\nChannel: PJSIP/101\r\nVariable: A=1\r\nVariable: B=Иван\r\n' +
      'Async: true\r\nAccount: \r\n\r\n',
  );
});

describe('never written:', () => {
  const line = (bytes: number): Header => ['Data', 'x'.repeat(bytes - 'Data: '.length)];
  const headers = (count: number) => Array.from({ length: count }, (): Header => ['Variable', 'A=1']);

  test.each<[string, readonly Header[], RegExp]>([
    ['a line end in a value', [['Exten', '1\r\nAction: Command']], /Exten of "Ping" holds .* U\+000D/],
    ['a bare LF', [['Exten', '1\nX: y']], /U\+000A/],
    ['a bare CR', [['Exten', '1\rX: y']], /U\+000D/],
    ['a NUL', [['Exten', '1\0']], /U\+0000/],
    ['a tab', [['Exten', '1\t2']], /U\+0009/],
    ['DEL', [['Exten', '\x7f']], /U\+007F/],
    ['a control character of C1', [['Exten', '\u0085']], /U\+0085/],
    ['a line separator', [['Exten', '\u2028']], /U\+2028/],
    ['a line end in a name', [['X: y\r\nZ', '1']], /cannot be the name/],
    ['an empty name', [['', '1']], /cannot be the name/],
    ['a second ActionID', [['actionid', '1']], /the client's own/],
    ['a second Action', [['Action', 'Command']], /the client's own/],
    ['a line of 1023 bytes', [line(1023)], /has 1023 bytes; Asterisk takes 1022/],
    ['1023 bytes in fewer characters', [['Data', 'я'.repeat(509)]], /has 1024 bytes/],
    ['129 headers', headers(127), /has 129 headers; Asterisk takes 128/],
  ])('%s', (_title, extra, message) => {
    const encode = () => encodeAction('Ping', 'id', extra);
    expect(encode).toThrow(AmiEncodingError);
    expect(encode).toThrow(message);
  });

  test('an action with a line end', () => {
    expect(() => encodeAction('Ping\r\nAction: Command', 'id', [])).toThrow(AmiEncodingError);
  });

  test('the longest line and the most headers are', () => {
    expect(encodeAction('Ping', 'id', [line(1022)])).toContain('x');
    expect(encodeAction('Ping', 'id', headers(126)).split('\r\n')).toHaveLength(130);
  });

  test('a phone number is masked in the message', () => {
    const long: Header = ['Data', `79161234567${'x'.repeat(2000)}`];
    expect(() => encodeAction('79161234567', 'id', [long])).not.toThrow(/79161234567/);
    expect(() => encodeAction('79161234567', 'id', [long])).toThrow(/…/);
  });
});

test('whatever the values are, one action leaves, with just these headers', () => {
  const header = fc.tuple(fc.oneof(fc.constantFrom('Exten', 'Variable', 'Channel'), nasty), nasty);
  fc.assert(
    fc.property(fc.array(header, { maxLength: 5 }), (headers) => {
      let text: string;
      try {
        text = encodeAction('Originate', 'id', headers);
      } catch (error) {
        expect(error).toBeInstanceOf(AmiEncodingError);
        return;
      }
      const lines = text.split(/\r\n|\r|\n/);
      expect(lines.slice(-2)).toEqual(['', '']);
      expect(lines.slice(2, -2)).toEqual(headers.map(([name, value]) => `${name}: ${value}`));
    }),
    runs(0.5),
  );
});
