import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkJournal } from '../../src/doctor/desk/journal.check.ts';
import { JournalVersionError } from '../../src/journal/errors.ts';
import { FOLLOWING } from '../../src/journal/lease.ts';
import { openExistingJournal, openJournal } from '../../src/journal/open.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { makeDeskHome, readGaps, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { answeredCall } from '../lab/journal/sample-calls.ts';
import { buildProgram } from '../lab/build-program.ts';
import { english } from '../service/doctor/in-english.ts';
import { codeBlocks, readDocument } from '../unit/docs/markdown.ts';

/*
 * Backup and restore of a journal, as docs/desk.md has them, with the real desk on a played Asterisk and a real MariaDB.
 */

const run = promisify(execFile);
const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };

const cleanups = new Cleanups();
afterEach(cleanups.run);

test('a copy made while calls go on is a journal to go back to, with a gap for what came after it', async () => {
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT, speed: 20 });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const startDesk = async () => {
    const desk = await startDeskProcess(home, { ami: { port: asterisk.port, ...ACCOUNT } });
    cleanups.add(desk.kill);
    await desk.ready();
    return desk;
  };
  const ring = async (from: string) =>
    asterisk.play(
      missed(asterisk.ids, {
        from,
        to: '74950000000',
        rings: ['101'],
        ringSeconds: 2,
        because: 'caller gives up',
      }),
    );

  const first = await startDesk();
  await ring('79162000001');
  await eventually('the first call has ended', async () => (await first.calls())[0]?.state === 'ended');

  const config = join(home.folder, 'backup.yaml');
  const journal = join(home.folder, 'journal.db');
  const copy = join(home.folder, 'copy.db');
  await writeFile(config, JSON.stringify({ journal: { url: `sqlite:${journal}` } }));
  const { stdout } = await run(process.execPath, [
    await buildProgram(),
    'journal',
    'backup',
    copy,
    '--config',
    config,
  ]);
  expect(stdout).toMatch(/copy\.db: \d+\.\d MB, looked through\n$/);

  await ring('79162000002');
  await eventually('the second call is there', async () => (await first.calls()).length === 2);
  await first.terminate();

  // What docs/desk.md says, with these files in place of the service's.
  const restore = codeBlocks(readDocument('docs/desk.md'), 'sh').find((block) => block.includes('-wal'));
  const script = (restore ?? 'exit 1')
    .replaceAll(/^sudo systemctl .*$/gm, '')
    .replaceAll('sudo ', '')
    .replaceAll(' -o courier-agi -g courier-agi', '')
    .replaceAll('/var/lib/courier-agi/journal.db', journal)
    .replaceAll(/\/var\/backups\/\S+/g, copy);
  await run('sh', ['-eu', '-c', script]);
  await rm(copy);

  const second = await startDesk();
  const calls = await second.calls();
  expect(calls.map(({ from }) => from.number)).toEqual(['79162000001']);
  await ring('79162000003');
  await eventually('calls go on', async () => (await second.calls()).length === 2);
  await second.terminate();
  expect((await readGaps(home)).map(({ reason }) => reason)).toContain('The desk did not run.');
}, 120_000);

describe('a journal in a database', () => {
  let server: DatabaseServer;
  const urlOf = (database: string) => `mysql://root@127.0.0.1:${server.port}/${database}`;
  const calls = async (database: string) => {
    const store = await openExistingJournal(urlOf(database));
    try {
      return (await store.list({}, 10, null)).calls.map(({ id }) => id);
    } finally {
      await store.close();
    }
  };

  beforeAll(async () => {
    server = await startMariadb();
    await server.sql('CREATE DATABASE courier_desk; CREATE DATABASE restored');
    const store = await openJournal(urlOf('courier_desk'));
    for (const number of [1, 2]) await store.save([answeredCall(number, '79161234567')]);
    await store.close();
  }, SERVER_START_MS);
  afterAll(() => server?.stop());

  test('is copied and put back with the tools of its server', async () => {
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    const block = codeBlocks(readDocument('docs/desk.md'), 'sh').find((text) => text.startsWith('mysqldump'));
    const account = `-h127.0.0.1 -P${server.port} -uroot`;
    const script = (block ?? 'exit 1')
      .replace('mysqldump ', `mysqldump ${account} `)
      .replace('mysql courier_desk', `mysql ${account} restored`);
    await run('sh', ['-eu', '-c', script], { cwd: home.folder });
    expect(await calls('restored')).toHaveLength(2);
    expect(await calls('restored')).toEqual(await calls('courier_desk'));
  }, 60_000);

  test('is seen by doctor: its version, who writes it, that it is not there', async () => {
    const user = { name: 'whoever', uid: 1, gids: [] };
    const examine = async (database: string) =>
      english(await checkJournal({ url: urlOf(database), keepDays: 1 }, user));
    expect(await examine('courier_desk')).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('no desk follows'),
    });
    const store = await openJournal(urlOf('courier_desk'));
    cleanups.add(() => store.close());
    await store.lease({ ...FOLLOWING, holder: 'tower 1' }).take();
    expect(await examine('courier_desk')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('the desk on tower writes it'),
    });
    await server.sql('CREATE DATABASE empty');
    expect(await examine('empty')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('the desk makes its tables'),
    });
    expect(await examine('nowhere')).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('nowhere'),
    });
    await server.sql("INSERT INTO courier_desk.journal_migrations VALUES ('999-future', '2030-01-01')");
    expect(await examine('courier_desk')).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('999-future'),
    });
    await expect(calls('courier_desk')).rejects.toThrow(JournalVersionError);
    await expect(openJournal(urlOf('courier_desk'))).rejects.toThrow(JournalVersionError);
  }, 60_000);
});
