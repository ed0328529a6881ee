import { expect, test } from '@jest/globals';
import { ROLES } from '../../../src/accounts/client.ts';
import { RIGHTS } from '../../../src/api/rights.ts';
import { inlineCode, readDocument, tableRows } from './markdown.ts';

test('docs/sign-in.md tells who may do what', () => {
  const told = tableRows(readDocument('docs/sign-in.md'), 'permission').map(([what = '', ...allowed]) => [
    inlineCode(what)[0],
    ROLES.filter((_role, index) => allowed[index] === 'yes'),
  ]);
  expect(told).toEqual(Object.entries(RIGHTS));
});
