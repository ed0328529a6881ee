import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { formatNumber } from '../../../src/phone/format.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { LocalHabits } from '../../../src/phone/reading.ts';
import { isKnownCountry, normaliseNumber } from '../../../src/phone/number.ts';
import { anyText, places, runs } from '../../lab/fuzz.ts';

/** The digits, or the reason why there are none. */
function read(raw: string, country = 'RU', habits?: LocalHabits): string {
  const result = normaliseNumber(raw, country, habits);
  return result.kind === 'number' ? result.digits : result.reason;
}

describe('a Russian number', () => {
  test.each([
    '79161234567',
    '+79161234567',
    '+7 916 123-45-67',
    '8 (916) 1234567',
    '89161234567',
    '8.916.123.45.67',
    '8_916_123_45_67',
    '(916) 123-45-67',
    '9161234567',
    // Dialled from abroad, and from Russia itself.
    '0079161234567',
    '81079161234567',
    '8~10 7 916 123 45 67',
    '+7 (8916) 123-45-67',
    // Gateways that put a plus before whatever comes.
    '+89161234567',
    '+9161234567',
    '+0079161234567',
    // From SIP headers.
    'tel:+7-916-123-45-67',
    'tel:9161234567;phone-context=+7',
    'sip:79161234567@10.0.0.1',
    'SIP:+79161234567@pbx.example:5060;transport=udp',
    'sip:%2B79161234567@pbx.example',
    '<sip:89161234567@pbx.example;user=phone>;tag=1928',
    '"Иван" <sip:+79161234567@pbx.example;user=phone>',
    '"Anonymous" <sip:+79161234567@anonymous.invalid>',
    '79161234567@10.0.0.1',
    '79161234567;npdi=yes',
    'Ivan <79161234567>',
    // Caller and called in one.
    '79161234567#74950000000',
    '79161234567*74950000000',
    '+79161234567#+74950000000',
    '9161234567#101',
    '89161234567#',
    '79161234567*',
    'sip:79161234567#74950000000@10.0.0.1',
    'sip:79161234567%2374950000000@10.0.0.1',
    '79161234567/74950000000',
    '79161234567|74950000000',
    '79161234567:5060',
    '79161234567-74950000000',
    'tel:79161234567#74950000000',
    // Quotes of the dialplan.
    '"79161234567"',
    "'79161234567'",
    '"+79161234567"',
    '\\"79161234567\\"',
    '«79161234567»',
    '“79161234567”',
    '"79161234567',
    '"89161234567#74950000000"',
    '"sip:79161234567@10.0.0.1"',
    '"Иван" <"79161234567">',
    '"79161234567" <79161234567>',
    // Out of a spreadsheet.
    '79161234567.0',
    '79161234567.00',
    '79161234567,0',
    '7.9161234567E10',
    '7,9161234567E+10',
    '7.9161234567e+10',
    '="79161234567"',
    "'79161234567",
    // Copied from a phone book or a spreadsheet.
    ' 79161234567\t',
    '\u202a+7\u00a0916\u00a0123\u201145\u201167\u202c',
    '+7 916 123–45–67',
    '\uff0b\uff17\uff19\uff11\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17',
  ])('is read from %j', (raw) => {
    expect(read(raw)).toBe('79161234567');
  });

  test.each([
    ['8 495 123-45-67', '74951234567'],
    ['8 800 100-00-00', '78001000000'],
    ['4951234567', '74951234567'],
  ])('may be a fixed line or a free one: %j', (raw, digits) => {
    expect(read(raw)).toBe(digits);
  });
});

