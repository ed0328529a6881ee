import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery, Kysely } from 'kysely';
import { selectCalls, selectLive, type CallFilter } from '../../../src/journal/journal.query.ts';
import type { JournalDatabase } from '../../../src/journal/tables.ts';
import { fillJournal } from '../../lab/journal/fill-journal.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { numberOfCustomer } from '../../lab/journal/year-of-calls.ts';

/*
 * How SQLite finds the calls of each filter. A table or an index that is read from end to end, or a page that has to be
 * sorted, takes no time with the calls of a day, and seconds with those of three years.
 */

const CALLS = 1000;

let folder: string;
let path: string;
let db: Kysely<JournalDatabase>;

beforeAll(async () => {
  folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'courier-agi-journal-'));
  path = join(folder, 'journal.db');
  await fillJournal(path, CALLS);
  db = new Kysely({ dialect: sqliteInProcess(path) });
}, 60_000);

afterAll(async () => {
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

const planOf = (filter: CallFilter, before: number | null): Promise<string[]> =>
  planOfQuery(selectCalls(db, filter, before, 50));

async function planOfQuery(query: ReturnType<typeof selectCalls>): Promise<string[]> {
  const { sql, parameters } = query.compile();
  const { rows } = await db.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
  );
  return rows.map(({ detail }) => detail);
}

const since = Date.parse('2026-05-01T00:00:00Z');
const FILTERS: readonly CallFilter[] = [
  { since },
  { until: since },
  { since, until: since + 86_400_000 },
  { number: numberOfCustomer(7) },
  { number: '4711' },
  { number: '4711', since },
  { extension: '105' },
  { user: 'user4', since },
  { link: { kind: 'shipment', code: '70001' } },
  { link: { kind: 'courier', code: '11' }, outcome: 'no_answer' },
  { direction: 'courier' },
  { outcome: 'refused' },
  { state: 'ringing' },
  { state: 'talking', direction: 'in' },
  { missed: true },
  { missed: true, since },
  { open: true },
  { open: true, since },
  { open: true, number: '4711' },
];

test.each(FILTERS)('%j', async (filter) => {
  for (const before of [null, since * 10]) {
    const plan = await planOf(filter, before);
    expect(plan.filter((line) => /^SCAN|USE TEMP B-TREE/.test(line))).toEqual([]);
    expect(plan.some((line) => line.startsWith('SEARCH calls '))).toBe(true);
  }
});

test.each([{}, { outcome: 'answered' }, { state: 'ended' }])(
  '%j: nearly all are meant, and the newest are read from the end of the table',
  async (filter) => {
    expect(await planOf(filter, null)).toEqual(['SCAN calls']);
  },
);

test('of a colleague with very many calls those of the time that is asked for are looked at', async () => {
  for (const filter of [
    { user: 'user4', since },
    { user: 'user4', direction: 'out', since },
  ]) {
    const keys = (await planOf(filter, since * 10 + 1)).filter((line) => line.includes('call_keys'));
    expect(keys).toEqual([expect.stringMatching(/\(kind=\? AND value=\? AND seq>\? AND seq<\?\)/)]);
  }
});

test.each([{ user: 'user4' }, { extension: '104' }, { link: { kind: 'courier', code: '11' } } as const])(
  '%j: as many keys are looked at as there are calls on a page',
  (filter) => {
    const { sql } = selectCalls(db, filter, null, 50).compile();
    expect(sql).toMatch(
      /"seq" in \(select "seq" from \(select .* order by "seq" desc limit \?\) as "newest"\)/,
    );
  },
);

test('calls that go on, which a desk begins with, are read by their index', async () => {
  expect((await planOfQuery(selectLive(db)))[0]).toMatch(/^SEARCH calls USING INDEX calls_by_state /);
});

test('a thousand calls take no more room than they must', async () => {
  // With what the tables take while they are empty.
  expect(statSync(path).size / CALLS).toBeLessThan(850);
});
