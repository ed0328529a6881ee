import { describe, expect, test } from '@jest/globals';
import type { LookupRow } from '../../../src/directory/sql/selection.ts';
import { toMatch as toMatchOf, toMatches } from '../../../src/directory/sql/lookup.row.ts';

const toMatch = (row: LookupRow) => toMatchOf(row, [1]);

const EMPTY: LookupRow = {
  type: 3,
  source: 70001,
  order: null,
  open: 0,
  holder: null,
  issued: null,
  courier: null,
  phonem: null,
  phonek: null,
  courierManager: null,
  courierManagerPhone: null,
  client: null,
  clientState: null,
  clientManager: null,
  clientManagerPhone: null,
};
const SHIPMENT = {
  kind: 'recipient',
  shipment: 70001,
  order: null,
  visible: true,
  client: null,
  branch: null,
  open: false,
  holder: null,
};

const HOLDER = {
  courier: 11,
  phonem: '',
  phonek: '',
  phone: '',
  hasLeft: false,
  issuedAt: null,
  handedOver: false,
};

describe('a row of the look-up', () => {
  test.each<[string, Partial<LookupRow>, unknown]>([
    ['a shipment of which nothing else is known', {}, SHIPMENT],
    ['an open shipment with its order', { open: 1, order: 5001 }, { ...SHIPMENT, open: true, order: 5001 }],
    [
      'a shipment in a courier’s hands',
      { holder: 11, courier: 11, phonem: ' 8-916 ', phonek: '', issued: '2026-03-03 09:00:00' },
      {
        ...SHIPMENT,
        holder: { ...HOLDER, phonem: '8-916', issuedAt: '2026-03-03 09:00:00' },
      },
    ],
    [
      'a shipment in the hands of somebody who is not in kurier',
      { holder: 99 },
      { ...SHIPMENT, holder: { ...HOLDER, courier: 99 } },
    ],
    ['a shipment issued to courier 0, which is nobody', { holder: 0 }, SHIPMENT],
    [
      'a courier with his manager',
      {
        type: 1,
        source: 11,
        courier: 11,
        courierManager: 'olga',
        courierManagerUser: 'olga',
        courierManagerPhone: '101, 102',
      },
      { kind: 'courier', courier: 11, branch: null, manager: { user: 'olga', extPhone: '101, 102' } },
    ],
    [
      // Who calls from their private telephone would ring the one from work.
      'a courier who is named as their own manager',
      {
        type: 1,
        source: 11,
        courier: 11,
        courierManager: '11',
        courierManagerCode: 11,
        courierManagerPhonem: '89161000011',
      },
      { kind: 'courier', courier: 11, branch: null, manager: null },
    ],
    [
      'a manager without a telephone',
      {
        type: 1,
        source: 11,
        courier: 11,
        courierManager: 'olga',
        courierManagerUser: 'olga',
        courierManagerPhone: null,
      },
      { kind: 'courier', courier: 11, branch: null, manager: { user: 'olga', extPhone: '' } },
    ],
    [
      'a courier without a manager',
      { type: 1, source: 11, courier: 11 },
      { kind: 'courier', courier: 11, branch: null, manager: null },
    ],
    [
      'a courier whose manager is the user without a name',
      {
        type: 1,
        source: 11,
        courier: 11,
        courierManager: '',
        courierManagerUser: '',
        courierManagerPhone: '101',
      },
      { kind: 'courier', courier: 11, branch: null, manager: null },
    ],
    ['a courier who is no longer in kurier', { type: 1, source: 11, courier: null }, undefined],
    [
      'a client',
      {
        type: 2,
        source: 201,
        client: 201,
        clientState: 3,
        clientManager: 'pavel',
        clientManagerUser: 'pavel',
        clientManagerPhone: '103',
      },
      { kind: 'client', client: { code: 201, state: 3, manager: { user: 'pavel', extPhone: '103' } } },
    ],
    ['a client who is no longer in clients', { type: 2, source: 201 }, { kind: 'client', client: null }],
    [
      'a contact person',
      { type: 39, source: 301, client: 201 },
      { kind: 'contact', person: 301, client: { code: 201, state: null, manager: null } },
    ],
    ['a contact person of nobody', { type: 39, source: 301 }, { kind: 'contact', person: 301, client: null }],
    ['an entry without a code', { source: null }, undefined],
    ['an entry of a type that is not looked for', { type: 40 }, undefined],
    ['an entry without a type', { type: null }, undefined],
  ])('tells %s', (_what, row, match) => {
    expect(toMatch({ ...EMPTY, ...row })).toEqual(match);
  });

  test.each([
    ['text', '70001'],
    ['text with spaces', ' 70001 '],
    ['a decimal with zeros', '70001.00'],
    ['a bigint', 70001n],
    ['bytes', Buffer.from('70001')],
    ['digits with zeros in front', '0070001'],
    ['text with a tab and a line end', '\t70001\r\n'],
    ['text with no-break spaces', '\u00A070001\u00A0'],
  ])('takes a code that arrives as %s', (_how, source) => {
    expect(toMatch({ ...EMPTY, source })).toEqual(SHIPMENT);
  });

  test.each([
    ['a word', 'x'],
    ['a fraction', '1.5'],
    ['zero', 0],
    ['a negative number', -1],
    ['a number with an exponent', '1e5'],
    ['hexadecimal digits', '0x10'],
    ['an object', {}],
    ['NaN', Number.NaN],
  ])('counts %s as no code', (_what, source) => {
    expect(toMatch({ ...EMPTY, source })).toBeUndefined();
  });

  test.each<[unknown, boolean]>([
    [1, true],
    ['1', true],
    [1n, true],
    [true, true],
    [0, false],
    ['0', false],
    [false, false],
    [null, false],
  ])('takes open = %p as %p', (open, expected) => {
    expect(toMatch({ ...EMPTY, open })).toMatchObject({ open: expected });
  });

  test.each<[string, unknown, string | null]>([
    ['date and time', '2026-03-03 09:00:00', '2026-03-03 09:00:00'],
    ['a fraction of a second', '2026-03-03 09:00:00.123456', '2026-03-03 09:00:00'],
    ['ISO 8601', '2026-03-03T09:00:00Z', '2026-03-03 09:00:00'],
    ['a date alone', '2026-03-03', '2026-03-03 00:00:00'],
    ['a Date object, in local time', new Date(2026, 2, 3, 9, 5, 7), '2026-03-03 09:05:07'],
    ['a Date object without a value', new Date(Number.NaN), null],
    ['MySQL’s zero date', '0000-00-00 00:00:00', null],
    ['a word', 'yesterday', null],
    ['nothing', null, null],
    ['a number', 5, null],
  ])('takes the date of issue from %s', (_what, issued, issuedAt) => {
    expect(toMatch({ ...EMPTY, holder: 11, issued })).toMatchObject({ holder: { issuedAt } });
  });

  test.each(['24014736137715713', '9007199254740993', '18446744073709551615'])(
    'keeps the code %s, which is no number of ours, as it is',
    (code) => {
      const row = { ...EMPTY, source: code, order: code, holder: code, branch: code, client: code };
      expect(toMatch(row)).toMatchObject({
        shipment: code,
        order: code,
        branch: code,
        client: { code },
        holder: { courier: code },
      });
      expect(toMatch({ ...EMPTY, source: BigInt(code) })).toMatchObject({ shipment: code });
    },
  );

  test.each<[string, Partial<LookupRow>, object]>([
    ['as handed over', { reported: 5 }, { handedOver: true }],
    ['in text', { reported: '5' }, { handedOver: true }],
    ['as in hand', { reported: 1 }, { handedOver: false }],
    ['as nothing', { reported: null }, { handedOver: false }],
    ['as 0', { reported: 0 }, { handedOver: false }],
    ['as a word', { reported: 'done' }, { handedOver: false }],
  ])('of a shipment that its courier has reported %s', (_how, row, holder) => {
    expect(toMatch({ ...EMPTY, holder: 11, ...row })).toMatchObject({ holder });
  });

  test.each<[string, Partial<LookupRow>, number | null]>([
    ['the shipment’s own', { branch: 3, store: 2 }, 3],
    ['else the courier’s', { branch: 0, store: 2 }, 2],
    ['else none', { branch: null, store: '' }, null],
  ])('names a branch: %s', (_which, row, branch) => {
    expect(toMatch({ ...EMPTY, ...row })).toMatchObject({ branch });
    expect(toMatch({ ...EMPTY, type: 1, courier: 70001, store: 4 })).toMatchObject({ branch: 4 });
  });

  test.each<[unknown, boolean]>([
    ['T', true],
    ['t ', true],
    ['1', true],
    [1, true],
    [null, true],
    ['', true],
    ['F', false],
    [0, false],
  ])('takes zakaz.Visible = %p as %p', (visible, expected) => {
    expect(toMatch({ ...EMPTY, visible })).toMatchObject({ visible: expected });
  });

  const STAFF = { type: 1, source: 11, courier: 11, courierManagerCode: 18, courierManagerPhonem: '8916' };
  test.each<[string, Partial<LookupRow>, object | null]>([
    ['a colleague', { courierManager: '18' }, { user: '18', extPhone: '8916' }],
    ['a colleague, by a number', { courierManager: 18 }, { user: '18', extPhone: '8916' }],
    [
      'a colleague with two telephones',
      { courierManager: ' 18\r\n', courierManagerPhonek: '8495' },
      { user: '18', extPhone: '8916, 8495' },
    ],
    [
      'a user, and a colleague has that code',
      { courierManager: '18', courierManagerUser: '18' },
      { user: '18', extPhone: '' },
    ],
    ['a colleague without a telephone', { courierManager: '18', courierManagerPhonem: ' ' }, null],
    ['text that a database reads as that code', { courierManager: '18th' }, null],
    ['another number that compares as text', { courierManager: '7', courierManagerUser: '18' }, null],
    ['0, and there is a user 0', { courierManager: 0, courierManagerUser: '0' }, null],
    [
      'text, and the user is 0',
      { courierManager: 'petrova', courierManagerUser: 0, courierManagerCode: null },
      null,
    ],
  ])('takes for the manager: %s', (_who, row, manager) => {
    expect(toMatch({ ...EMPTY, ...STAFF, ...row })).toMatchObject({ manager });
  });

  test('is left out of the answer when it tells nothing; the others come in order', () => {
    const rows = [
      { ...EMPTY, source: 1 },
      { ...EMPTY, type: 40 },
      { ...EMPTY, source: 2 },
      { ...EMPTY, source: 3, holder: 11 },
    ];
    expect(toMatches(rows, '', [1])).toMatchObject([{ shipment: 3 }, { shipment: 2 }, { shipment: 1 }]);
  });

  test('counts once when the same entry is written in two ways, and says which way is odd', () => {
    const rows = [
      { ...EMPTY, number: '8916', source: 1 },
      { ...EMPTY, number: '7916', source: 1 },
      { ...EMPTY, number: '8 916\r', source: 2 },
    ];
    const [second, first] = toMatches(rows, '7916', [1]);
    expect(second).toMatchObject({ shipment: 2, writtenAs: '8 916' });
    expect(first).toMatchObject({ shipment: 1 });
    expect(first).not.toHaveProperty('writtenAs');
  });
});
