import { expect, test } from '@jest/globals';
import { asText } from '../../../src/directory/mysql/statement-text.ts';

test('a number stands in quotes, and anything that might end them as bytes', () => {
  expect(asText('a = ? and b > ? and c in (?, ?)', ['7916', "o'x\\", '', 'info@example.com'])).toBe(
    "a = '7916' and b > _utf8mb4 x'6f27785c' and c in ('', 'info@example.com')",
  );
});

test('each parameter has its value', () => {
  expect(() => asText('a = ?', [])).toThrow(RangeError);
  expect(() => asText('a = ?', ['1', '2'])).toThrow(RangeError);
});
