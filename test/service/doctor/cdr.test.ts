import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCdr as checkCdrIn } from '../../../src/doctor/desk/cdr.check.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { inEnglishLater } from './in-english.ts';

const checkCdr = inEnglishLater(checkCdrIn);

let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'stranger', uid: 54_321, gids: [54_321] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-'));
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'Master.csv');
const examine = (user = owner) => checkCdr({ cdr: `file:${path()}` }, user);

/** A record of a call that has just ended, as `cdr_csv` writes it. */
function line(ageMs: number, uniqueId: string | undefined): string {
  const time = new Date(Date.now() - ageMs).toISOString().replace('T', ' ').slice(0, 19);
  const more = uniqueId === undefined ? '' : `,"${uniqueId}",""`;
  return (
    `"","+79162000001","100","from-trunk","""Анна"" <+79162000001>","PJSIP/trunk-00000001","PJSIP/101-00000002",` +
    `"Dial","PJSIP/101,20","${time}","${time}","${time}",0,0,"ANSWERED","DOCUMENTATION"${more}\n`
  );
}

test('without asterisk.cdr nothing is looked at', async () => {
  expect(await checkCdr({}, owner)).toMatchObject({ state: 'skipped' });
});

test('a file with unique ids is in order, also one that had none before', async () => {
  writeFileSync(path(), line(60_000, undefined) + line(1000, '1764144000.1'));
  expect(await examine()).toMatchObject({
    state: 'ok',
    message: 'Call detail records can be read: 2 records of the last days.',
  });
  writeFileSync(path(), '');
  expect(await examine()).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('none of the last'),
  });
});

test('a file without unique ids fills up nothing', async () => {
  writeFileSync(path(), line(60_000, undefined));
  const found = await examine();
  expect(found).toMatchObject({ state: 'warn', remedy: expect.stringContaining('loguniqueid = yes') });
  expect(JSON.stringify(found)).not.toContain('79162000001');
});

test('a file that is not there yet, or that the desk may not read', async () => {
  expect(await examine()).toMatchObject({ state: 'warn', remedy: expect.stringContaining('cdr_csv') });
  writeFileSync(path(), line(1000, '1764144000.1'));
  chmodSync(folder, 0o755);
  chmodSync(path(), 0o600);
  expect(await examine(stranger)).toMatchObject({
    state: 'fail',
    message: `User stranger, whom the desk runs as, may not read ${path()}.`,
    remedy: `usermod -aG asterisk stranger && chmod g+r ${path()} && systemctl restart courier-agi-desk`,
  });
});

test('a file that was rotated within the last day into one that is packed', async () => {
  writeFileSync(path(), line(1000, '1764144000.1'));
  writeFileSync(`${path()}.1.gz`, 'packed');
  expect(await examine()).toMatchObject({
    state: 'warn',
    message: expect.stringContaining('packed'),
    remedy: expect.stringContaining('delaycompress'),
  });
  utimesSync(`${path()}.1.gz`, new Date('2026-01-12'), new Date('2026-01-12'));
  expect(await examine()).toMatchObject({ state: 'ok' });
});

test('a database that does not answer, without its password', async () => {
  const cdr = `mysql://user:Geheimnis@127.0.0.1:${await freeTcpPort()}/asteriskcdrdb`;
  const found = await checkCdr({ cdr }, owner);
  expect(found).toMatchObject({ state: 'fail', message: expect.stringContaining('cannot be read') });
  expect(JSON.stringify(found)).not.toContain('Geheimnis');
});

test('a file below a folder that the desk may not enter', async () => {
  mkdirSync(join(folder, 'log', 'cdr-csv'), { recursive: true });
  const below = join(folder, 'log', 'cdr-csv', 'Master.csv');
  writeFileSync(below, '');
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'log'), 0o700);
  expect(await checkCdr({ cdr: `file:${below}` }, stranger)).toMatchObject({
    state: 'fail',
    message: expect.stringContaining(`may not enter ${folder}/log, and asterisk.cdr is below it`),
  });
});
