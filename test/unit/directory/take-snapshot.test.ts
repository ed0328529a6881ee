import { describe, expect, test } from '@jest/globals';
import { restAfter } from '../../../src/directory/snapshot/take-snapshot.ts';

describe('the rest between two pages', () => {
  test('is three times the work while there is no snapshot', () => {
    expect(restAfter(2, 'soon')).toBe(6);
    expect(restAfter(100, 'soon')).toBe(300);
  });

  test('is ten times the work while there is one, on a database as it should be', () => {
    expect(restAfter(2, 'calm')).toBe(20);
  });

  test('makes the next snapshot take hours on no database', () => {
    expect(restAfter(5, 'calm')).toBe(30);
    expect(restAfter(30, 'calm')).toBe(90);
    // 661,000 contacts, 100 a page: 26 minutes even so.
    expect((6610 * (60 + restAfter(60, 'calm'))) / 60_000).toBeLessThan(30);
  });
});
