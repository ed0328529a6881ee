import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseEnvironment } from '../../../src/agi/environment.ts';
import { AgiEnvironmentError } from '../../../src/agi/errors.ts';
import { ENVIRONMENT_LINES } from './wire.ts';

const without = (key: string) => ENVIRONMENT_LINES.filter((line) => !line.startsWith(`${key}:`));
const replaced = (key: string, value: string) =>
  ENVIRONMENT_LINES.flatMap((line) => (line.startsWith(`${key}:`) ? `${key}: ${value}`.split('\n') : [line]));

/** At the first colon only. */
const split = (line: string) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)];

describe('an environment as Asterisk sends it', () => {
  const environment = parseEnvironment(ENVIRONMENT_LINES);

  test('keeps every value whole, the URL with its colons too', () => {
    const values = Object.fromEntries(ENVIRONMENT_LINES.map(split));
    for (const [key, value] of Object.entries(values)) expect(environment.get(key)).toBe(value);
    expect(environment.get('agi_request')).toBe('agi://127.0.0.1:4573/route?number=79161234567');
    expect(environment.get('agi_calleridname')).toBe('Иван: "Ваня" (моб.)');
    expect(environment.uniqueId).toBe('1700000000.1');
    expect(environment.callerId).toBe('79162000001');
  });

  test('lists the arguments in order', () => {
    expect(environment.args).toEqual(['first', 'second']);
  });

  test('gives any other line by its key', () => {
    expect(environment.get('agi_threadid')).toBe('140263512884928');
    expect(environment.get('agi_nothing')).toBeUndefined();
  });
});

describe('the usual lines, which are read in their order', () => {
  const keys = ENVIRONMENT_LINES.map((line) => line.slice(0, line.indexOf(':'))).filter(
    (key) => !key.startsWith('agi_arg_'),
  );
  const value = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[\r\n]/.test(text));
  const values = fc.array(value, { minLength: keys.length, maxLength: keys.length });
  const linesOf = (texts: readonly string[]) => keys.map((key, place) => `${key}: ${texts[place] ?? ''}`);

  test('say the same as when they are read key by key', () => {
    fc.assert(
      fc.property(values, (texts) => {
        const usual = parseEnvironment(linesOf(texts));
        const keyByKey = parseEnvironment([...linesOf(texts), 'agi_arg_1: x']);
        expect(keys.map((key) => usual.get(key))).toEqual(texts);
        expect(keys.map((key) => keyByKey.get(key))).toEqual(texts);
        expect(usual.get('agi_arg_1')).toBeUndefined();
      }),
    );
  });

  test('are refused all the same when one stands twice, in the place of another', () => {
    const lines = linesOf(keys);
    lines[lines.length - 1] = lines[3] ?? '';
    expect(() => parseEnvironment(lines)).toThrow(/stands twice/);
  });
});

describe('what may be missing', () => {
  test('a URL without a path sends no script', () => {
    expect(parseEnvironment(without('agi_network_script')).get('agi_network_script')).toBeUndefined();
  });

  test('every line: texts are empty', () => {
    const environment = parseEnvironment([]);
    expect(environment.callerId).toBe('');
    expect(environment.uniqueId).toBe('');
    expect(environment.args).toEqual([]);
  });

  test('the blank after the colon, when an editor has cut it off', () => {
    expect(parseEnvironment(['agi_accountcode:']).get('agi_accountcode')).toBe('');
    expect(parseEnvironment(['agi_callerid:123']).callerId).toBe('123');
  });
});

test.each(['  two blanks', 'trailing ', '"quoted" <101>', 'a: b: c', 'unknown', 'tab\there'])(
  'a name %j is not trimmed, unquoted or interpreted',
  (sent) => {
    expect(parseEnvironment([`agi_calleridname: ${sent}`]).get('agi_calleridname')).toBe(sent);
  },
);

describe('what a newline in a value could forge is refused', () => {
  test.each([
    [
      'the number again',
      replaced('agi_calleridname', 'x\nagi_callerid: 79161000011'),
      /agi_callerid stands twice/,
    ],
    ['the number in advance', replaced('agi_channel', 'x\nagi_callerid: 1'), /agi_callerid stands twice/],
    [
      'a script where the URL had none',
      ['agi_request: agi://host', 'agi_calleridname: x', 'agi_network_script: route?number=1'],
      /agi_network_script stands after agi_request/,
    ],
    [
      'an argument',
      replaced('agi_calleridname', 'x\nagi_arg_1: 1'),
      /agi_callingpres stands after an argument/,
    ],
    [
      'an argument that is not due',
      [...ENVIRONMENT_LINES, 'agi_arg_4: x'],
      /agi_arg_4 stands where agi_arg_3/,
    ],
    ['a line of free text', replaced('agi_calleridname', 'x\nhello'), /^Line 11 of the environment/],
    [
      'a key of another kind',
      replaced('agi_calleridname', 'x\nSIP_HEADER: y'),
      /^Line 11 of the environment/,
    ],
    ['a key in capitals', ['AGI_CALLERID: 1'], /^Line 1 of the environment/],
    ['a key with a blank', ['agi_caller id: 1'], /^Line 1 of the environment/],
    ['no key', [': 1'], /^Line 1 of the environment/],
    ['nothing', [''], /^Line 1 of the environment/],
  ])('%s', (_what, lines, message) => {
    expect(() => parseEnvironment(lines)).toThrow(AgiEnvironmentError);
    expect(() => parseEnvironment(lines)).toThrow(message);
  });

  test('and the message never repeats a value, which may be private', () => {
    const lines = replaced('agi_calleridname', 'x\n79161234567 secret');
    expect(() => parseEnvironment(lines)).toThrow(/^(?!.*(7916|secret))/);
  });

  test('and more lines than Asterisk can send', () => {
    const lines = Array.from({ length: 201 }, (_, i) => `agi_extra_${i}: x`);
    expect(() => parseEnvironment(lines)).toThrow(/more than 200 lines/);
    expect(() => parseEnvironment(lines.slice(1))).not.toThrow();
  });
});
