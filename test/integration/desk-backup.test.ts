import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, readGaps, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { buildServer } from '../lab/server-process.ts';
import { codeBlocks, readDocument } from '../unit/docs/markdown.ts';

/*
 * Backup and restore of a journal in a file, as docs/desk.md has them, with the real desk on a played Asterisk.
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
    await buildServer(),
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
