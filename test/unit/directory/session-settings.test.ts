import { expect, test } from '@jest/globals';
import { limitFits, limitFor, limitStatement } from '../../../src/directory/mysql/session-settings.ts';

test.each([
  [1, 500],
  [500, 500],
  [500.5, 1000],
  [1350, 1500],
])('who waits %d ms has the server end the statement after %d ms', (budgetMs, limitMs) => {
  expect(limitFor(budgetMs)).toBe(limitMs);
  expect(limitFits(limitMs, budgetMs)).toBe(true);
});

test.each([
  ['none', 0, 100],
  ['one that ends the statement too early', 500, 501],
  ['one that lets it go on for long after', 1500, 500],
])('%s does not fit', (_what, limitMs, budgetMs) => {
  expect(limitFits(limitMs, budgetMs)).toBe(false);
});

test('each server is told in its own words, and a lock ends in whole seconds', () => {
  expect(limitStatement(1500)).toBe(
    'SET SESSION lock_wait_timeout = 2 /*M!100101 , max_statement_time = 1.5 */ /*!50708 , max_execution_time = 1500 */',
  );
});
