import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { decodeCall, encodeCall } from '../../../src/journal/call.document.ts';
import { EXIT, explainFailure } from '../../../src/cli/exit.ts';
import { JournalVersionError } from '../../../src/journal/errors.ts';
import { migrateJournal, requireSchema } from '../../../src/journal/migrate.ts';
import { openExistingJournal, openJournal, openJournalOn } from '../../../src/journal/open.ts';
import type { JournalDatabase } from '../../../src/journal/tables.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { answeredCall, inside, time } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { describeRecordings } from '../../lab/journal/recordings-behaviour.ts';
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
const folderOfAll = mkdtempSync(join(MEMORY, 'courier-agi-journal-'));
afterAll(() => rm(folderOfAll, { recursive: true, force: true }));
describeRecordings(() => openJournalOn('sqlite', () => sqliteInProcess(join(folderOfAll, 'journal.db'))));

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

describe('a call whose story is damaged', () => {
  const ANNA = '79161234567';
  const damaged = async (detail: Uint8Array) => {
    const path = await databaseFile();
    const store = await openFile(path);
    await store.save([answeredCall(1, ANNA), answeredCall(2, ANNA)]);
    const db = new Kysely<JournalDatabase>({ dialect: sqliteInProcess(path) });
    cleanups.add(() => db.destroy());
    await db.updateTable('calls').set({ detail }).where('id', '=', answeredCall(1, ANNA).id).execute();
    return { store, db };
  };

  test('holds are kept, and calls without any are written as before there were holds', async () => {
    const hold = { by: inside('101', 'olga'), from: time(6000), until: time(9000) };
    const held = answeredCall(1, ANNA, { holds: [hold] });
    expect(decodeCall(encodeCall(held))).toEqual(held);
    const before = encodeCall(answeredCall(1, ANNA));
    expect(before.length).toBeLessThan(encodeCall(held).length);
    expect(decodeCall(before).holds).toEqual([]);
  });

  test.each([
    ['nothing', Buffer.of()],
    ['of a newer version', Buffer.of(9, 1, 2, 3)],
    ['bytes that are no text', Buffer.of(1, 255, 254, 253)],
    ['half of it', encodeCall(answeredCall(1, ANNA)).subarray(0, 40)],
  ])('(%s) is told by what its columns say, and the others are told as ever', async (_what, detail) => {
    const { store } = await damaged(detail);
    const { calls } = await store.list({ number: ANNA }, 10);
    expect(calls[0]).toEqual({ ...answeredCall(2, ANNA), note: null });
    expect(calls[1]).toMatchObject({
      id: answeredCall(1, ANNA).id,
      from: { number: ANNA },
      outcome: 'answered',
      talks: [],
      completeness: 'partial',
    });
  });

  test('is found by its Linkedid, in part, so that its records fill it up; and is then whole to read again', async () => {
    const { store } = await damaged(Buffer.of(9));
    const call = answeredCall(1, ANNA);
    const known = await store.find('main', call.linkedIds[0] ?? '');
    expect(known).toMatchObject({ linkedIds: call.linkedIds, state: 'ended', completeness: 'partial' });
    const filled = { ...call, completeness: 'rebuilt' as const };
    await store.save([filled]);
    expect(await store.get(call.id)).toEqual({ ...filled, note: null });
  });

  test('keeps its page although the links of people are damaged', async () => {
    const { store, db } = await damaged(encodeCall(answeredCall(1, ANNA)));
    await db.updateTable('calls').set({ manual_links: '[{' }).execute();
    const { calls } = await store.list({}, 10);
    expect(calls).toEqual(
      [answeredCall(2, ANNA), answeredCall(1, ANNA)].map((call) => ({ ...call, note: null })),
    );
  });

  test('is forgotten with all that it was found by', async () => {
    const { store, db } = await damaged(Buffer.of(9));
    expect((await store.blankBefore(Date.now(), 10)).calls).toBe(2);
    expect(await db.selectFrom('call_keys').selectAll().execute()).toEqual([]);
    expect(JSON.stringify(await store.list({}, 10))).not.toContain(ANNA);
  });
});

test.each([
  ['a newer version', "insert into journal_migrations values ('999-future', '2030-01-01')", '999-future'],
  ['an older version', "delete from journal_migrations where name = '006-feeds'", 'without 006-feeds'],
])('whoever only looks leaves a journal of %s alone, and is told', async (_what, statement, told) => {
  const path = await databaseFile();
  await openFile(path);
  const db = new Kysely<JournalDatabase>({ dialect: sqliteInProcess(path) });
  await sql.raw(statement).execute(db);
  const before = await stepsOf(db);
  await expect(requireSchema(db)).rejects.toThrow(JournalVersionError);
  await expect(requireSchema(db)).rejects.toThrow(told);
  expect(await stepsOf(db)).toEqual(before);
  await db.destroy();
});

test('a desk does not touch a journal of a newer version, and says what to do', async () => {
  const path = await databaseFile();
  await openFile(path);
  const db = new Kysely<JournalDatabase>({ dialect: sqliteInProcess(path) });
  await sql.raw("insert into journal_migrations values ('999-future', '2030-01-01')").execute(db);
  const before = await stepsOf(db);
  const start = openFile(path);
  await expect(start).rejects.toThrow(/of a newer version.* 999-future.*install that version again/);
  // systemd does not try again what a start does not mend: RestartPreventExitStatus= in the unit.
  expect(explainFailure(await start.catch((error: unknown) => error)).status).toBe(EXIT.usage);
  expect(await stepsOf(db)).toEqual(before);
  await db.destroy();
});

async function stepsOf(db: Kysely<JournalDatabase>): Promise<unknown[]> {
  return (await sql.raw('select name from journal_migrations').execute(db)).rows;
}

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
