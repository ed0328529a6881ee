import { expect, test } from '@jest/globals';
import { AllowList } from '../../../src/net/allow-list.ts';

test('an address is judged by the list each time, not by what was asked before', () => {
  const list = new AllowList(['127.0.0.1', '10.0.0.0/8']);
  const asked = ['127.0.0.1', '127.0.0.1', '192.0.2.1', '192.0.2.1', '10.1.1.1', '127.0.0.1', '192.0.2.1'];
  expect(asked.map((address) => list.has(address))).toEqual([true, true, false, false, true, true, false]);
});