describe('what is left out or put before numbers', () => {
  const { numbers } = parseConfig('', 'defaults');

  test.each([
    ['989161234567', '79161234567'],
    ['089161234567', '79161234567'],
    ['9-8-916-123-45-67', '79161234567'],
    ['979161234567', '79161234567'],
    ['99161234567', '79161234567'],
    ['09161234567', '79161234567'],
    ['984951234567', '74951234567'],
    ['989265550061', '79265550061'],
    ['089265550061', '79265550061'],
    ['9 8 701 234 56 78', '77012345678'],
    // With a plus it is a number of Iran; these are of Uzbekistan, of Turkmenistan and of Georgia.
    ['+989161234567', '989161234567'],
    ['998901234567', '998901234567'],
    ['99361234567', '99361234567'],
    ['97517120821', '97517120821'],
    ['995555123456', '995555123456'],
    // Complete as they are.
    ['9161234567', '79161234567'],
    ['0079161234567', '79161234567'],
    ['79161234567', '79161234567'],
    // Nothing that may be meant is behind the digit.
    ['98916123456', 'malformed'],
    ['9101', 'internal'],
    ['9891612345678', 'malformed'],
    ['9', 'malformed'],
  ])('by default, a digit for an outside line: %j is %s', (raw, expected) => {
    expect(read(raw, 'RU', numbers)).toBe(expected);
  });

  test.each([
    ['[]', '989265550061', 'malformed'],
    ['[]', '989161234567', '989161234567'],
    ['[7]', '789161234567', '79161234567'],
    ['[99]', '9989161234567', '79161234567'],
  ])('numbers.strip: %s makes of %j %s', (strip, raw, expected) => {
    expect(read(raw, 'RU', parseConfig(`numbers: {strip: ${strip}}`, 'test').numbers)).toBe(expected);
  });

  test.each([
    ['KZ', '987012345678', '77012345678'],
    ['UA', '90501234567', '380501234567'],
    // Where 8 means nothing, Turkey and India come first.
    ['DE', '905321234567', '905321234567'],
    ['US', '916502530000', '916502530000'],
    ['XX', '989161234567', '989161234567'],
  ])('in %s, %j is %s', (country, raw, expected) => {
    expect(read(raw, country, numbers)).toBe(expected);
  });

  test.each([
    ['RU', '342', '2300001', '73422300001'],
    ['RU', '342', '230-00-01', '73422300001'],
    ['RU', '342', '+2300001', '73422300001'],
    ['RU', '342', '92300001', '73422300001'],
    ['RU', '342', '"2300001"', '73422300001'],
    ['RU', '342', '2300001#2300002', '73422300001'],
    ['RU', '342', '6834002', '73426834002'],
    ['RU', '3452', '230001', '73452230001'],
    ['RU', '84235', '23001', '78423523001'],
    ['BY', '17', '2300001', '375172300001'],
    ['UA', '44', '2300001', '380442300001'],
    ['AM', '10', '230001', '37410230001'],
    ['DE', '30', '6834002', '49306834002'],
    // What is complete stays.
    ['RU', '342', '79161234567', '79161234567'],
    ['RU', '342', '9161234567', '79161234567'],
    ['RU', '342', '84951234567', '74951234567'],
    ['RU', '342', '375291234567', '375291234567'],
    ['RU', '342', '+49 30 123456', '4930123456'],
    ['DE', '30', '4930123456', '4930123456'],
    ['DE', '30', '01512 3456789', '4915123456789'],
    // Of another length than a number of the city.
    ['RU', '342', '230001', 'internal'],
    ['RU', '342', '23000012', 'malformed'],
    ['RU', '342', '101', 'internal'],
    ['RU', '3452', '2300001', 'malformed'],
    ['RU', '', '2300001', 'malformed'],
    ['XX', '342', '2300001', 'malformed'],
  ])('in %s with areaCode "%s", %j is %s', (country, areaCode, raw, expected) => {
    expect(read(raw, country, { ...numbers, areaCode })).toBe(expected);
  });
});

describe('a number of another country', () => {
  test.each([
    ['Kazakhstan', '+7 701 234-56-78', '77012345678'],
    ['Kazakhstan, as a Russian writes it', '8 701 234 56 78', '77012345678'],
    ['Kazakhstan, ten digits', '7012345678', '77012345678'],
    ['Belarus', '+375 (29) 123-45-67', '375291234567'],
    ['Belarus, without plus', '375291234567', '375291234567'],
    ['Belarus, with spaces and without plus', '375 29 123-45-67', '375291234567'],
    ['Belarus, dialled from Russia', '810375291234567', '375291234567'],
    ['Belarus, dialled from Europe', '00375291234567', '375291234567'],
    ['Armenia', '37477123456', '37477123456'],
    ['Georgia', '995555123456', '995555123456'],
    ['Kyrgyzstan', '996700123456', '996700123456'],
    ['Uzbekistan', '998901234567', '998901234567'],
    ['Ukraine', '380501234567', '380501234567'],
    ['Moldova', '37362112345', '37362112345'],
    ['Tajikistan', '992917123456', '992917123456'],
    ['Azerbaijan', '994501234567', '994501234567'],
    ['Germany', '4915123456789', '4915123456789'],
    ['Germany, ten digits with plus', '+49 30 123456', '4930123456'],
    ['the United States', '12128506000', '12128506000'],
    ['Vietnam, with plus', '+84951234567', '84951234567'],
  ])('is read in Russia: %s', (_, raw, digits) => {
    expect(read(raw)).toBe(digits);
  });

  test('is one of Moscow when it could be either and has no plus', () => {
    expect(read('84951234567')).toBe('74951234567');
  });
});

