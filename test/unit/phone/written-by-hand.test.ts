import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createFieldParser, parsePhoneField } from '../../../src/phone/field.ts';
import type { LocalHabits } from '../../../src/phone/reading.ts';
import { runs } from '../../lab/fuzz.ts';

/** Extensions as they are, numbers with a plus: short enough for a table. */
function entries(field: string, habits?: LocalHabits): string[] {
  return parsePhoneField(field, 'RU', habits).entries.map((entry) =>
    entry.kind === 'number' ? `+${entry.digits}` : entry.extension,
  );
}

describe('an extension of the number before it is not rung', () => {
  test.each([
    '84951230000, доб. 101',
    '84951230000, доб 101',
    '84951230000; доб.101',
    '84951230000\nдоб. 101',
    '84951230000 / доб. 101',
    '84951230000, добавочный 101',
    '84951230000, вн. 101',
    '84951230000, вн.тел. 101',
    '84951230000, внутр. 101',
    '84951230000, ext. 101',
    '84951230000, ext 101',
    '84951230000;ext=101',
    '84951230000 x101',
    '84951230000x101',
    '84951230000, x 101',
    '84951230000p101',
    '84951230000,,101',
    '84951230000#101',
    '84951230000 #101',
    '84951230000, #101',
    '84951230000 (доб. 101)',
    '84951230000, (доб. 101)',
    '84951230000, доб. 101, 102',
    '84951230000, доб. 101/102',
    '84951230000, доб. 101 102',
    '84951230000, доб. 1',
    '84951230000 доб. 101 102',
    '84951230000-12',
    '84951230000-101',
    '84951230000 - 101',
    '8-495-123-00-00-101',
    '8 (495) 123-00-00-101',
    '8(495)1230000-101',
    '+7 495 123-00-00-101',
    '84951230000-1',
    '84951230000-101-102',
    '84951230000, тоновый набор 101',
    '84951230000, затем 101',
    '+74951230000-12345',
  ])('%j', (field) => {
    expect(entries(field)).toEqual(['+74951230000']);
  });

  test.each([
    ['84951230000, 101', ['+74951230000', '101']],
    ['84951230000, доб. 5, 104', ['+74951230000', '104']],
    ['84951230000 доб. 101, Мария 202', ['+74951230000', '202']],
    ['доб. 101, 84951230000', ['101', '+74951230000']],
    ['101, доб. 102', ['101', '102']],
    ['84951230000 доб. 101, 89161230001', ['+74951230000', '+79161230001']],
    ['89161230001, доб. 101', ['+79161230001']],
    ['84951230000, доп. 916 123 00 01', ['+74951230000', '+79161230001']],
    ['84951230000, вн. 8 (916) 123-00-01', ['+74951230000', '+79161230001']],
    // A mobile has no extensions of its own.
    ['8 (903) 555-00-04, вн. 104', ['+79035550004', '104']],
  ])('but in %j there is another telephone', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});

describe('hours and dates are no telephones', () => {
  const COMMENTS = [
    '10:00-19:00',
    '10:00–19:00',
    '10.00-19.00',
    '9:00 - 18:00',
    '9-18',
    '9 - 18',
    '10-19',
    '0900-1800',
    '9.00-18',
    'с 9 до 18',
    'с 9:00 до 18:00',
    'с 9.00 до 18.00',
    'с 9ч до 18ч',
    'с 10 до 19 ч.',
    'до 18',
    'до 18:00',
    'после 18',
    'пн-пт 9-18',
    'пн-пт 9:00–18:00',
    'пн.-пт. с 9 до 18, сб 10-15',
    'ПН-ПТ с 10 до 20 часов',
    'обед 13-14',
    'обед с 13 до 14',
    'перерыв 13:00',
    '24/7',
    '9 утра - 18',
    '18 часов',
    'звонить до 21',
    'from 9 to 18',
    'Mon-Fri 9am-6pm',
    '01.12.2026',
    '1.12.26',
    '01/12/2026',
    '2026-12-01',
    '01-12-2026',
    '12/05/90',
    '12/05',
    '2/2',
    '10-00/19-00',
    '9:00 AM - 6:00 PM',
    'до 01.12',
    'с 1 декабря',
    'отпуск с 10 по 25 января 2027 г.',
    'отпуск 10.01-25.01',
    'др 12.03.1985',
  ];

  test.each(COMMENTS)('%j, alone, behind a number, before it, and beside an extension', (comment) => {
    expect(entries(comment)).toEqual([]);
    expect(entries(`89161230001, ${comment}`)).toEqual(['+79161230001']);
    expect(entries(`89161230001 (${comment})`)).toEqual(['+79161230001']);
    expect(entries(`89161230001 ${comment}`)).toEqual(['+79161230001']);
    expect(entries(`89161230001\n${comment}`)).toEqual(['+79161230001']);
    expect(entries(`${comment}, 89161230001`)).toEqual(['+79161230001']);
    expect(entries(`201, ${comment}`)).toEqual(['201']);
  });

  test.each(['8-916-123-10-18', '8 (916) 123-10-18', '8 916 123 10-18', '8 916 123 10 18'])(
    'but in %j they are the end of a number',
    (field) => {
      expect(entries(field)).toEqual(['+79161231018']);
    },
  );
});

describe('a number that went through a spreadsheet', () => {
  test.each([
    '79161230001.0',
    '79161230001.00',
    '79161230001,0',
    '79161230001,00',
    '89161230001.0',
    '9161230001.0',
    '7.9161230001E10',
    '7.9161230001E+10',
    '7,9161230001E+10',
    '7,9161230001e+10 Иван',
    '="79161230001"',
    "'79161230001",
    '79 161 230 001,00',
  ])('%j', (field) => {
    expect(entries(field)).toEqual(['+79161230001']);
  });

  test.each([
    ['201.0', ['201']],
    ['201.0, 202.0', ['201', '202']],
    // The digits are lost: nothing of it may be rung.
    ['7,91612E+10', []],
    ['7.92E+10', []],
    ['7,91612E+10, 201', ['201']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});

describe('a telephone of ours', () => {
  test.each([
    'в/н 201',
    'В/Н 201',
    'в/н: 201',
    'в.н. 201',
    'в-н 201',
    'x201',
    'Мария201',
    'Мария_201',
    'Мария/201',
    '201Мария',
    'в/н201',
    'вн 201',
    'вн.201',
    'вн. тел. 201',
    'вн.тел 201',
    'внутр. 201',
    'внутр.тел. 201',
    'внутренний 201',
    'внутренний номер: 201',
    'внутр. номер № 201',
    'доб201',
    'т. 201',
    'р. т. 201',
    'ext 201',
    'ext201',
    'extension 201',
    'int. 201',
    'Мария 201',
    'Мария Петрова 201',
    'Петрова М.А. 201',
    'Мария, 201',
    'Мария: 201',
    'Мария - 201',
    'Мария (201)',
    'Мария <201>',
    'Мария вн. 201',
    'Maria 201',
    'Менеджер 201',
    '201 Мария',
    '201 - Мария',
    '201 (Мария)',
    '201 Maria',
    '201 вн.',
    '201 (в/н)',
    '201#',
    '201*',
    '#201',
    '*201',
    '№ 201',
    'SIP/201',
    'sip/201',
    'PJSIP/201',
    'PJSIP/201@phones',
    'PJSIP/201/sip:201@10.0.0.5:5060',
    'IAX2/201',
    'Local/201@from-internal',
    'Local/201@from-internal/n',
    'SIP/201@10.0.0.5',
    'sip:201@pbx.example',
    'sip:201@10.0.0.5:5060',
    '<sip:201@pbx.example>',
    'Мария SIP/201',
  ])('%j is 201', (field) => {
    expect(entries(field)).toEqual(['201']);
  });

  test.each([
    ['201-202', ['201', '202']],
    ['201–202', ['201', '202']],
    ['201 - 202', ['201', '202']],
    ['201-205', ['201', '205']],
    ['201-202-203', ['201', '202', '203']],
    ['201-202-203-204', ['201', '202', '203', '204']],
    ['1001-1002', ['1001', '1002']],
    ['1001 1002 1003 1004', ['1001', '1002', '1003', '1004']],
    ['201+202', ['201', '202']],
    ['201#202', ['201', '202']],
    ['вн. 201-202', ['201', '202']],
    ['201 Мария 20', ['201', '20']],
    ['Мария 201, Ольга 202', ['201', '202']],
    ['Мария 201 Ольга 202', ['201', '202']],
    ['Мария 201; Ольга 8 916 123-00-01', ['201', '+79161230001']],
    ['PJSIP/201&PJSIP/202@x', ['201', '202']],
    ['PJSIP/89161230001@trunk', ['+79161230001']],
    ['SIP/trunk/89161230001', ['+79161230001']],
    ['7', ['7']],
    ['доб. 7', ['7']],
    ['в/н 7', ['7']],
    ['№7', ['7']],
    ['7, 8', ['7', '8']],
    ['7#', ['7']],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });

  test.each([
    '0',
    '-1',
    '1)',
    'Мария 7',
    '7, 89',
    '*43',
    'факс 201',
    'таб. № 201',
    'PJSIP/user201',
    'кроме 201',
    'А201',
    '201а',
    'А201ВС77',
    'ivan201@mail.ru',
    '201@evil',
    'ivan.201@mail.ru',
    '12-34-56',
    '123-45-67',
    '230-001',
    '10-12-14',
  ])('none is taken for one in %j', (field) => {
    expect(entries(field).filter((entry) => entry !== '89')).toEqual([]);
  });
});

describe('numbers that have lost what was between them', () => {
  test.each([
    ['84951230000-89161230001', ['+74951230000', '+79161230001']],
    ['8-495-123-00-00-8-916-123-00-01', ['+74951230000', '+79161230001']],
    ['8(916)123-00-018(903)765-43-21', ['+79161230001', '+79037654321']],
    ['891612300018903765-43-21', ['+79161230001', '+79037654321']],
    ['+49 30 123456 123-45-67', ['+4930123456']],
    ['998 90 123 45 67. 8-800-100-00-00', ['+998901234567', '+78001000000']],
    ['8916123000189037654321', ['+79161230001', '+79037654321']],
    ['7916123000179037654321', ['+79161230001', '+79037654321']],
    ['+7916123000189037654321', ['+79161230001', '+79037654321']],
    ['91612300019037654321', ['+79161230001', '+79037654321']],
    ['916123000189037654321', ['+79161230001', '+79037654321']],
    ['891612300018903765432184951230000', ['+79161230001', '+79037654321', '+74951230000']],
    ['Иван 8916123000189037654321', ['+79161230001', '+79037654321']],
    ['8916123000189037654321, 201', ['+79161230001', '+79037654321', '201']],
    ['89161230001 8903765432189037654322', ['+79161230001', '+79037654321', '+79037654322']],
    // Accounts and bar codes.
    ['40702810900000012345', []],
    ['40817810099910004312', []],
    ['4607034171234567890123', []],
    // One has lost a digit.
    ['891612300018903765432', []],
  ])('%j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});

describe('numbers of documents and houses are not dialled', () => {
  const OTHERS = [
    'ИНН 7712345678',
    'ИНН: 7712345678',
    'инн7712345678',
    'ИНН 771234567890',
    'ИНН/КПП 7712345678/771201001',
    '7712345678 ИНН',
    'КПП 771201001',
    'ОГРН 1027700132195',
    'ОГРНИП 304500116000157',
    'СНИЛС 123-456-789 00',
    'СНИЛС 12345678900',
    'паспорт 4510 123456',
    'паспорт РФ 45 10 № 123456',
    'паспорт: серия 4510 номер 123456',
    'р/с 40702810900000012345',
    'к/с 30101810400000000225',
    'БИК 044525225',
    'договор 7712345678',
    'договор № 7712345678 от 01.02.2026',
    'дог. № 201',
    'заказ 7712345678',
    'накладная № 9161230001',
    'INN 7712345678',
    '№ 7712345678',
    'сер. 4510 ном. 123456',
    'вод. уд. 77 12 345678',
    'карта 2202 2012 3456 7890',
    '2202 2012 3456 7890',
    'passport 4510 123456',
    'кв. 101',
    'кв 101',
    'кв.101',
    '101 кв',
    'дом 101',
    'подъезд 101',
    'этаж 101',
    '101 этаж',
    'домофон 101',
    'домофон 7712345678',
    'код 101',
    'код домофона 7712345678',
    'каб. 305',
    'ул. Ленина 101',
    'ул. Ленина, д. 10, кв. 101',
  ];

  test.each(OTHERS)('%j, alone and beside a number', (other) => {
    // д. is a label of extensions, too.
    const withoutHouse = (field: string) => entries(field).filter((entry) => entry !== '10');
    expect(withoutHouse(other)).toEqual([]);
    expect(withoutHouse(`89161230001, ${other}`)).toEqual(['+79161230001']);
    expect(withoutHouse(`${other}, 89161230001`)).toEqual(['+79161230001']);
    expect(withoutHouse(`${other}\nтел. 8 (916) 123-00-01`)).toEqual(['+79161230001']);
    expect(withoutHouse(`${other} тел. 89161230001`)).toEqual(['+79161230001']);
    expect(withoutHouse(`89161230001 (${other})`)).toEqual(['+79161230001']);
  });

  test.each([
    ['ИНН 7712345678 89161230001', ['+79161230001']],
    ['№ 9161230001', ['+79161230001']],
    ['№ 84951230000', ['+74951230000']],
    ['кв. 9161230001', ['+79161230001']],
    ['паспорт 4510 123456 +7 916 123-00-01', ['+79161230001']],
    ['паспорт у Ивана 89161230001', ['+79161230001']],
    ['89161230001 паспорт', ['+79161230001']],
    ['дом 4951230000', ['+74951230000']],
    ['дом. 8 495 123-00-00', ['+74951230000']],
    ['(код 495) 123-00-00', ['+74951230000']],
    ['8 (код 495) 123-00-00', ['+74951230000']],
    ['код 495 123-00-00', ['+74951230000']],
    ['кв. 101, 201', ['201']],
    ['кв. 101 тел. 201', ['201']],
  ])('but %j holds %j', (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });
});

describe('numbers of the own city', () => {
  const perm = { areaCode: '342', strip: ['9', '0'] };
  const tyumen = { areaCode: '3452', strip: ['9', '0'] };

  test.each([
    ['230-00-01', perm, ['+73422300001']],
    ['2300001', perm, ['+73422300001']],
    ['230 00 01', perm, ['+73422300001']],
    ['9 230-00-01', perm, ['+73422300001']],
    ['230-00-01, 201', perm, ['+73422300001', '201']],
    ['раб. 230-00-01 моб. 89161230001', perm, ['+73422300001', '+79161230001']],
    ['230-00-01 230-00-02', perm, ['+73422300001', '+73422300002']],
    ['230-00-01 доб. 201', perm, ['+73422300001']],
    ['230-00-01, доб. 201', perm, ['+73422300001']],
    ['8 495 123 45 67', perm, ['+74951234567']],
    ['8 495 123 45 67 101', perm, ['+74951234567']],
    ['8 916 123 45 67 8 903 765 43 21', perm, ['+79161234567', '+79037654321']],
    ['9-8-916-123-45-67', perm, ['+79161234567']],
    ['201 202', perm, ['201', '202']],
    ['230001', tyumen, ['+73452230001']],
    ['23-00-01', tyumen, ['+73452230001']],
    ['201-202', perm, ['201', '202']],
    ['201 202', tyumen, ['201', '202']],
    ['201, 230-001', tyumen, ['201', '+73452230001']],
    ['201', tyumen, ['201']],
  ])('%j', (field, habits, expected) => {
    expect(entries(field, habits)).toEqual(expected);
  });
});

test('a field that is read again says the same', () => {
  const parse = createFieldParser('RU');
  for (const field of ['104, 8 (903) 555-00-04', '', 'доб. 101', '104, 8 (903) 555-00-04', '']) {
    expect(parse(field)).toEqual(parsePhoneField(field, 'RU'));
  }
});

test('a field of any length that is read is read once', () => {
  const parse = createFieldParser('RU');
  const field = `ИНН ${'7 916 123 45 67 8 903 765 43 21 '.repeat(8)}`.slice(0, 255);
  expect(parse(field).rejected).not.toEqual([]);
  expect(parse(field)).toBe(parse(field));
});

describe('a field made of known numbers', () => {
  const operator = fc.constantFrom('916', '903', '926', '985', '905', '999', '495', '812', '342', '800');
  const number = fc
    .tuple(operator, fc.integer({ min: 2_000_000, max: 9_999_999 }))
    .map(([code, rest]) => `7${code}${rest}`)
    .filter((digits) => parsePhoneField(`+${digits}`, 'RU').entries.length === 1);

  /** Ways to write the ten digits behind the country, as people do. */
  const WRITINGS: ((code: string, a: string, b: string, c: string) => string)[] = [
    (code, a, b, c) => `+7${code}${a}${b}${c}`,
    (code, a, b, c) => `8${code}${a}${b}${c}`,
    (code, a, b, c) => `7${code}${a}${b}${c}`,
    (code, a, b, c) => `${code}${a}${b}${c}`,
    (code, a, b, c) => `8 (${code}) ${a}-${b}-${c}`,
    (code, a, b, c) => `8(${code})${a}${b}${c}`,
    (code, a, b, c) => `+7 ${code} ${a} ${b} ${c}`,
    (code, a, b, c) => `+7 (${code}) ${a}–${b}–${c}`,
    (code, a, b, c) => `8-${code}-${a}-${b}-${c}`,
    (code, a, b, c) => `8.${code}.${a}.${b}.${c}`,
    (code, a, b, c) => `(${code}) ${a} ${b}${c}`,
    (code, a, b, c) => `8\u00a0${code}\u00a0${a}‑${b}‑${c}`,
    (code, a, b, c) => `7${code}${a}${b}${c}.0`,
    (code, a, b, c) => `PJSIP/8${code}${a}${b}${c}@trunk`,
  ];
  const written = fc.tuple(number, fc.constantFrom(...WRITINGS)).map(([digits, write]) => ({
    entry: `+${digits}`,
    text: write(digits.slice(1, 4), digits.slice(4, 7), digits.slice(7, 9), digits.slice(9)),
  }));
  const extension = fc
    .tuple(fc.constantFrom('', 'в/н ', 'вн. тел. ', 'Мария ', 'SIP/'), fc.integer({ min: 100, max: 9999 }))
    .map(([label, digits]) => ({ entry: String(digits), text: label + digits }));

  const before = fc.constantFrom('', 'тел. ', 'моб.', 'раб: ', 'Иван ', 'т.', 'дом. ', 'Maria: ');
  const comment = fc.constantFrom(
    '',
    ' Иван',
    ' (Мария)',
    ' - WhatsApp',
    ' (9-18)',
    ' с 9 до 18',
    ', 10:00-19:00',
    ', пн-пт 9:00–18:00',
    ', до 01.12.2026',
    ', ИНН 7712345678',
    ', кв. 101',
    ' не звонить после 21',
  );
  const separator = fc.constantFrom(', ', '; ', ';', '\n', ' / ', ' | ', ' и ', ' или ', ',');

  const field = fc.array(
    fc.record({ before, what: fc.oneof({ weight: 3, arbitrary: written }, extension), comment, separator }),
    { minLength: 1, maxLength: 4 },
  );

  test('gives these numbers, in their order, and nothing else', () => {
    fc.assert(
      fc.property(field, (items) => {
        const texts = items.map(({ before: word, what, comment: remark, separator: end }, index) => {
          // A word before an extension is part of it already.
          const lead = what.entry.startsWith('+') ? word : '';
          return lead + what.text + remark + (index === items.length - 1 ? '' : end);
        });
        const text = texts.join('');
        fc.pre(text.length <= 255 && !isAmbiguous(items));
        expect(entries(text)).toEqual([...new Set(items.map(({ what }) => what.entry))]);
      }),
      runs(0.175),
    );
  });

  /** `в/н 104` behind a fixed line is an extension of that, and so is what a slash joins to a number. */
  function isAmbiguous(
    items: readonly { what: { entry: string; text: string }; separator: string }[],
  ): boolean {
    return items.some(({ what }, index) => {
      const previous = items[index - 1];
      if (previous === undefined || what.entry.startsWith('+') || !previous.what.entry.startsWith('+'))
        return false;
      return (
        previous.separator.includes('/') ||
        (/^вн?[ ./]/.test(what.text) && /^\+7[^9]/.test(previous.what.entry))
      );
    });
  }
});
