import { expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Staff, type StaffOptions } from '../../../src/desk/staff.ts';

const NUMBERS = { country: 'RU', areaCode: '342', strip: ['9'] };
const ROWS = [
  { user: 'pavel', extPhone: '103' },
  { user: 'olga', extPhone: '101, 102' },
  { user: 'irina', extPhone: '102; 8 (903) 555-00-04; 230-00-01' },
  { user: "О'Нил", extPhone: '' },
];

const setUp = (read: StaffOptions['read'], onProblem = jest.fn()) => {
  const staff = new Staff({ read, numbers: NUMBERS, onProblem, refreshMs: 10 });
  return { staff, onProblem };
};

test.each([
  ['101', 'olga'],
  ['103', 'pavel'],
  // Two have it: the first by name.
  ['102', 'irina'],
  ['79035550004', 'irina'],
  ['73422300001', 'irina'],
  ['104', null],
  ['', null],
])('%j is that of %s', async (extension, user) => {
  const { staff } = setUp(async () => ROWS);
  await staff.start();
  staff.stop();
  expect(staff.userOf(extension)).toBe(user);
});

test.each([
  // A shared telephone is everybody's who has it; a mobile counts as well.
  ['irina', { user: 'irina', telephones: ['102', '79035550004', '73422300001'] }],
  ['OLGA', { user: 'olga', telephones: ['101', '102'] }],
  ["о'нил", { user: "О'Нил", telephones: [] }],
  ['nobody', null],
])('%j has their telephones', async (user, member) => {
  const { staff } = setUp(async () => ROWS);
  await staff.start();
  staff.stop();
  expect(staff.find(user)).toEqual(member);
});

test('a change is seen; while the database is away the last list serves', async () => {
  const read = jest
    .fn<StaffOptions['read']>()
    .mockResolvedValue([{ user: 'anna', extPhone: '101' }])
    .mockResolvedValueOnce(ROWS)
    .mockRejectedValueOnce(new Error('away'));
  const { staff, onProblem } = setUp(read);
  await staff.start();
  expect(staff.userOf('101')).toBe('olga');
  for (let turn = 0; turn < 200 && staff.userOf('101') === 'olga'; turn++) await sleep(5);
  staff.stop();
  expect(staff.userOf('101')).toBe('anna');
  expect(onProblem).toHaveBeenCalledTimes(1);
});
