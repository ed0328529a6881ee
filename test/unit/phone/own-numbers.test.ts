import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { createFieldParser, parsePhoneField } from '../../../src/phone/field.ts';
import { createNormaliser, normaliseNumber } from '../../../src/phone/number.ts';
import { ownNumbers } from '../../../src/phone/own-numbers.ts';

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength, maxLength });

describe('the short way for numbers of the own country', () => {
  test.each([
    ['79161234567', true],
    ['79991234567', true],
    ['7916123456', false],
    ['791612345678', false],
    ['74951234567', true],
    // Kazakhstan, the toll-free, and without the calling code: those take the long way.
    ['77011234567', false],
    ['78001234567', false],
    ['9161234567', false],
    ['89161234567', false],
    ['', false],
    ['7916123456७', false],
    ['79161234567\n', false],
  ])('in Russia %j is one: %j', (text, expected) => {
    expect(ownNumbers('RU')(text)).toBe(expected);
  });

  test('is never taken in a country that is not known', () => {
    expect(ownNumbers('XX')('79161234567')).toBe(false);
  });

  test('leads where the long way leads, for every beginning of a Russian number', () => {
    const normalise = createNormaliser('RU');
    const beginnings = Array.from({ length: 10_000 }, (_none, n) => String(n).padStart(4, '0'));
    const numbers = beginnings.flatMap((four) => [`7${four}123456`, `+7${four}000000`]);
    expect(numbers.map(normalise)).toEqual(numbers.map((number) => normaliseNumber(number, 'RU')));
  });

  test('leads where the long way leads, in every country, with and without a plus', () => {
    const countries = getCountries().map((country) => ({
      country,
      code: getCountryCallingCode(country),
      normalise: createNormaliser(country),
    }));
    fc.assert(
      fc.property(
        fc.constantFrom(...countries),
        fc.constantFrom('', '+', '00', ' '),
        digits(5, 12),
        ({ country, code, normalise }, before, rest) => {
          for (const raw of [`${before}${code}${rest}`, `${before}${rest}`]) {
            expect(normalise(raw)).toEqual(normaliseNumber(raw, country));
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test('leads where the long way leads, whatever the text', () => {
    const normalise = createNormaliser('RU');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (raw) => {
        expect(normalise(raw)).toEqual(normaliseNumber(raw, 'RU'));
      }),
    );
  });
});

test('a field that is read again says the same', () => {
  const parse = createFieldParser('RU');
  for (const field of ['104, 8 (903) 555-00-04', '', 'доб. 101', '104, 8 (903) 555-00-04', '']) {
    expect(parse(field)).toEqual(parsePhoneField(field, 'RU'));
  }
});
