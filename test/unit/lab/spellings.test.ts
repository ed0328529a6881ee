import { describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { spellingsOf } from '../../lab/spellings.ts';

const WORD = 'Быстров';
const isFoundIn = (bytes: Buffer): boolean => spellingsOf(WORD).some((one) => bytes.includes(one));

describe('a name is found', () => {
  const text = (before: string): string => `${before} Андрей Быстров, ул. Ленина`;
  test.each([
    ['in UTF-8', Buffer.from(text(''))],
    ['in cp1251', iconv.encode(text(''), 'windows-1251')],
    ['in capitals', Buffer.from(text('').toUpperCase())],
    ['in an address', Buffer.from(encodeURIComponent(text('')))],
    ['in an address, in small letters', Buffer.from(encodeURIComponent(text('')).toLowerCase())],
    [
      'in JSON',
      Buffer.from(
        JSON.stringify(text('')).replaceAll(
          /[^\0-\u007F]/g,
          (one) => `\\u0${one.charCodeAt(0).toString(16)}`,
        ),
      ),
    ],
    ...['', 'a', 'ab'].flatMap((before) => [
      [
        `in base64 after ${before.length}`,
        Buffer.from(Buffer.from(text(before)).toString('base64')),
      ] as const,
      [
        `in base64 of cp1251 after ${before.length}`,
        Buffer.from(iconv.encode(text(before), 'windows-1251').toString('base64')),
      ] as const,
    ]),
  ])('%s', (_where, bytes) => {
    expect(isFoundIn(bytes)).toBe(true);
  });
});

test('nothing is found where it is not', () => {
  expect(isFoundIn(Buffer.from('Андрей, ул. Быстрая'.repeat(1000)))).toBe(false);
});