test.each([
  ['KZ', '87012345678', '77012345678'],
  ['KZ', '7012345678', '77012345678'],
  ['KZ', '8 (916) 123-45-67', '79161234567'],
  ['KZ', '9161234567', '79161234567'],
  ['BY', '8 (029) 123-45-67', '375291234567'],
  ['BY', '80291234567', '375291234567'],
  ['BY', '291234567', '375291234567'],
  ['BY', '79161234567', '79161234567'],
  ['UA', '0501234567', '380501234567'],
  ['UZ', '901234567', '998901234567'],
  ['KG', '0700123456', '996700123456'],
  ['AM', '077123456', '37477123456'],
  ['GE', '555123456', '995555123456'],
  ['DE', '030 123456', '4930123456'],
  ['DE', '4930123456', '4930123456'],
  ['DE', '79161234567', '79161234567'],
  ['US', '(212) 850-6000', '12128506000'],
])('in %s %j is %s', (country, raw, digits) => {
  expect(read(raw, country)).toBe(digits);
});

describe('a range of tomorrow', () => {
  test.each([
    ['KZ', '+77091230001', '77091230001'],
    ['KZ', '77091230001', '77091230001'],
    ['KZ', '87091230001', '77091230001'],
    ['KZ', '8 (709) 123-00-01', '77091230001'],
    ['KZ', '7091230001', '77091230001'],
    ['BY', '8 099 123-45-67', '375991234567'],
    ['BY', '0991234567', '375991234567'],
    ['BY', '991234567', '375991234567'],
    ['UA', '0201234567', '380201234567'],
    ['UA', '201234567', '380201234567'],
    // Another number that lacks a digit, or has one too many.
    ['KZ', '8709123000', 'malformed'],
    ['KZ', '7709123000', 'malformed'],
    ['KZ', '870912300011', 'malformed'],
    ['RU', '7916123456', 'malformed'],
    ['RU', '8916123456', 'malformed'],
    ['RU', '3750000000', 'malformed'],
    ['BY', '1234567', 'malformed'],
    ['DE', '000000000', 'malformed'],
  ])('in %s, %j is %s', (country, raw, expected) => {
    expect(read(raw, country)).toBe(expected);
  });
});

describe('a number in no known range', () => {
  test.each([
    ['+70001234567', '70001234567'],
    ['70001234567', '70001234567'],
    ['0070001234567', '70001234567'],
    ['+375 99 000 00 00', '375990000000'],
    ['810375990000000', '375990000000'],
    ['85001234567', '75001234567'],
    ['8 (500) 123-45-67', '75001234567'],
    ['4001234567', '74001234567'],
  ])('is let through when written in full: %j', (raw, digits) => {
    expect(read(raw)).toBe(digits);
  });

  test.each([
    ['without a calling code', '0001234567'],
    ['one digit short', '+7000123456'],
    ['one digit long', '+700012345678'],
    ['of another country, without plus', '375990000000'],
    ['with a calling code that does not exist', '+999123456789'],
    ['that is all zeros', '+70000000000'],
  ])('is malformed %s: %j', (_, raw) => {
    expect(read(raw)).toBe('malformed');
  });
});

test.each([
  'anonymous',
  'Anonymous',
  'ANONYMOUS',
  'restricted',
  'private',
  'Private Number',
  'unavailable',
  'unknown',
  '<unknown>',
  'asterisk',
  'withheld',
  'No Caller ID',
  'anonymous@anonymous.invalid',
  'sip:anonymous@anonymous.invalid',
  'Anonymous <anonymous@anonymous.invalid>',
  '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=9',
  '"Anonymous" <sip:pbx.example>',
  'Anonymous <>',
  '(null)',
  'номер скрыт',
  'Неизвестный номер',
  'Не определён',
  // ANONYMOUS on a telephone's keys.
  '266696687',
  '+266696687',
])('%j is anonymous', (raw) => {
  expect(read(raw)).toBe('anonymous');
});

test.each(['', ' ', '\t\r\n', '<>', 'sip:@pbx.example', '\u200b'])('%j is empty', (raw) => {
  expect(read(raw)).toBe('empty');
});

