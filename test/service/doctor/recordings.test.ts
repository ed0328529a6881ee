import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { checkRecordings as checkRecordingsIn } from '../../../src/doctor/desk/recordings.check.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { inEnglishLater } from './in-english.ts';

const checkRecordings = inEnglishLater(checkRecordingsIn);

let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'stranger', uid: 54_321, gids: [54_321] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-'));
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});
afterEach(() => rmSync(folder, { recursive: true }));

const section = (yaml: string) => parseConfig(`recordings: ${yaml}`, 'test').recordings;
const examine = (yaml: string, user = owner, free = 1e12) =>
  checkRecordings(section(yaml), 'Europe/Moscow', user, () => free);

test('without the section nothing is looked at', async () => {
  expect(await checkRecordings(undefined, 'Europe/Moscow', owner)).toMatchObject({ state: 'skipped' });
});

test('a folder with recordings is in order', async () => {
  writeFileSync(join(folder, 'courier-1795327859.12.wav'), '');
  writeFileSync(join(folder, 'else.txt'), '');
  expect(await examine(`{ source: ${folder} }`)).toMatchObject({
    state: 'ok',
    message: 'The source of recordings answers: 1 recording of the last 7 days.',
  });
});

test('FreePBX has a folder for each day', async () => {
  const [day = ''] = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow' })
    .format(new Date())
    .split(' ');
  mkdirSync(join(folder, day.replaceAll('-', '/')), { recursive: true });
  const name = `in-1-2-${day.replaceAll('-', '')}-120000-1795327859.12.wav`;
  writeFileSync(join(folder, day.replaceAll('-', '/'), name), '');
  expect(await examine(`{ source: ${folder}, pattern: freepbx }`)).toMatchObject({ state: 'ok' });
});

test('where no name fits, it is said what to look at', async () => {
  writeFileSync(join(folder, 'q-600-79162000001.wav'), '');
  const found = await examine(`{ source: ${folder} }`);
  expect(found).toMatchObject({ state: 'warn', message: expect.stringContaining('None of 1 file') });
  expect(JSON.stringify(found)).not.toContain('79162000001');
});

test('a folder that is not there, may not be read, or not be written', async () => {
  expect(await examine(`{ source: ${folder}/none }`)).toMatchObject({ state: 'fail' });
  chmodSync(folder, 0o700);
  expect(await examine(`{ source: ${folder} }`, stranger)).toMatchObject({
    state: 'fail',
    message: `User stranger, whom the desk runs as, may not read ${folder}.`,
    remedy: 'usermod -aG asterisk stranger && systemctl restart courier-agi-desk',
  });
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'courier-1795327859.12.wav'), '');
  expect(await examine(`{ source: ${folder} }`, stranger)).toMatchObject({
    state: 'warn',
    message: expect.stringContaining('may not remove files'),
  });
});

test('a server that does not answer, without its password', async () => {
  const source = `ftp://user:Geheimnis@127.0.0.1:${await freeTcpPort()}/x`;
  const found = await examine(`{ source: "${source}", mirror: ${folder}/mirror }`);
  expect(found).toMatchObject({ state: 'fail', message: expect.stringContaining('did not let us in') });
  expect(JSON.stringify(found)).not.toContain('Geheimnis');
});

test('a mirror that may not be written', async () => {
  chmodSync(folder, 0o700);
  const yaml = `{ source: "ftp://user@127.0.0.1/x", mirror: ${folder}/mirror }`;
  expect(await examine(yaml, stranger)).toMatchObject({
    state: 'fail',
    message: expect.stringContaining('where recordings.mirror is to be'),
  });
});

test('a folder below one that the desk may not enter', async () => {
  mkdirSync(join(folder, 'spool', 'monitor'), { recursive: true });
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'spool'), 0o700);
  const closed = { state: 'fail', message: expect.stringContaining(`may not enter ${folder}/spool, and`) };
  expect(await examine(`{ source: ${folder}/spool/monitor }`, stranger)).toMatchObject(closed);
  const mirror = `{ source: "ftp://user@127.0.0.1/x", mirror: ${folder}/spool/mirror/here }`;
  expect(await examine(mirror, stranger)).toMatchObject(closed);
});

test('folders that Asterisk makes in it count as well: its mask may let nobody else remove there', async () => {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow' }).format(new Date());
  const today = join(folder, day.replaceAll('-', '/'));
  mkdirSync(today, { recursive: true });
  writeFileSync(join(today, `in-1-2-${day.replaceAll('-', '')}-120000-1795327859.12.wav`), '');
  chmodSync(folder, 0o777);
  chmodSync(today, 0o755);
  const judged = () => examine(`{ source: ${folder}, pattern: freepbx }`, stranger);
  expect(await judged()).toMatchObject({
    state: 'warn',
    message: expect.stringContaining(`User stranger may not remove files in ${today}: `),
    remedy: expect.stringContaining('UMask=0007'),
  });
  chmodSync(today, 0o777);
  expect(await judged()).toMatchObject({ state: 'ok' });
  chmodSync(today, 0o700);
  expect(await judged()).toMatchObject({
    state: 'fail',
    message: expect.stringContaining(`may not read ${today}`),
  });
});
