import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { parsePhoneField } from '../../../src/phone/field.ts';
import type { LocalHabits } from '../../../src/phone/reading.ts';
import { runs } from '../../lab/fuzz.ts';

const STRIP: LocalHabits = { areaCode: '', strip: ['9', '0'] };

/** Extensions as they are, numbers with a plus: short enough for a table. */
function entries(field: string, country = 'RU', habits?: LocalHabits): string[] {
  return parsePhoneField(field, country, habits).entries.map((entry) =>
    entry.kind === 'number' ? `+${entry.digits}` : entry.extension,
  );
}

describe('digits behind a number without a word before them are no part of it', () => {
  test.each([
    ['+7 (916) 308-14-33 (1234)', '+79163081433', '(1234)'],
    ['8 (916) 308-14-33 (1234)', '+79163081433', '(1234)'],
    ['+79163081433 (1234)', '+79163081433', '(1234)'],
    ['+7(916)308-14-33(1234)', '+79163081433', '1234)'],
    ['925 973-52-18-101', '+79259735218', '101'],
    ['925 973-52-18 (101)', '+79259735218', '(101)'],
    ['925 973-52-18 101', '+79259735218', '101'],
    ['383 415-35-67 (101)', '+73834153567', '(101)'],
    ['(495) 123-45-67 (101)', '+74951234567', '(101)'],
    ['812 123-45-67 (1234)', '+78121234567', '(1234)'],
    ['916 123-00-01 12', '+79161230001', '12'],
    ['916 123 45 67 12', '+79161234567', '12'],
    // With 9 for an outside line, all twelve are another number of Russia.
    ['989 123-45-67 12', '+79891234567', '12'],
    ['9891234567 12', '+79891234567', '12'],
    // The first ten digits of ours, and the last ten of the whole.
    ['351 912-34-56 12', '+73519123456', '12'],
    ['996 555-12-34 56', '+79965551234', '56'],
    ['(996) 555 12 34 56', '+79965551234', '56'],
    ['996 555 12 34 (56)', '+79965551234', '(56)'],
    ['3452 23-00-01 12', '+73452230001', '12'],
  ])('%j', (field, number, rest) => {
    for (const habits of [undefined, STRIP]) {
      expect(parsePhoneField(field, 'RU', habits)).toEqual({
        entries: [{ kind: 'number', digits: number.slice(1) }],
        rejected: [rest],
      });
    }
  });

  test.each(['123-45-67 (8901)', '123-45-67 8901', '925-97-35 (101)', '973-52-18 101', '12-34-56 7890'])(
    'behind a number of a city that is not known there is nothing to ring: %j',
    (field) => {
      expect(entries(field, 'RU', STRIP)).toEqual([]);
    },
  );

  test.each([
    ['485-01-23 4567', '+73424850123'],
    ['485-01-23 (4567)', '+73424850123'],
    ['230-00-01 101', '+73422300001'],
  ])('behind one of the own city: %j', (field, number) => {
    expect(entries(field, 'RU', { areaCode: '342', strip: ['9', '0'] })).toEqual([number]);
  });
});

test.each([
  ['996 555 12 34 56', '+996555123456'],
  ['996-555-12-34-56', '+996555123456'],
  ['996 555-12-34-56', '+996555123456'],
  ['998 90 123 45 67', '+998901234567'],
  ['998 90 123-45-67', '+998901234567'],
  ['998 (90) 123-45-67', '+998901234567'],
  ['998-90-123-45-67', '+998901234567'],
  ['99890 123-45-67', '+998901234567'],
  ['99890 123 45 67', '+998901234567'],
  ['992 93 123 45 67', '+992931234567'],
  ['994 50 123 45 67', '+994501234567'],
  ['380 50 123-45-67', '+380501234567'],
  ['+91 98765 432 10', '+919876543210'],
  ['9 8 916 123 45 67', '+79161234567'],
  ['49 92 - 8 9923307812', '+79923307812'],
  ['83-8 495 723 62 85', '+74957236285'],
  ['96 - 3452 42 55 40', '+73452425540'],
  ['46-8 903 295 97 03', '+79032959703'],
  ['886 - (342) 996-29-00', '+73429962900'],
  ['941 (3452) 58-60-65', '+73452586065'],
  ['98916 123 45 67', '+79161234567'],
])('a number of a neighbour, or behind an outside line, is read to its end: %j', (field, number) => {
  expect(entries(field, 'RU', STRIP)).toEqual([number]);
});

test.each([
  ['998500000 100', '+998998500000'],
  ['99 850-00-00 100', '+998998500000'],
  ['998 50 500 01 00', '+998505000100'],
])('in Uzbekistan, %j may begin with the calling code or not', (field, number) => {
  expect(entries(field, 'UZ')).toEqual([number]);
});

