import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { kurier, users } from '../../../src/directory/demo/company.ts';
import { parsePhoneField } from '../../../src/phone/field.ts';
import { anyText, runs } from '../../lab/fuzz.ts';

/** Extensions as they are, numbers with a plus: short enough for a table. */
function entries(field: string, country = 'RU'): string[] {
  return parsePhoneField(field, country).entries.map((entry) =>
    entry.kind === 'number' ? `+${entry.digits}` : entry.extension,
  );
}

const rejected = (field: string) => parsePhoneField(field, 'RU').rejected;

describe('users.extPhone', () => {
  test.each([
    ['101', ['101']],
    ['101, 102', ['101', '102']],
    ['101;102', ['101', '102']],
    ['101/102', ['101', '102']],
    ['101 102', ['101', '102']],
    ['101 102 103', ['101', '102', '103']],
    ['101\n102', ['101', '102']],
    ['101 Ольга', ['101']],
    ['101 Ольга, 102 Пётр (склад)', ['101', '102']],
    ['(101)', ['101']],
    ['101 и 102', ['101', '102']],
    ['101 или 8-903-555-00-04', ['101', '+79035550004']],
    ['102, 101, 102', ['102', '101']],
    ['10,1001,123456', ['10', '1001', '123456']],
    ['доб. 101', ['101']],
    ['доб.101, доб.102', ['101', '102']],
    ['вн. тел. 101.', ['101']],
    ['тел: 101', ['101']],
    ['№101', ['101']],
    ['"101"', ['101']],
    ['ext. 101', ['101']],
    ['SIP/101', ['101']],
    ['PJSIP/101&PJSIP/102', ['101', '102']],
    ['104, 8 (903) 555-00-04', ['104', '+79035550004']],
    ['8 (903) 555-00-04, 104', ['+79035550004', '104']],
    ['8 (903) 555-00-04, вн. 104', ['+79035550004', '104']],
    ['вн. 104 моб. 89035550004', ['104', '+79035550004']],
    ['8-903-555-00-05', ['+79035550005']],
    ['101 89161234567', ['101', '+79161234567']],
    ['101 8 (916) 123-45-67', ['101', '+79161234567']],
    ['вн 101 89161234567', ['101', '+79161234567']],
    ['201+89161234567', ['201', '+79161234567']],
    ['15 7495 417 06 19', ['15', '+74954170619']],
    ['940 73452-43-36-87', ['940', '+73452433687']],
    ['101 102 89161234567', ['101', '102', '+79161234567']],
    ['101 +375 29 123-45-67', ['101', '+375291234567']],
    ['Мария 101 89161234567', ['101', '+79161234567']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
    expect(rejected(field)).toEqual([]);
  });
});

describe('kurier.phonem and kurier.phonek', () => {
  test.each([
    ['8-916-100-00-11', ['+79161000011']],
    ['9161000015', ['+79161000015']],
    ['+7(916)100-00-12', ['+79161000012']],
    ['8 [916] 100-00-12', ['+79161000012']],
    ['89161000013, 89261000013', ['+79161000013', '+79261000013']],
    ['89161000013,89161000013,+7 916 100 00 13', ['+79161000013']],
    ['89161234567 89037654321', ['+79161234567', '+79037654321']],
    ['9161234567 9037654321', ['+79161234567', '+79037654321']],
    ['8 916 123 45 67 8 903 765 43 21', ['+79161234567', '+79037654321']],
    ['8 (916) 123-45-67 8 (903) 765-43-21', ['+79161234567', '+79037654321']],
    ['916 123 45 67 903 765 43 21', ['+79161234567', '+79037654321']],
    ['+7(916)123-45-67+7(903)765-43-21', ['+79161234567', '+79037654321']],
    ['8-916-123-45-67/8-903-765-43-21', ['+79161234567', '+79037654321']],
    ['89161234567 / 89037654321', ['+79161234567', '+79037654321']],
    ['89161234567 или 89037654321', ['+79161234567', '+79037654321']],
    ['89161234567 - 89037654321', ['+79161234567', '+79037654321']],
    ['89161234567; 89037654321.', ['+79161234567', '+79037654321']],
    ['+7 916 1234567 Иван', ['+79161234567']],
    ['Иван 89161234567 Мария 89037654321', ['+79161234567', '+79037654321']],
    ['+7 916 123-45-67 (WhatsApp)', ['+79161234567']],
    ['моб 89161234567, раб 84951234567', ['+79161234567', '+74951234567']],
    ['моб.89161234567', ['+79161234567']],
    ['т.8(495)1234567', ['+74951234567']],
    ['\u202a+7\u00a0916\u00a0123\u201145\u201167\u202c', ['+79161234567']],
    ['+375 29 123-45-67', ['+375291234567']],
    ['375 29 123 45 67', ['+375291234567']],
    ['375291234567', ['+375291234567']],
    ['375 291234567', ['+375291234567']],
    ['+70001234567 89161234567', ['+70001234567', '+79161234567']],
    ['810 375 29 1234567', ['+375291234567']],
    ['998 90 123 45 67', ['+998901234567']],
    ['996 555 12 34 56, 89161234567', ['+996555123456', '+79161234567']],
    ['8 701 234 56 78', ['+77012345678']],
    ['7 916 123 45 67', ['+79161234567']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
    expect(rejected(field)).toEqual([]);
  });

  test.each(['', ' ', '-', '—', '.', 'нет', 'нет телефона', 'Иван', ', ; /'])('%j holds nothing', (field) => {
    expect(parsePhoneField(field, 'RU')).toEqual({ entries: [], rejected: [] });
  });
});

describe('what cannot be dialled is rejected, and the rest is kept', () => {
  test.each([
    ['one digit short', '8916123456', [], ['8916123456']],
    ['one digit short, beside a good one', '8916123456, 89037654321', ['+79037654321'], ['8916123456']],
    ['one digit short, in groups of one length', '495 123 456', [], ['495 123 456']],
    ['a local number', '123-45-67', [], ['123-45-67']],
    ['a short local number', '12-34-56', [], ['12-34-56']],
    ['a single digit beside a number', '1, 89161234567', ['+79161234567'], ['1']],
    ['a telephone behind a number', '89161234567 доб. 12', ['+79161234567'], ['12']],
    ['a telephone behind a number, in brackets', '8 495 123-45-67 (доб. 101)', ['+74951234567'], ['101)']],
    ['a telephone behind a number, bare', '8 495 123 45 67 101', ['+74951234567'], ['101']],
    ['a telephone behind ten digits', '495 123 45 67 101', ['+74951234567'], ['101']],
    ['a telephone behind a number, as in SIP', '89161234567;ext=12', ['+79161234567'], ['12']],
    ['the second of two lines', '8-495-123-45-67/68', ['+74951234567'], ['68']],
    [
      'two more lines, then an extension',
      '8-495-123-45-67/68/69, 101',
      ['+74951234567', '101'],
      ['68', '69'],
    ],
    ['digits behind ten digits', '9161234567 12', ['+79161234567'], ['12']],
    ['digits in words', 'после 18 89161234567', ['+79161234567'], ['18']],
    ['a time', 'до 18:00 89161234567', ['+79161234567'], ['18:00']],
    ['a list', '1) 9161234567 2) 9037654321', ['+79161234567', '+79037654321'], ['1)', '2)']],
    ['a prefix with # that hides the caller', '#31#89161234567', ['+79161234567'], ['31']],
    [
      'a telephone of the number before',
      '84951230000, доб. 101 89161234567',
      ['+74951230000', '+79161234567'],
      ['101'],
    ],
    ['a flat before a number', 'кв. 101 89161234567', ['+79161234567'], ['101']],
    ['three digits before a number without its prefix', '886 (342) 996-29-00', ['+73429962900'], ['886']],
    ['two digits behind a name', 'Ольга 10', [], ['10']],
    ['an address', 'ул. Ленина 10, кв. 25', [], ['10', '25']],
    ['a mail address', 'ivan101@mail.ru', [], ['101']],
  ])('%s: %j', (_, field, expected, left) => {
    expect(entries(field)).toEqual(expected);
    expect(rejected(field)).toEqual(left);
  });

  test('a text too long for a field of phones is rejected as a whole, and cut', () => {
    const { entries: none, rejected: all } = parsePhoneField('89161234567,'.repeat(100), 'RU');
    expect(none).toEqual([]);
    expect(all).toEqual([expect.stringMatching(/^89161234567,.{52}$/)]);
  });

  test('a run of very many groups is rejected as a whole', () => {
    expect(entries('8 '.repeat(100))).toEqual([]);
    expect(rejected('8 '.repeat(100))).toHaveLength(1);
  });
});

describe('what Dial() would understand never comes out', () => {
  test.each([
    ['101&SIP/evil', ['101']],
    ['101&102', ['101', '102']],
    ['101@evil', []],
    ['101,30,g', ['101', '30']],
    ['${EXTEN}', []],
    ['$[101]', []],
    ['{101}', []],
    ['Local/101@internal', ['101']],
    ['Local/101@internal,30,g', ['101', '30']],
    ['PJSIP/101@a&System(id)', ['101']],
    ['89161234567@evil', ['+79161234567']],
    ['101\r\nSET VARIABLE A 5', ['101']],
    ['101\u0000', ['101']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});

test('another country reads its own numbers', () => {
  expect(entries('8 029 123-45-67, 80 44 7654321', 'BY')).toEqual(['+375291234567', '+375447654321']);
  expect(entries('8 701 234 56 78 8 702 345 67 89', 'KZ')).toEqual(['+77012345678', '+77023456789']);
});

test('the demo company has telephones that can be dialled, but for the three that have none', () => {
  const fields = [...users.map(({ extPhone }) => extPhone), ...kurier.map(({ phonem }) => phonem)];
  expect(fields.flatMap((field) => rejected(field))).toEqual([]);
  expect(fields.filter((field) => entries(field).length === 0)).toEqual(['', '']);
});

describe('whatever the field', () => {
  const pieces = fc.oneof(
    fc.constantFrom('101', '8', '916', '9161234567', '+7', '123-45-67', '12', '375', '29', '8 903 765 43 21'),
    fc.constantFrom(...' ,;/&@${}()-+\n\u0000"\'\\|'.split('')),
    fc.constantFrom(
      ' ',
      ', ',
      'доб.',
      'Иван',
      'ext',
      ';ext=',
      'SIP',
      'Local/101@x',
      '#',
      '*',
      ',,',
      '.0',
      'E10',
    ),
    fc.constantFrom('ИНН ', 'кв. ', 'с 9 до 18', '10:00-19:00', '01.12.2026', '201-202', 'в/н', 'р/с'),
  );
  const fields = fc.oneof(
    anyText({ maxLength: 300 }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
  );

  test('entries hold digits alone, none twice', () => {
    fc.assert(
      fc.property(fields, (field) => {
        const found = entries(field);
        for (const entry of found) expect(entry).toMatch(/^(\+[1-9]\d{6,14}|\d{2,6}|[1-9])$/);
        expect(new Set(found).size).toBe(found.length);
      }),
      runs(0.25),
    );
  });

  test('what is rejected is short, has a digit, and no letter or control character', () => {
    fc.assert(
      fc.property(fields, (field) => {
        for (const text of rejected(field)) expect(text).toMatch(/^(?=.*\d)[\d ().,:/~_+-]{1,64}$/);
      }),
      runs(0.25),
    );
  });

  test('entries written out are read as themselves', () => {
    fc.assert(
      fc.property(fields, (field) => {
        const found = entries(field);
        expect(entries(found.join(', '))).toEqual(found);
      }),
      runs(0.125),
    );
  });
});
