import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { RateLimitedLog } from '../../../src/log/rate-limited-log.ts';

test('a flood is a line a second and kind, with the number of those that it stands for', () => {
  const lines: string[] = [];
  const log = new RateLimitedLog(pino({ base: null }, { write: (line) => lines.push(line) }));
  for (let i = 0; i < 2500; i += 1) log.add('flooded', {}, 10_000 + i);
  log.add('refused', { address: '192.0.2.1' }, 12_499);
  log.add('refused', { address: '192.0.2.2' }, 12_499);
  log.add('refused', { address: '192.0.2.2' }, 12_499);
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told.map(({ msg, address, count }) => [msg, address, count])).toEqual([
    ['flooded', undefined, 1],
    ['flooded', undefined, 1000],
    ['flooded', undefined, 1000],
    ['refused', '192.0.2.1', 1],
    ['refused', '192.0.2.2', 1],
  ]);
});
