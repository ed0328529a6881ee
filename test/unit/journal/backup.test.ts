import { afterEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUpJournal, JournalBackupError } from '../../../src/journal/backup.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-backup-'));
  cleanups.add(async () => rmSync(folder, { recursive: true }));
  return folder;
}

async function open(path: string) {
  const store = await openJournalOn('sqlite', () => sqliteInProcess(path));
  cleanups.add(() => store.close());
  return store;
}

test('a copy is private, has every call that was written, and can be written on', async () => {
  const folder = makeFolder();
  const [path, file] = [join(folder, 'journal.db'), join(folder, "monday's copy.db")];
  const store = await open(path);
  await store.save([answeredCall(1, '79161234567')]);
  expect(await backUpJournal(`sqlite:${path}`, file)).toBe(statSync(file).size);
  // What comes later is not in it, and does not disturb it.
  await store.save([answeredCall(2, '79161234568')]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const copy = await open(file);
  expect((await copy.list({}, 10, null)).calls).toHaveLength(1);
  await copy.save([answeredCall(3, '79161234569')]);
  expect((await store.list({}, 10, null)).calls).toHaveLength(2);
});

test('a file that is there already is left as it is', async () => {
  const folder = makeFolder();
  const [path, file] = [join(folder, 'journal.db'), join(folder, 'copy.db')];
  await open(path);
  writeFileSync(file, 'last week');
  await expect(backUpJournal(`sqlite:${path}`, file)).rejects.toThrow(/could not be made: EEXIST/);
  expect(statSync(file).size).toBe('last week'.length);
});

test.each([
  ['is missing', () => undefined, /could not be copied/],
  ['is no database', (path: string) => writeFileSync(path, 'something else '.repeat(1000)), /not a database/],
])('of a journal that %s there is no half of a copy', async (_what, make, message) => {
  const folder = makeFolder();
  const [path, file] = [join(folder, 'journal.db'), join(folder, 'copy.db')];
  make(path);
  const copying = backUpJournal(`sqlite:${path}`, file);
  await expect(copying).rejects.toThrow(JournalBackupError);
  await expect(copying).rejects.toThrow(message);
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder).filter((name) => name !== 'journal.db')).toEqual([]);
});

test('a journal in a database is left to its own tool', async () => {
  await expect(backUpJournal('mysql://desk@127.0.0.1/courier_desk', '/nowhere/copy')).rejects.toThrow(
    /mysqldump/,
  );
});