test.each(['10', '101', '1001', '123456', '112', 'sip:101@pbx.example', '"Ольга" <101>', '02'])(
  '%j is internal',
  (raw) => {
    expect(read(raw)).toBe('internal');
  },
);

test.each([
  ['one digit short of 8 916 …', '8916123456'],
  ['one digit short of +7 916 …', '7916123456'],
  ['one digit short of 495 …', '495123456'],
  ['one digit too many', '791612345678'],
  ['a local number of Moscow, which is also one of Niue', '6834002'],
  ['a number of Belarus as it is dialled there', '80291234567'],
  ['a single digit', '7'],
  ['a plus and an extension', '+101'],
  ['a plus alone', '+'],
  ['a dash', '-'],
  ['a plus inside', '8+9161234567'],
  ['two pluses', '++79161234567'],
  ['two numbers', '79161234567,79037654321'],
  ['words beside the number', '79161234567 Иван'],
  ['an extension behind it', '84951234567 доб. 12'],
  ['a second line', '79161234567\nSET VARIABLE X Y'],
  ['NUL', '7916\u00001234567'],
  ['a dialplan expression', '${EXTEN}'],
  ['a second destination', '79161234567&SIP/1'],
  ['a quote of SQL', "79161234567' OR '1'='1"],
  ['a star code', '*43'],
  ['a sender with letters', 'MegaFon'],
  ['more than fits into E.164', '+7916123456712345678'],
  ['very long', '7'.repeat(100_000)],
  ['very long and blank', ' '.repeat(100_000)],
  ['a lone surrogate', '\ud83d79161234567'],
])('%s is malformed', (_, raw) => {
  expect(read(raw)).toBe('malformed');
});

describe('the country', () => {
  test.each([
    ['RU', true],
    ['KZ', true],
    ['XK', true],
    ['XX', false],
    ['ru', false],
    ['RUS', false],
    ['', false],
    ['001', false],
    ['constructor', false],
    ['__proto__', false],
  ])('%j is known: %j', (country, known) => {
    expect(isKnownCountry(country)).toBe(known);
  });

  test('may be unknown: then the international form is understood, and nothing else', () => {
    expect(read('+7 916 123-45-67', 'XX')).toBe('79161234567');
    expect(read('0079161234567', 'XX')).toBe('79161234567');
    expect(read('79161234567', 'XX')).toBe('79161234567');
    expect(read('89161234567', 'XX')).toBe('malformed');
    expect(read('101', 'XX')).toBe('internal');
  });
});

test('a number that would lose another prefix each time it is read is malformed', () => {
  // Belarus: 8 (8) 107879411, which leaves a number that begins with the national prefix again.
  expect(read('88107879411', 'BY')).toBe('malformed');
  expect(read('0037588105704008')).toBe('malformed');
});

const countries = fc.constantFrom('RU', 'KZ', 'BY', 'AM', 'GE', 'KG', 'UZ', 'UA', 'DE', 'US', 'XX');

const DIGITS = '0123456789'.split('');

/** Text that resembles what is read here: random characters alone would hardly ever reach a number. */
const numberLike = fc.oneof(
  anyText({ maxLength: 80 }),
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 5, maxLength: 21 }),
  fc
    .tuple(
      fc.constantFrom(
        '',
        '+',
        '00',
        '810',
        '8',
        '7',
        '+7',
        '79',
        '375',
        '49',
        '1',
        'sip:',
        'tel:+',
        '"A" <sip:',
      ),
      fc.string({ unit: fc.constantFrom(...DIGITS, ' ', '-', '(', ')', '+'), maxLength: 16 }),
      fc.constantFrom('', '@host', ';x=1', '>', ' '),
    )
    .map((parts) => parts.join('')),
);

const likelyNumber = fc
  .tuple(
    fc.constantFrom('', '8', '7', '+7', '007', '+', '00', '810', '8107'),
    fc.constantFrom('916', '495', '7', '701', '375', '49', '998', '9', ''),
    fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 7, maxLength: 10 }),
  )
  .map((parts) => parts.join(''));

