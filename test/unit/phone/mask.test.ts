import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { maskNumber, maskText } from '../../../src/phone/mask.ts';
import { anyText, runs } from '../../lab/fuzz.ts';

describe('maskNumber', () => {
  test.each([
    ['79161234567', '7916*****67'],
    ['+79161234567', '+7916*****67'],
    ['8 (916) 123-45-67', '8916*****67'],
    ['375291234567', '3752******67'],
    ['9161234567', '9161****67'],
    ['1234567', '*****67'],
    ['123-45-67', '*****67'],
    ['sip:79161234567@10.0.0.1', 'sip:7916*****67@10.0.0.1'],
    ['89161234567, 89037654321', '8916*****67, 8903*****21'],
    ['104, 8 (903) 555-00-04', '104, 8903*****04'],
    ['7/9/1/6/1/2/3/4/5/6/7', '7916*****67'],
    ['7 - 916 -- 123 . 45 : 67', '7916*****67'],
    ['٧٩١٦١٢٣٤٥٦٧', '٧٩١٦*****٦٧'],
    // A zero-width space between every two digits.
    ['7\u200b9\u200b1\u200b6\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7', '7916*****67'],
  ])('%j is shown as %j', (text, masked) => {
    expect(maskNumber(text)).toBe(masked);
  });

  test.each(['', '101', '123456', '101, 102', 'anonymous', 'Иван'])('%j stays as it is', (text) => {
    expect(maskNumber(text)).toBe(text);
  });

  test('control characters, direction marks and halves of characters are removed', () => {
    expect(maskNumber('a\r\nb\u0000c\u001b[31md\u202ee\u2028f\ud83dg')).toBe('a bc[31mde fg');
  });

  test('a long text is cut, and no number begins at the cut', () => {
    expect(maskNumber(`${'x'.repeat(94)}79161234567`)).toBe(`${'x'.repeat(94)}…`);
    expect(maskNumber('7'.repeat(1000))).toBe('…');
    expect(maskNumber('x'.repeat(1000))).toBe(`${'x'.repeat(100)}…`);
  });

  test('whatever the text, at most six digits of a number remain together', () => {
    const texts = fc.oneof(
      anyText({ maxLength: 150 }),
      fc.string({
        unit: fc.constantFrom('0', '7', '9', ' ', '-', '(', ')', '.', '\n', '\u200b', ','),
        maxLength: 150,
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const masked = maskNumber(text);
        expect(masked).not.toMatch(/\p{Nd}([ ().-]*\p{Nd}){6}/u);
        expect(masked).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(masked.length).toBeLessThanOrEqual(101);
      }),
      runs(0.25),
    );
  });
});

describe('maskText', () => {
  test.each([
    ['connect mysql://agi:secret@127.0.0.1:3306/courier', 'connect mysql://agi:***@127.0.0.1:3306/courier'],
    ['mysql://agi:p@ss/w:rd@db.example/courier failed', 'mysql://agi:***@db.example/courier failed'],
    ['mysql://agi@db.example/courier', 'mysql://agi@db.example/courier'],
    ['options: host=db password=secret user=agi', 'options: host=db password=*** user=agi'],
    ['no row for 79161234567 in contacts', 'no row for 7916*****67 in contacts'],
    ["near '8 (916) 123-45-67' at line 1", "near '8916*****67' at line 1"],
    ['connect ECONNREFUSED 192.168.100.200:3306', 'connect ECONNREFUSED 192.168.100.200:3306'],
    ['called by 791.612.345.67', 'called by 7916*****67'],
    ['since 2026-03-03 09:40:00', 'since 2026-03-03 09:40:00'],
    [
      "Access denied for user 'agi'@'10.20.30.40' (using password: YES)",
      "Access denied for user 'agi'@'10.20.30.40' (using password: YES)",
    ],
    ['line one\r\nline two\u0000', 'line one line two'],
  ])('%j is shown as %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test('a long text is cut, and no password is left before the cut', () => {
    const text = `${'x'.repeat(980)} mysql://agi:secret-that-is-cut@db.example`;
    expect(maskText(text)).toBe(`${'x'.repeat(980)} …`);
  });
});
