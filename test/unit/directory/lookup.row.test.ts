import { describe, expect, test } from '@jest/globals';
import type { LookupRow } from '../../../src/directory/sql/lookup.query.ts';
import { toMatch, toMatches } from '../../../src/directory/sql/lookup.row.ts';

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
  client: null,
  open: false,
  holder: null,
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
        holder: { courier: 11, phonem: '8-916', phonek: '', issuedAt: '2026-03-03 09:00:00' },
      },
    ],
    [
      'a shipment in the hands of somebody who is not in kurier',
      { holder: 99 },
      { ...SHIPMENT, holder: { courier: 99, phonem: '', phonek: '', issuedAt: null } },
    ],
    ['a shipment issued to courier 0, which is nobody', { holder: 0 }, SHIPMENT],
    [
      'a courier with his manager',
      { type: 1, source: 11, courier: 11, courierManager: 'olga', courierManagerPhone: '101, 102' },
      { kind: 'courier', courier: 11, manager: { user: 'olga', extPhone: '101, 102' } },
    ],
    [
      'a manager without a telephone',
      { type: 1, source: 11, courier: 11, courierManager: 'olga', courierManagerPhone: null },
      { kind: 'courier', courier: 11, manager: { user: 'olga', extPhone: '' } },
    ],
    [
      'a courier without a manager',
      { type: 1, source: 11, courier: 11 },
      { kind: 'courier', courier: 11, manager: null },
    ],
    [
      'a courier whose manager is the user without a name',
      { type: 1, source: 11, courier: 11, courierManager: '', courierManagerPhone: '101' },
      { kind: 'courier', courier: 11, manager: null },
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
  ])('takes a code that arrives as %s', (_how, source) => {
    expect(toMatch({ ...EMPTY, source })).toEqual(SHIPMENT);
  });

  test.each([
    ['a word', 'x'],
    ['a fraction', '1.5'],
    ['zero', 0],
    ['a negative number', -1],
    ['a number beyond what a code can be', '99999999999999999999'],
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

  test('is left out of the answer when it tells nothing; the others keep their order', () => {
    const rows = [
      { ...EMPTY, source: 2 },
      { ...EMPTY, type: 40 },
      { ...EMPTY, source: 1 },
    ];
    expect(toMatches(rows)).toMatchObject([{ shipment: 2 }, { shipment: 1 }]);
  });
});
