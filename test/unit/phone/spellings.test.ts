import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createSpellings } from '../../../src/phone/spellings.ts';
import { SpellingsInUse } from '../../../src/directory/sql/spellings-in-use.ts';
import { runs } from '../../lab/fuzz.ts';

const ru = createSpellings('RU');

describe('the ways to write a number', () => {
  test('begin with its digits, and are as many for each number', () => {
    for (const country of ['RU', 'KZ', 'BY', 'UZ', 'DE', 'US', 'GB', 'XX']) {
      const spellings = createSpellings(country);
      for (const digits of ['79161234567', '375291234567', '493012345678', '12025550123', '100', '0']) {
        expect(spellings.of(digits)).toHaveLength(spellings.count);
        expect(spellings.of(digits)[0]).toBe(digits);
      }
    }
  });

  test.each([
    '79161234567',
    '89161234567',
    '+79161234567',
    '9161234567',
    '8 (916) 123-45-67',
    '+7(916)123-45-67',
    '7 916 123-45-67',
    '8-916-123-45-67',
    '+7 916 123 45 67',
    '8 9161234567',
    '79161234567\r',
    '89161234567\r',
    '79161234567   ',
    ' 79161234567',
    '79161234567\u00A0',
  ])('have %j among them, and it means that number', (written) => {
    expect(ru.indexOf('79161234567', written)).toBeGreaterThanOrEqual(0);
    expect(ru.meaning(written)).toContain('79161234567');
  });

  test('of a number abroad have a plus or an international prefix', () => {
    expect(ru.of('375291234567')).toEqual(
      expect.arrayContaining(['+375291234567', '810375291234567', '00375291234567']),
    );
    expect(ru.meaning('+375291234567')).toEqual(['375291234567']);
  });

  test.each([
    ['info@example.com'],
    ['79161234567, 79161234568'],
    ['тел. 79161234567'],
    ['101'],
    [''],
    ['8/916/123'],
  ])('have nothing to do with %j', (written) => {
    expect(ru.meaning(written)).toEqual([]);
  });

  test('lead back to the number, each of them, and to no other that is not written so', () => {
    const number = fc.oneof(
      fc.integer({ min: 9_000_000_000, max: 9_999_999_999 }).map((rest) => `7${rest}`),
      fc.integer({ min: 10_000, max: 2 ** 48 }).map(String),
    );
    fc.assert(
      fc.property(number, (digits) => {
        for (const way of ru.of(digits)) {
          const numbers = ru.meaning(way);
          expect(numbers).toContain(digits);
          for (const one of numbers) expect(ru.indexOf(one, way)).toBeGreaterThanOrEqual(0);
        }
      }),
      runs(0.075),
    );
  });
});

describe('the ways that a database has', () => {
  test('are the usual ones until others are seen', () => {
    const inUse = new SpellingsInUse(ru);
    expect(inUse.choose().valuesOf('79161234567')).toEqual([
      '79161234567',
      '89161234567',
      '+79161234567',
      '9161234567',
      '79161234567\r',
    ]);
    const before = inUse.choose();
    inUse.learnBeginnings(new Set(['8 ']));
    expect(before.valuesOf('79161234567')).toHaveLength(before.count);
    expect(inUse.choose().valuesOf('79161234567')).toContain('8 (916) 123-45-67');
    expect(inUse.choose().valuesOf('79161234567')).not.toContain('+7 (916) 123-45-67');

    inUse.begin();
    inUse.see(ru.indexOf('79161234567', '+7 (916) 123-45-67'));
    inUse.see(-1);
    expect(inUse.finish()).toBe(true);
    expect(inUse.choose().valuesOf('79161234567')).toContain('+7 (916) 123-45-67');
    expect(inUse.choose().valuesOf('79161234567')).not.toContain('8 (916) 123-45-67');
    expect(inUse.choose().count).toBe(6);
    // What was seen in the whole table is not guessed again.
    inUse.learnBeginnings(new Set(['8 ']));
    expect(inUse.choose().count).toBe(6);
    inUse.begin();
    inUse.see(ru.indexOf('79161234567', '+7 (916) 123-45-67'));
    expect(inUse.finish()).toBe(false);
  });

  test('are taken over from one that has seen the whole table, and from no other', () => {
    const old = new SpellingsInUse(ru);
    old.learnBeginnings(new Set(['8 ']));
    const early = new SpellingsInUse(ru);
    early.inherit(old);
    expect(early.choose().count).toBe(5);

    old.begin();
    old.see(ru.indexOf('79161234567', '916 123-45-67'));
    old.finish();
    const late = new SpellingsInUse(ru);
    late.inherit(old);
    late.learnBeginnings(new Set());
    expect(late.choose().valuesOf('79161234567')).toContain('916 123-45-67');
  });
});
