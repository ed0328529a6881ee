import { expect, test } from '@jest/globals';
import type { Reason } from '../../../src/routing/reason.ts';
import { describeReason } from '../../../src/routing/reason.text.ts';

const REASONS: Reason[] = [
  { code: 'holds-shipment', courier: 11, shipment: 70001, phone: 'phonem' },
  { code: 'manager-of-courier', courier: 11, user: 'olga' },
  { code: 'manager-of-client', client: 201, user: 'olga' },
  { code: 'first-with-target' },
  { code: 'lower-priority', winner: 'courier' },
  { code: 'kind-left-out' },
  { code: 'shipment-closed' },
  { code: 'not-in-hand' },
  { code: 'courier-without-phone', courier: 14 },
  { code: 'client-missing' },
  { code: 'no-manager' },
  { code: 'manager-without-phone', user: 'marina' },
  { code: 'is-caller' },
  { code: 'tried-already' },
  { code: 'list-full' },
];

test.each(REASONS)('$code is told in both languages with all its values', (reason) => {
  const { code: _code, ...values } = reason;
  const english = describeReason(reason);
  const russian = describeReason(reason, 'ru');
  expect(russian).toMatch(/[а-я]/);
  expect(english).not.toBe(russian);
  for (const value of Object.values(values)) expect(english).toContain(String(value));
});
