import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { RateLimitedLog } from '../../../src/log/rate-limited-log.ts';

let lines: Record<string, unknown>[];
let log: RateLimitedLog;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  log = new RateLimitedLog(
    pino(
      { base: null, timestamp: false },
      { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    ),
  );
});
afterEach(() => {
  jest.useRealTimers();
});

const counts = () => lines.map(({ count }) => count);

test('the first is told at once, those of the next second together when it is over', () => {
  for (let i = 0; i < 1000; i += 1) log.add('refused', { address: '192.0.2.1' });
  expect(lines).toEqual([{ level: 40, address: '192.0.2.1', count: 1, msg: 'refused' }]);
  jest.advanceTimersByTime(1000);
  expect(lines.slice(1)).toEqual([{ level: 40, address: '192.0.2.1', count: 999, msg: 'refused' }]);
  // A day later.
  jest.advanceTimersByTime(86_400_000);
  log.add('refused', { address: '192.0.2.1' });
  expect(counts()).toEqual([1, 999, 1]);
});

test('a flood that goes on is a line a second', () => {
  for (let ms = 0; ms < 10_000; ms += 1) {
    log.add('overload');
    jest.advanceTimersByTime(1);
  }
  expect(lines.length).toBeLessThanOrEqual(11);
  expect(counts().reduce((sum: number, count) => sum + Number(count), 0)).toBe(10_000);
});

test('a flood from many addresses is a line a second, with three of them and the number of others', () => {
  for (let i = 0; i < 60_000; i += 1) log.add('refused', { address: `2001:db8::${(i % 300).toString(16)}` });
  jest.advanceTimersByTime(1000);
  expect(lines).toEqual([
    { level: 40, address: '2001:db8::0', count: 1, msg: 'refused' },
    {
      level: 40,
      address: ['2001:db8::1', '2001:db8::2', '2001:db8::3'],
      others: 297,
      count: 59_999,
      msg: 'refused',
    },
  ]);
});

test('of more addresses than anybody wants to know, no more are kept than a thousand', () => {
  for (let i = 0; i < 50_000; i += 1) log.add('refused', { address: `2001:db8::${i.toString(16)}` });
  jest.advanceTimersByTime(1000);
  expect(lines[1]).toMatchObject({ others: 'more than 1000', count: 49_999 });
});

test('one kind does not hold up another', () => {
  log.add('refused', { address: '192.0.2.1' });
  log.add('silent', { address: '192.0.2.1' });
  log.add('cannot accept', { problem: 'EMFILE' }, 'error');
  expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
    ['refused', 40],
    ['silent', 40],
    ['cannot accept', 50],
  ]);
});

test('what is not told yet is told at the end', () => {
  for (let i = 0; i < 5; i += 1) log.add('overload');
  log.flush();
  expect(counts()).toEqual([1, 4]);
  jest.advanceTimersByTime(10_000);
  expect(counts()).toEqual([1, 4]);
});
