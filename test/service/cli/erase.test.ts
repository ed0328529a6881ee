import { afterEach, expect, test } from '@jest/globals';
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvFolder } from '../../../src/feeds/csv-folder.ts';
import { eraseFromFolder } from '../../../src/feeds/erase-from-folder.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall, missedCall } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const ANNA = '79161234567';
const BORIS = '79269876543';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-erase-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a number that was erased stands in no file of the journal any more', async () => {
  const folder = await makeFolder();
  const store = await openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db')));
  cleanups.add(() => store.close());
  const calls = Array.from({ length: 500 }, (_, n) => answeredCall(n, n % 7 === 0 ? ANNA : BORIS));
  await store.save(calls.map((call) => ({ ...call, state: 'talking', endedAt: null })));
  await store.save([...calls, missedCall(501, ANNA)]);
  await store.annotate(calls[1]?.id ?? '', { note: `Ask ${ANNA}` });
  const written = async (number: string) => {
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    const backwards = Array.from(number).toReversed().join('');
    return files.some((bytes) => bytes.includes(number) || bytes.includes(backwards));
  };
  expect(await written(ANNA)).toBe(true);
  expect((await store.blankNumber(ANNA)).calls).toHaveLength(73);
  expect(await written(ANNA)).toBe(false);
  expect(await written(BORIS)).toBe(true);
});

test.each(['utf-8', 'cp1251'] as const)('its rows are gone from tables in %s that wait', async (encoding) => {
  const folder = await makeFolder();
  const receiver = new CsvFolder({ folder, everyMs: 1000, encoding, timeZone: 'UTC' });
  const message = (id: number, number: string, note: string | null = null) => ({
    id: `event ${id}`,
    kind: 'call.ended' as const,
    at: 0,
    subject: '',
    call: { ...answeredCall(id, number), note },
  });
  await receiver.send([
    message(1, ANNA),
    message(2, BORIS, 'Звонить\nпосле 12; "да"'),
    message(3, BORIS, 'и 8 (916) 123-45-67'),
  ]);
  await receiver.send([message(4, BORIS)]);
  // Listed, and fetched and removed by another program before it is read.
  await symlink(join(folder, 'gone'), join(folder, 'calls-20260112-110000-0123abcd.csv'));
  // What a killed desk or a killed erasure had begun, of now and of older versions.
  for (const name of [
    '.calls-20260112-110000-0123abcd.csv.0123abcd.unfinished',
    '.calls-0123abcd.unfinished',
    'calls-20260112-110000-0123abcd.csv.0123abcd.unfinished',
  ])
    await writeFile(join(folder, name), ANNA);
  const isRoot = process.getuid?.() === 0;
  for (const name of await readdir(folder)) {
    if (name === 'calls-20260112-110000-0123abcd.csv') continue;
    await chmod(join(folder, name), 0o664);
    if (isRoot) await chown(join(folder, name), 65_534, 65_534);
  }
  expect(await eraseFromFolder(folder, encoding, ANNA)).toBe(2);
  await rm(join(folder, 'calls-20260112-110000-0123abcd.csv'));
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  // Whoever might fetch them before still may.
  for (const name of names) {
    const { mode, uid } = await stat(join(folder, name));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o664, uid: isRoot ? 65_534 : uid });
  }
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  expect(texts.join('\n')).not.toContain(ANNA);
  expect(texts.join('\n')).toContain('event 2');
  expect(texts.join('\n')).toContain('event 4');
  expect(await eraseFromFolder(folder, encoding, ANNA)).toBe(0);
  expect(await eraseFromFolder(join(folder, 'nothing'), encoding, ANNA)).toBe(0);
});

test('what a desk that was killed had begun to write is gone when it writes again', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, '.calls-20260112-110000-0123abcd.csv.0123abcd.unfinished'), ANNA);
  await writeFile(join(folder, 'of somebody else.unfinished'), '');
  const receiver = new CsvFolder({ folder, everyMs: 1000, encoding: 'utf-8', timeZone: 'UTC' });
  await receiver.send([]);
  expect(await readdir(folder)).toEqual(['of somebody else.unfinished']);
});