test.each([
  ['8-916 243-70-99-7(3452) 25-32-66', ['+79162437099', '+73452253266']],
  ['8 921 867 31 93-7(495) 507-94-86, 66', ['+79218673193', '+74955079486', '66']],
  ['8-(921) 398-47-45-8-(3452) 77-46-47', ['+79213984745', '+73452774647']],
  ['7916-402-37-24-(903) 231-98-25', ['+79164023724', '+79032319825']],
  // No hours.
  ['+7 (900) 801 63 24/7 9002000000', ['+79008016324', '+79002000000']],
  ['89161230001 24/7', ['+79161230001']],
  ['89161230001 24/7 89037654321', ['+79161230001', '+79037654321']],
  ['24/7 9037654321', ['+79037654321']],
])('a dash or a slash between two numbers: %j', (field, numbers) => {
  expect(entries(field, 'RU', STRIP)).toEqual(numbers);
});

/** How people write the parts of a national number, `916`, `123`, `45` and `67`. */
const WRITINGS: readonly ((code: string, rest: readonly string[]) => string)[] = [
  (code, rest) => code + rest.join(''),
  (code, rest) => `${code} ${rest.join('')}`,
  (code, rest) => `${code} ${rest.join(' ')}`,
  (code, rest) => `${code} ${rest.join('-')}`,
  (code, rest) => `${code}-${rest.join('-')}`,
  (code, rest) => `(${code}) ${rest.join('-')}`,
  (code, rest) => `(${code}) ${rest.join(' ')}`,
  (code, rest) => `(${code})${rest.join('')}`,
  (code, rest) => `(${code})${rest.join('-')}`,
  (code, rest) => `${code}.${rest.join('.')}`,
  (code, rest) => `${code} ${rest[0]}-${rest.slice(1).join('')}`,
  (code, rest) => `${code}\u00a0${rest.join('‑')}`,
];

interface Plan {
  readonly country: string;
  readonly callingCode: string;
  /** What may stand before the national number. */
  readonly prefixes: readonly string[];
  /** Area codes and those of mobiles. */
  readonly codes: readonly string[];
  /** Lengths of the groups behind the code, by the length of that. */
  readonly groups: Readonly<Record<number, readonly number[]>>;
}

const PLANS: readonly Plan[] = [
  {
    country: 'RU',
    callingCode: '7',
    prefixes: ['+7 ', '+7', '8 ', '8-', '8', '7 ', '7', ''],
    codes: `900 903 909 916 925 926 950 961 977 980 985 989 992 996 999
      495 499 812 342 343 351 381 383 385 421 473 831 846 863 3452 3412 4822 4932 8442 8552 800`.split(/\s+/),
    groups: { 3: [3, 2, 2], 4: [2, 2, 2] },
  },
  {
    country: 'KZ',
    callingCode: '7',
    prefixes: ['+7 ', '+7', '8 ', '8-', '8', '7 ', ''],
    codes: ['701', '702', '705', '707', '747', '771', '775', '777', '778', '727', '7172', '7212', '7232'],
    groups: { 3: [3, 2, 2], 4: [2, 2, 2] },
  },
  {
    country: 'BY',
    callingCode: '375',
    prefixes: ['+375 ', '+375', '8 0', '80', '8-0', '375 ', '375'],
    codes: ['29', '33', '44', '25', '17', '162', '152', '212', '222', '232'],
    groups: { 2: [3, 2, 2], 3: [2, 2, 2] },
  },
  {
    country: 'UZ',
    callingCode: '998',
    prefixes: ['+998 ', '+998', '998 ', '998', ''],
    codes: ['90', '91', '93', '94', '95', '97', '98', '99', '33', '88', '71', '66', '74'],
    groups: { 2: [3, 2, 2] },
  },
];

/** A valid number of the plan, written out in one of the ways. */
function written(plan: Plan): fc.Arbitrary<{ entry: string; text: string }> {
  return fc
    .record({
      code: fc.constantFrom(...plan.codes),
      prefix: fc.constantFrom(...plan.prefixes),
      write: fc.constantFrom(...WRITINGS),
      digits: fc.integer({ min: 2_000_000, max: 9_999_999 }).map(String),
    })
    .map(({ code, prefix, write, digits }) => {
      let from = 0;
      const rest = (plan.groups[code.length] ?? []).map((length) => digits.slice(from, (from += length)));
      // `8 0(29)` is written `8 (029)`.
      const [, before = '', zero = ''] = /^(8.*?)(0)$/.exec(prefix) ?? [undefined, prefix, ''];
      return {
        entry: `+${plan.callingCode}${code}${rest.join('')}`,
        text: before + write(zero + code, rest),
      };
    })
    .filter(({ entry, text }) => isValid(entry) && entries(text, plan.country).join() === entry);
}

function isValid(number: string): boolean {
  return parsePhoneNumberFromString(number)?.isValid() === true;
}

/** `996 555 12 34 56` is rather a number of Kyrgyzstan: a mobile has no extensions. */
function mayBeAbroad(text: string): boolean {
  const [code = ''] = text.split(/\D/, 1);
  const all = `+${text.replaceAll(/\D/g, '')}`;
  return /^\d+(?:(?:[ -]\d+)*([ -])\d\d\1\d\d)$/.test(text) && isValid(all) && isCallingCode(all, code);
}

