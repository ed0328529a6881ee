import { fstatSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { isJournald, withPriority } from '../../../src/log/journald.ts';

test('stdout is the journal when it is the very stream that systemd names', () => {
  const { dev, ino } = fstatSync(1);
  expect(isJournald(1, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
  // Inherited by a process whose stdout leads elsewhere.
  expect(isJournald(1, { JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe(false);
  expect(isJournald(1, {})).toBe(false);
});

test('a line begins with the priority of its level', () => {
  const lines: string[] = [];
  const logger = pino({ level: 'debug', base: null }, { write: (line) => lines.push(withPriority(line)) });
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('x');
  expect(lines.map((line) => line.slice(0, 13))).toEqual([
    '<7>{"level":2',
    '<6>{"level":3',
    '<4>{"level":4',
    '<3>{"level":5',
    '<2>{"level":6',
  ]);
});
