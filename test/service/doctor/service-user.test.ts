import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findServiceUser, userByName } from '../../../src/doctor/service-user.ts';
import { monitor } from '../../unit/monitoring/records.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'courier-agi-user-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('the user whom the server runs as', () => {
  const running = (pid: number) => ({ status: { ...monitor().status(), pid } });
  const STATUS = 'Name:\tnode\nUid:\t1\t1\t1\t54321\nGid:\t5\t5\t5\t5\nGroups:\t6 7 \n';

  test('is the one of the server that runs here, with all their groups', () => {
    write('proc/77/cmdline', 'node\0/usr/bin/courier-agi\0serve\0');
    write('proc/77/status', STATUS);
    expect(findServiceUser(running(77), root)).toEqual({ name: '54321', uid: 54_321, gids: [5, 6, 7] });
  });

  test('is not that of a process which only has the number of a server elsewhere', () => {
    write('proc/77/cmdline', '/sbin/init\0');
    write('proc/77/status', STATUS);
    expect(findServiceUser(running(77), root).uid).not.toBe(54_321);
  });

  test('is whoever asks where no server runs and there is no service', () => {
    const service = process.getuid?.() === 0 ? userByName('courier-agi') : null;
    expect(findServiceUser(null)).toMatchObject({ uid: service?.uid ?? process.getuid?.() });
  });
});

test('a user is known by name, as the system knows them', () => {
  expect(userByName('root')).toMatchObject({ uid: 0, gids: expect.arrayContaining([0]) });
  expect(userByName('nobody-of-this-name')).toBeNull();
});
