import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import type { People } from '../../../src/doctor/database/people.ts';
import {
  checkClients as checkClientsIn,
  checkCouriers as checkCouriersIn,
  checkManagers as checkManagersIn,
  extensionsOf,
} from '../../../src/doctor/database/people.check.ts';
import { inEnglish } from './in-english.ts';

const checkCouriers = inEnglish(checkCouriersIn);
const checkManagers = inEnglish(checkManagersIn);
const checkClients = inEnglish(checkClientsIn);
const config = parseConfig('', 'test');

const member = (code: string, phonem: string, phonek = '', manager = '') => ({
  code,
  phones: { phonem, phonek, phone: '' },
  manager,
  hasLeft: false,
});
const people = (changes: Partial<People> = {}): People => ({
  staff: [],
  clients: [],
  extPhones: new Map(),
  cut: false,
  ...changes,
});

describe('couriers with parcels in hand', () => {
  const staff = [
    member('1', '79161000011'),
    member('2', '', '8 (916) 100-00-12'),
    member('3', 'нет'),
    member('4', '100-00-05'),
  ];

  test('who have a telephone are counted', () => {
    const finding = checkCouriers(
      people({ staff }),
      new Map([
        ['1', 3],
        ['2', 1],
      ]),
      config,
    );
    expect(finding).toMatchObject({
      state: 'ok',
      message: '2 couriers have parcels in hand, and a usable telephone.',
    });
  });

  test('who have none, or are in no table, are named by their codes', () => {
    const parcels = new Map([
      ['1', 3],
      ['3', 2],
      ['4', 1],
      ['99999', 1],
    ]);
    const finding = checkCouriers(people({ staff }), parcels, config);
    expect(finding).toMatchObject({
      state: 'warn',
      message:
        '3 of 4 couriers with parcels in hand cannot be rung: kurier.code 3, 4, 99999. ' +
        'Of them not in the table kurier, or have left by kurier.dateput: 99999.',
      details: {
        withoutTelephone: { count: 3, codes: ['3', '4', '99999'] },
        gone: { count: 1, codes: ['99999'] },
      },
    });
  });

  test('may have it in a column that is not dialled, which does not help', () => {
    const phonem = parseConfig('routing: { courierPhones: [phonem] }', 'test');
    expect(checkCouriers(people({ staff }), new Map([['2', 1]]), phonem).state).toBe('warn');
  });

  test('who have left are not rung, whatever their telephone', () => {
    const left = { ...member('5', '79161000055'), hasLeft: true };
    const finding = checkCouriers(people({ staff: [left] }), new Map([['5', 1]]), config);
    expect(finding).toMatchObject({ state: 'warn', details: { gone: { codes: ['5'] } } });
  });

  test('are rung on their personal telephone where the configuration says so', () => {
    const personal = parseConfig('routing: { courierPhones: [phonem, phone] }', 'test');
    const one = { ...member('6', ''), phones: { phonem: '', phonek: '', phone: '79161000066' } };
    expect(checkCouriers(people({ staff: [one] }), new Map([['6', 1]]), personal).state).toBe('ok');
    expect(checkCouriers(people({ staff: [one] }), new Map([['6', 1]]), config).state).toBe('warn');
  });

  test('who are too many to count are not counted', () => {
    expect(checkCouriers(people({ staff }), null, config).state).toBe('skipped');
  });

  test('are named up to ten on the screen, and all of them in JSON', () => {
    const parcels = new Map(Array.from({ length: 30 }, (_one, index) => [String(100 + index), 1]));
    const finding = checkCouriers(people(), parcels, config);
    expect(finding.message).toContain('108, 109 …');
    expect(finding.message).not.toContain('110');
    expect(finding.details?.['withoutTelephone']?.codes).toHaveLength(30);
  });
});

describe('managers', () => {
  const extPhones = new Map([
    ['anna', '101'],
    ['орлова', '1O1'],
    ['петров с.', ''],
  ]);

  test('who can be rung are counted', () => {
    const clients = [{ code: '201', manager: 'Anna' }];
    expect(checkManagers(people({ extPhones, clients }), config)).toMatchObject({
      state: 'ok',
      message: '1 manager, named by users.user.',
    });
  });

  test('who cannot be rung, and those in no table, are named by their logins', () => {
    const clients = ['Орлова', 'anna ', 'Петров С.', 'gone', ''].map((manager, index) => ({
      code: String(index),
      manager,
    }));
    const finding = checkManagers(people({ extPhones, clients }), config);
    expect(finding.message).toBe(
      '3 managers, named by users.user. ' +
        '2 of them without a usable telephone in users.extPhone: «Орлова», «Петров С.». ' +
        '1 manager is in no table: «gone».',
    );
    expect(finding.details).toEqual({
      withoutTelephone: { count: 2, codes: ['Орлова', 'Петров С.'] },
      unknown: { count: 1, codes: ['gone'] },
    });
  });

  test('may be named by the code of a kurier row, and doctor says which it is', () => {
    const staff = [member('7', '79161000077', '', '1'), member('8', '', '', '7')];
    const finding = checkManagers(
      people({ staff, extPhones, clients: [{ code: '1', manager: 'anna' }] }),
      config,
    );
    expect(finding).toMatchObject({
      state: 'ok',
      message: '2 managers: 1 named by users.user, 1 by kurier.code.',
    });
  });

  test('whom nobody has are a warning', () => {
    expect(checkManagers(people({ staff: [member('1', '', '', '0')] }), config).state).toBe('warn');
  });
});

describe('clients', () => {
  const extPhones = new Map([['anna', '101']]);

  test('who all have a manager are good', () => {
    const clients = [{ code: '201', manager: 'anna' }];
    expect(checkClients(people({ clients, extPhones })).message).toBe('Each of 1 client has a manager.');
  });

  test('who have none are named by their codes', () => {
    const clients = [
      { code: '201', manager: 'anna' },
      { code: '202', manager: '' },
      { code: '203', manager: '0' },
    ];
    expect(checkClients(people({ clients, extPhones }))).toMatchObject({
      state: 'warn',
      message: '2 of 3 clients without a manager: clients.code 202, 203.',
      details: { withoutManager: { count: 2, codes: ['202', '203'] } },
    });
  });
});

test('the extensions of all managers are collected, each once, without their mobiles', () => {
  const extPhones = new Map([
    ['a', '102, 101'],
    ['b', '101, 79161000011'],
    ['c', ''],
  ]);
  expect(extensionsOf(people({ extPhones }), { country: 'RU' })).toEqual(['101', '102']);
});
