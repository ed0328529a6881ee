import { expect, test } from '@jest/globals';
import { deskMetrics } from '../../../src/desk/desk-metrics.ts';
import { WATCHED } from './watched-desk.ts';

test('a journal that has fallen silent keeps nothing but its own value from being read', async () => {
  const silent = { ...WATCHED, feeds: { ...WATCHED.feeds, waiting: () => new Promise<never>(() => {}) } };
  const begun = performance.now();
  const { text } = await deskMetrics(silent)();
  expect(performance.now() - begun).toBeLessThan(4000);
  expect(text).toContain('courier_agi_desk_following 1\n');
  expect(text).toContain('courier_agi_desk_feed_away{feed="crm"} 0\n');
  expect(text).not.toContain('courier_agi_desk_feed_waiting{');
});
