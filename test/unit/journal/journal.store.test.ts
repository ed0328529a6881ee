import { afterEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { migrateJournal } from '../../../src/journal/migrate.ts';
import { openExistingJournal, openJournal, openJournalOn } from '../../../src/journal/open.ts';
import type { JournalDatabase } from '../../../src/journal/tables.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { describeJournalStore } from '../../lab/journal/store-behaviour.ts';

/** Each test writes a few hundred times, each time down to the disk: in memory that takes no time. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function databaseFile(): Promise<string> {
  const folder = await mkdtemp(join(MEMORY, 'courier-agi-journal-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'journal.db');
}

async function openFile(path: string) {
  const store = await openJournalOn('sqlite', () => sqliteInProcess(path));
  cleanups.add(() => store.close());
  return store;
}

describeJournalStore(async () => openFile(await databaseFile()));

test('whoever only looks makes no journal', async () => {
  const path = await databaseFile();
  await expect(openExistingJournal(`sqlite:${path}`)).rejects.toThrow(
    /no journal at .* yet: courier-agi desk/,
  );
  expect(existsSync(path)).toBe(false);
});

test('the tables can be taken back and made again', async () => {
  const path = await databaseFile();
  const db = new Kysely<JournalDatabase>({ dialect: sqliteInProcess(path) });
  await migrateJournal(db, 'sqlite');
  await migrateJournal(db, 'sqlite', 'none');
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  expect(tables.filter((name) => !name.startsWith('journal_migrations'))).toEqual([]);
  await db.destroy();
  const store = await openFile(path);
  await store.save([answeredCall(1, '79161234567')]);
});

test('a file that is no database is told and left alone', async () => {
  const path = await databaseFile();
  await writeFile(path, 'something else '.repeat(1000));
  await expect((async () => openJournalOn('sqlite', () => sqliteInProcess(path)))()).rejects.toThrow(
    /not a database/,
  );
});

test.each(['postgres://x', 'journal.db', 'sqlite:'])('%j is no journal', async (url) => {
  await expect(openJournal(url)).rejects.toThrow('journal.url must begin with sqlite:');
});