describe('whatever the text', () => {
  test('the result is a reason or 7 to 15 digits', () => {
    fc.assert(
      fc.property(numberLike, countries, (raw, country) => {
        const result = normaliseNumber(raw, country);
        if (result.kind === 'number') expect(result.digits).toMatch(/^[1-9]\d{6,14}$/);
        else expect(['empty', 'anonymous', 'internal', 'malformed']).toContain(result.reason);
      }),
      runs(0.125),
    );
  });

  test('a result with its plus is read as itself', () => {
    fc.assert(
      fc.property(fc.oneof(numberLike, likelyNumber), countries, (raw, country) => {
        const result = normaliseNumber(raw, country);
        fc.pre(result.kind === 'number');
        expect(read(`+${result.digits}`, country)).toBe(result.digits);
      }),
      runs(0.25),
    );
  });

  test('a Russian or Kazakh result is read as itself', () => {
    fc.assert(
      fc.property(likelyNumber, fc.constantFrom('RU', 'KZ'), (raw, country) => {
        const result = normaliseNumber(raw, country);
        fc.pre(result.kind === 'number' && result.digits.startsWith('7'));
        expect(read(result.digits, country)).toBe(result.digits);
      }),
      runs(0.25),
    );
  });
});

const NEIGHBOURS = [
  'KZ',
  'BY',
  'AM',
  'GE',
  'KG',
  'UZ',
  'UA',
  'MD',
  'TJ',
  'AZ',
  'TM',
  'LV',
  'LT',
  'DE',
  'CN',
  'TR',
  'US',
];

describe('what is dialled is read as the number it came from', () => {
  test('every Russian mobile number and those of Moscow, in every format', () => {
    const russian = fc.oneof(
      fc.integer({ min: 0, max: 999_999_999 }).map((n) => `79${String(n).padStart(9, '0')}`),
      fc.integer({ min: 2_000_000, max: 9_999_999 }).map((n) => `7495${n}`),
    );
    fc.assert(
      fc.property(
        russian,
        fc.constantFrom('RU', 'KZ'),
        fc.constantFrom('digits' as const, 'plus' as const, 'national' as const),
        (digits, country, format) => {
          fc.pre(read(`+${digits}`, country) === digits);
          expect(read(formatNumber(digits, format, country), country)).toBe(digits);
        },
      ),
    );
  });

  test.each(NEIGHBOURS.flatMap((of) => ['RU', 'KZ', 'BY'].map((from) => [of, from] as const)))(
    'a number of %s, from %s, in every format',
    (of, from) => {
      const digits = exampleOf(of);
      for (const format of ['digits', 'plus', 'national'] as const) {
        expect(read(formatNumber(digits, format, from), from)).toBe(digits);
      }
    },
  );

  // Where national numbers are as short as extensions, they are taken for extensions.
  const withLongNumbers = getCountries().filter(
    (country) => formatNumber(exampleOf(country), 'national', country).length > 6,
  );

  test.each(withLongNumbers)('a number of %s at home, in every format', (country) => {
    const digits = exampleOf(country);
    for (const format of ['digits', 'plus', 'national'] as const) {
      expect(read(formatNumber(digits, format, country), country)).toBe(digits);
    }
  });
});

function exampleOf(country: string): string {
  const code = getCountries().find((known) => known === country);
  const example = code && getExampleNumber(code, examples);
  if (!example) throw new Error(`No example of a number of ${country}.`);
  return example.number.slice(1);
}

describe('a complete number of the country, which is not parsed,', () => {
  /** What stands behind a blank takes the long way. */
  const theLongWay = (raw: string): string => ` ${raw}`;

  test('is read as the long way reads it, for the beginnings of Russian numbers', () => {
    const beginnings = Array.from(places(10_001), (n) => String(n - 1).padStart(4, '0'));
    const numbers = beginnings.map((four, n) => (n % 2 === 0 ? `7${four}123456` : `+7${four}000000`));
    expect(numbers.map((raw) => read(raw))).toEqual(numbers.map((raw) => read(theLongWay(raw))));
  });

  test('is read as the long way reads it, in every country, with and without habits', () => {
    const all = getCountries().map((country) => ({ country, code: getCountryCallingCode(country) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.constantFrom('', '+', '00'),
        fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 3, maxLength: 13 }),
        fc.constantFrom<LocalHabits>({}, { areaCode: '342', strip: ['9', '0', '7'] }),
        ({ country, code }, before, rest, habits) => {
          const example = getExampleNumber(country, examples)?.number.slice(1) ?? '';
          for (const digits of [code + rest, rest, example, example.slice(0, -rest.length) + rest]) {
            const raw = before + digits;
            expect(read(raw, country, habits)).toBe(read(theLongWay(raw), country, habits));
          }
        },
      ),
      runs(0.125),
    );
  });

  test('is never what stands for a withheld number', () => {
    for (const country of getCountries()) expect(read('266696687', country)).toBe('anonymous');
  });
});
