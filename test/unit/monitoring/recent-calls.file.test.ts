import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RecentCallsFile } from '../../../src/monitoring/recent-calls.file.ts';
import { monitor, record } from './records.ts';

let folder: string;
let problems: unknown[];
const file = () => join(folder, 'last-calls.jsonl');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-last-calls-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server's life. */
async function live(calls: readonly string[]): Promise<string[]> {
  const watched = monitor();
  const kept = new RecentCallsFile(folder, watched.calls, (error) => problems.push(error));
  await kept.load();
  for (const uniqueId of calls) watched.call(record({ uniqueId }));
  await kept.save();
  return watched.calls.recent().map(({ call }) => call);
}

test('the last calls are there after a restart, before those to come', async () => {
  expect(await live(['a', 'b'])).toEqual(['a', 'b']);
  expect(await live(['c'])).toEqual(['a', 'b', 'c']);
  expect(await live([])).toEqual(['a', 'b', 'c']);
  expect(problems).toEqual([]);
});

test('they are no more than the list holds', async () => {
  await live(Array.from({ length: 150 }, (_none, index) => `first-${index}`));
  const kept = await live(Array.from({ length: 150 }, (_none, index) => `second-${index}`));
  expect(kept).toHaveLength(200);
  expect([kept[0], kept.at(-1)]).toEqual(['first-100', 'second-149']);
});

test('their file is for its user alone, and holds no whole number', async () => {
  await live(['a']);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const text = readFileSync(file(), 'utf8');
  expect(text).toContain('7916*****01');
  expect(text).not.toMatch(/\d{11}/);
});

test('what is no call in it is left out, and a file that is too big altogether', async () => {
  await live(['a']);
  appendFileSync(
    file(),
    '{"time":"no time","call":"x","outcome":"","status":"","number":""}\nnull\n7\n{"time":',
  );
  expect(await live([])).toEqual(['a']);
  writeFileSync(file(), 'x'.repeat(2_000_000));
  expect(await live([])).toEqual([]);
});

test('a folder that cannot be written to is told of, and costs nothing else', async () => {
  rmSync(folder, { recursive: true });
  expect(await live(['a'])).toEqual(['a']);
  expect(problems).toMatchObject([{ code: 'ENOENT' }]);
});
