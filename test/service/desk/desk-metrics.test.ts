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

test('a desk that has handed over tells nothing of a feed that it tries no more', async () => {
  const feeds = { ...WATCHED.feeds, feeders: [{ name: 'crm', problem: 'refused' }] };
  const away = async (isFollowing: boolean) => {
    const { text } = await deskMetrics({ ...WATCHED, feeds, desk: { ...WATCHED.desk, isFollowing } })();
    return /^courier_agi_desk_feed_away\{feed="crm"\} (\d)$/m.exec(text)?.[1];
  };
  expect(await away(true)).toBe('1');
  expect(await away(false)).toBe('0');
});