function isCallingCode(number: string, code: string): boolean {
  return parsePhoneNumberFromString(number)?.countryCallingCode === code;
}

const extension = fc.tuple(
  fc.integer({ min: 2, max: 4 }),
  fc.integer({ min: 1000, max: 9999 }),
  fc.boolean(),
);
const separator = fc.constantFrom(
  ' ',
  '  ',
  ', ',
  ',',
  '; ',
  ';',
  ' / ',
  '/',
  '\n',
  ' | ',
  ' и ',
  ' или ',
  ' - ',
);

describe.each(PLANS.map((plan) => ({ country: plan.country, plan })))('in $country', ({ country, plan }) => {
  const habits = country === 'RU' ? [undefined, STRIP] : [undefined];

  test('any number with digits behind it gives that number and nothing else', () => {
    fc.assert(
      fc.property(
        written(plan),
        extension,
        fc.constantFrom(...habits),
        ({ entry, text }, [length, digits, inBrackets], habit) => {
          const added = String(digits).slice(0, length);
          const field = `${text} ${inBrackets ? `(${added})` : added}`;
          fc.pre(!mayBeAbroad(field.replaceAll('\u00a0', ' ')));
          expect({ field, found: entries(field, country, habit) }).toEqual({ field, found: [entry] });
        },
      ),
      runs(0.125),
    );
  });

  test('two numbers in one field give both', () => {
    fc.assert(
      fc.property(
        written(plan),
        written(plan),
        separator,
        fc.constantFrom(...habits),
        (one, other, between, habit) => {
          const field = one.text + between + other.text;
          const found = entries(field, country, habit);
          expect({ field, found }).toEqual({ field, found: [...new Set([one.entry, other.entry])] });
        },
      ),
      runs(0.125),
    );
  });
});

describe('an extension of a number that cannot be read is not rung', () => {
  const CITY = [
    '123-45-67',
    '1234567',
    '123 45 67',
    '230-001',
    '23-00-01',
    '2-30-01',
    'тел. 123-45-67',
    '8 495 123-45',
  ];
  const ADDED = [
    ', доб. 101',
    ' доб. 101',
    ' (доб. 101)',
    '; доб.101',
    '\nдоб. 101',
    ', доп. 101',
    ', вн. 101',
    ', ext. 101',
    ';ext=101',
    ' x101',
    '#101',
    ',,101',
    ', #101',
    '/101',
    '/68',
    ' / 68',
    '/68/69',
    ', доб. 101, 102',
    ' доб. 101/102',
  ];

  test.each(CITY.flatMap((number) => ADDED.map((added) => number + added)))('%j', (field) => {
    expect(entries(field)).toEqual([]);
    // 230-001 has a digit too few for a number of Perm as well.
    expect(
      entries(field, 'RU', { areaCode: '342', strip: ['9', '0'] }).filter((one) => !one.startsWith('+')),
    ).toEqual([]);
  });

  test.each([
    ['230-001, доб 12', []],
    ['факс 123-45-67, доб. 101', []],
    ['8916123456, доб. 101', []],
    ['8 (916) 123-45-677, доб. 101', []],
    ['230001, доб. 12', ['230001']],
    ['230001/02', ['230001']],
    ['123-45-67, доб. 101, Мария 202', ['202']],
    ['123-45-67, доб. 101; 89161230001', ['+79161230001']],
    // What is said to be ours is, where a mobile lacks a digit.
    ['8 903 555-00-4, вн. 104', ['104']],
    ['8 903 555-00-044, вн. 104', ['104']],
    ['123-45-67, 104', ['104']],
    ['123-45-67, Мария 201', ['201']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });

  test.each([
    ['101, 102', ['101', '102']],
    ['101/102', ['101', '102']],
    ['доб. 101', ['101']],
    ['вн. 101', ['101']],
    ['доб. 101, доб. 102', ['101', '102']],
    ['101, доб. 102', ['101', '102']],
    ['101 доб. 102', ['101', '102']],
    ['доб. 10001, доб. 101', ['10001', '101']],
    ['827 - 20/Мария 950', ['950']],
    ['913 143 / Мария 543', ['543']],
    ['доб. 701 90 Мария 653', ['653']],
    ['Мария 459-281 Ольга 749', ['749']],
    ['123-45-67/Мария 201', ['201']],
    ['10001/10002', ['10001', '10002']],
    ['10001, доб. 10002', ['10001', '10002']],
    ['кв. 101, доб. 201', ['201']],
    ['9:00-18:00, доб. 201', ['201']],
    ['01.12.2026, доб. 201', ['201']],
    ['паспорт 4510 123456, доб. 201', ['201']],
    ['ИНН 7712345678/771201001, доб. 201', ['201']],
    ['до 10-12-14, доб. 201', ['201']],
  ])('but %j holds telephones of ours', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});
