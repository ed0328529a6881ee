import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { parsePhoneField } from '../../../src/phone/field.ts';
import { runs } from '../../lab/fuzz.ts';

const STRIP = ['9', '0'];
const HABITS = {
  none: { strip: STRIP },
  perm: { areaCode: '342', strip: STRIP },
  tyumen: { areaCode: '3452', strip: STRIP },
};

/** Extensions as they are, numbers with a plus. */
function entries(field: string, city: keyof typeof HABITS = 'none', country = 'RU'): string[] {
  return parsePhoneField(field, country, HABITS[city]).entries.map((entry) =>
    entry.kind === 'number' ? `+${entry.digits}` : entry.extension,
  );
}

describe('a mobile with a digit too many or too few is nobody', () => {
  test.each([
    // They were numbers of Pakistan, Nepal, Kuwait and Kazakhstan, and of the own city.
    ['8 (926) 891-23-133', 'none'],
    ['+7 (977) 922-11-761', 'none'],
    ['+7 (965) 512-34-567', 'none'],
    ['8 (9944) 347-74-56', 'none'],
    ['977 66652770', 'none'],
    ['92638882997', 'none'],
    ['+7 963 75 15 14', 'perm'],
    ['963 175 15 4', 'perm'],
    ['908 13 45 67', 'perm'],
    ['8 (96) 018-73-92', 'perm'],
    ['8 (984) 93-51-59', 'tyumen'],
    ['8 36 822 87 88', 'tyumen'],
    // An outside line is nothing that people keep.
    ['99113539073', 'none'],
    ['9911 353 90 73', 'none'],
    ['963 75 15 14', 'perm'],
  ] as const)('%j', (field, city) => {
    expect(entries(field, city)).toEqual([]);
    expect(entries(`${field}, 89037654321`, city)).toEqual(['+79037654321']);
    expect(entries(`89037654321 ${field}`, city)).toEqual(['+79037654321']);
  });

  test.each([
    '8 (77) 921-17-61',
    '8 (16) 485-40-20',
    '8-17-812-20-87',
    '8(61)593-32-62',
    '8 (22) 923-52-52',
    '7 27 709 03 83',
  ])('a prefix that stands alone is no part of an area code: %j', (field) => {
    for (const city of ['none', 'perm', 'tyumen'] as const) expect(entries(field, city)).toEqual([]);
  });

  const FORMS = [
    '8 ### ### ## ##',
    '8 (###) ###-##-##',
    '8(###)###-##-##',
    '8-###-###-##-##',
    '8 ### #######',
    '8 ### #### # ##',
    '+7 ### ### ## ##',
    '+7 ### ## ## ###',
    '+7 (###) ###-##-##',
    '+7(###)#######',
    '+7-###-###-##-##',
    '7 ### ### ## ##',
    '### ### ## ##',
    '### #######',
    '(###) ###-##-##',
    '### ###-##-##',
    '###-###-##-##',
    '### #### # ##',
    '##########',
  ];

  /** The digits in the places of a form; one of them twice, or not at all. */
  function write(form: string, digits: string, place: number, times: 0 | 2): string {
    let at = -1;
    return form.replaceAll('#', () => {
      at++;
      return (digits[at] ?? '').repeat(at === place ? times : 1);
    });
  }

  test('however it is written', () => {
    const mobile = fc
      // Without its 9, the 900 leaves an international prefix.
      .tuple(fc.integer({ min: 901, max: 999 }), fc.integer({ min: 0, max: 9_999_999 }))
      .map(([code, rest]) => `${code}${String(rest).padStart(7, '0')}`)
      .filter((digits) => parsePhoneNumberFromString(`+7${digits}`)?.isValid() === true);
    const place = fc.nat(9);
    const times = fc.constantFrom<0 | 2>(0, 2);
    const city = fc.constantFrom('none', 'perm', 'tyumen');
    fc.assert(
      fc.property(
        mobile,
        fc.constantFrom(...FORMS),
        place,
        times,
        city,
        (digits, form, at, howOften, where) => {
          const field = write(form, digits, at, howOften);
          // A digit that is set apart may be left over.
          const found = entries(field, where).filter((entry) => entry !== `+7${digits}`);
          expect({ field, where, found }).toEqual({ field, where, found: [] });
        },
      ),
      { ...runs(2), seed: 926 },
    );
  });
});

describe('what is whole is read', () => {
  test.each([
    ['993 65 123456', 'none', ['+99365123456']],
    ['993 65 12 34 56', 'none', ['+99365123456']],
    ['+99365123456', 'none', ['+99365123456']],
    ['+965 512 34567', 'none', ['+96551234567']],
    ['8007313017', 'none', ['+78007313017']],
    ['8-800-731-30-17', 'none', ['+78007313017']],
    ['98916 123 45 67', 'none', ['+79161234567']],
    ['989161234567', 'none', ['+79161234567']],
    ['9 230-00-01', 'perm', ['+73422300001']],
    ['101 230-00-01', 'perm', ['+73422300001']],
    ['2300001+101', 'perm', ['+73422300001']],
    ['230-00-01 89161234567', 'perm', ['+73422300001', '+79161234567']],
    ['230-00-01 8916123456', 'perm', ['+73422300001']],
    ['337-28-29 375 29 123 45 67', 'none', ['+375291234567']],
    ['8 916 123 45 67 8 (926) 891-23-133', 'none', ['+79161234567']],
  ] as const)('%j', (field, city, expected) => {
    expect(entries(field, city)).toEqual(expected);
  });
});
