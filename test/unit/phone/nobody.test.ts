import { expect, test } from '@jest/globals';
import { NOBODYS_NUMBER } from '../../../src/phone/nobody.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';

test.each(['RU', 'KZ', 'BY', 'UZ', 'US', 'GB', 'CN', 'TR', 'AE'])(
  'the number of nobody is a number like any other in %s, of the range that is kept for fiction',
  (country) => {
    const number = normaliseNumber(NOBODYS_NUMBER, country);
    expect(number).toEqual({ kind: 'number', digits: NOBODYS_NUMBER.slice(1) });
    // 555-0100 to 555-0199 of every area code in North America.
    expect(NOBODYS_NUMBER).toMatch(/^\+1[2-9]\d\d55501\d\d$/);
  },
);
