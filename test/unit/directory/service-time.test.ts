import { expect, test } from '@jest/globals';
import { ServiceTime } from '../../../src/directory/mysql/service-time.ts';

test('expects nothing as long as nothing is known', () => {
  expect(new ServiceTime(4).expectedMs(1000)).toBe(0);
});

test('expects the work of those who wait, shared by the connections, and then one’s own', () => {
  const time = new ServiceTime(4);
  time.add(20);
  expect(time.expectedMs(0)).toBe(25);
  expect(time.expectedMs(39)).toBe(220);
});

test('follows a database that becomes slower, and forgets one slow answer', () => {
  const time = new ServiceTime(1);
  for (let i = 0; i < 50; i += 1) time.add(10);
  time.add(1000);
  expect(time.averageMs).toBeCloseTo(109);
  for (let i = 0; i < 50; i += 1) time.add(10);
  expect(time.averageMs).toBeLessThan(11);
  for (let i = 0; i < 50; i += 1) time.add(100);
  expect(time.averageMs).toBeGreaterThan(99);
});
