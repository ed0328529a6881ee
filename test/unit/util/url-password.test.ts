import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { maskText } from '../../../src/phone/mask.ts';
import { hasUrlPassword, maskUrlPasswords } from '../../../src/util/url-password.ts';

describe('a password in a URL', () => {
  test.each([
    ['mysql://agi:geheim@db/courier', 'mysql://agi:***@db/courier'],
    ['mysql://agi:geh@eim@db/courier', 'mysql://agi:***@db/courier'],
    ['mariadb://agi:g/e#h?e:im@db:3306/courier', 'mariadb://agi:***@db:3306/courier'],
    ['mysql://:geheim@db', 'mysql://:***@db'],
    ['mysql://a/b:geheim@db', 'mysql://a/b:***@db'],
    ['mysql://agi:geh eim@db', 'mysql://agi:***@db'],
    ['mysql://agi@db:3306/courier', 'mysql://agi@db:3306/courier'],
    ['http://127.0.0.1:9573/status', 'http://127.0.0.1:9573/status'],
    ['mysql://a:x@b, then mysql://c:y@d', 'mysql://a:***@d'],
    ['mysql://agi:geh\neim@db', 'mysql://agi:***@db'],
    ['mysql://agi:@db', 'mysql://agi:@db'],
    ["Access denied for user 'agi'@'localhost'", "Access denied for user 'agi'@'localhost'"],
  ])('of %j is hidden: %j', (text, shown) => {
    expect(maskUrlPasswords(text)).toBe(shown);
  });

  test.each([
    ['mysql://agi:geheim@db/courier', true],
    ['mysql://agi:@/#@db/courier', true],
    ['mysql://agi@db:3306/courier', false],
    ['mysql://agi:@db/courier', false],
    ['demo:', false],
  ])('is there or not: %j %j', (url, there) => {
    expect(hasUrlPassword(url)).toBe(there);
  });

  /** Anything but a line break, in any order; `§` marks it, so that no part of it stands elsewhere. */
  const password = fc
    .array(fc.constantFrom('§', '@', '/', '#', ':', '?', '%', '"', "'", '\\', ' ', 'x', 'я', '7'), {
      minLength: 1,
    })
    .map((parts) => `§${parts.join('')}§`);
  const user = fc.constantFrom('agi', 'a%40b', '', 'root');
  const rest = fc.constantFrom('db', '127.0.0.1:3306/courier', '[::1]/courier?ssl=true', 'db/x?y=z@w');
  const around = fc.constantFrom('', 'Cannot connect to ', '"', 'received {"url":"');

  test('is hidden whole, whatever it holds, wherever it stands', () => {
    fc.assert(
      fc.property(around, user, password, rest, around, (before, name, secret, host, after) => {
        const url = `mysql://${name}:${secret}@${host}`;
        expect(hasUrlPassword(url)).toBe(true);
        for (const text of [url, before + url + after, JSON.stringify({ url }), JSON.stringify([url, url])]) {
          expect(maskUrlPasswords(text)).not.toContain('§');
          expect(maskText(text)).not.toContain('§');
        }
      }),
    );
  });
});
