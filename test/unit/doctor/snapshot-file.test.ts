import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSnapshotFile } from '../../../src/doctor/snapshot-file.ts';
import { findWriter } from '../../../src/doctor/service-user.ts';
import { monitor } from '../monitoring/records.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'courier-agi-snapshot-'));
  chmodSync(root, 0o755);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('snapshot.file', () => {
  const stranger = { name: 'stranger', uid: 54_321, gids: [54_321] };
  const owner = () => ({ name: 'owner', uid: statSync(root).uid, gids: [] });
  const colleague = () => ({ name: 'colleague', uid: 54_321, gids: [statSync(root).gid] });

  test('is fine in a folder that the server may write, without a file or with one of its own', () => {
    const file = join(root, 'snapshot');
    expect(checkSnapshotFile(file, owner())).toBeNull();
    write('snapshot', '');
    expect(checkSnapshotFile(file, owner())).toBeNull();
    chmodSync(root, 0o775);
    chmodSync(file, 0o640);
    expect(checkSnapshotFile(file, colleague())).toBeNull();
  });

  test('in a folder that is not there gets the command that makes it', () => {
    const finding = checkSnapshotFile(join(root, 'lost/snapshot'), stranger);
    expect(finding).toMatchObject({ state: 'warn', remedy: `install -d -m 750 -o stranger ${root}/lost` });
    expect(finding?.message).toContain(`The folder ${root}/lost of snapshot.file does not exist`);
  });

  test('in a folder that the server may not write names the user, the owner and the mode', () => {
    const { uid, gid } = statSync(root);
    const finding = checkSnapshotFile(join(root, 'snapshot'), stranger);
    expect(finding?.message).toBe(
      `User stranger may not write into ${root} (owner ${uid}, group ${gid}, mode 755): the snapshot does not outlive a restart.`,
    );
    expect(finding?.remedy).toContain(`chown stranger ${root}`);
  });

  test('below a folder that the server may not enter names that folder', () => {
    const file = write('inner/snapshot', '');
    chmodSync(root, 0o700);
    expect(checkSnapshotFile(file, stranger)?.message).toContain(`may not enter ${root} (`);
  });

  test('that somebody else has written, and the server may not read, is told of', () => {
    const file = write('snapshot', '');
    chmodSync(root, 0o777);
    chmodSync(file, 0o600);
    expect(checkSnapshotFile(file, stranger)?.message).toContain(`may not read ${file}`);
  });

  test('that is a folder, or stands below a file, is told of', () => {
    expect(checkSnapshotFile(root, { ...owner(), uid: 0 })).toMatchObject({
      message: `snapshot.file ${root} is a folder.`,
    });
    const file = write('file', '');
    expect(checkSnapshotFile(join(file, 'snapshot'), owner())?.message).toContain(`${file} is no folder`);
  });
});

describe('the user who writes it', () => {
  const running = (pid: number) => ({ status: { ...monitor().status(), pid } });
  const passwd = 'root:x:0:0:::\nagi:x:0:0:::\ncourier-agi:x:990:991:::\nby-hand:x:1000:1000:::\n';

  test('is the one of the server that runs here', () => {
    write('etc/passwd', passwd);
    write('proc/77/cmdline', 'node\0/usr/bin/courier-agi\0serve\0');
    write('proc/77/status', 'Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nGid:\t5\t5\t5\t5\nGroups:\t6 7 \n');
    expect(findWriter(running(77), root)).toEqual({ name: 'by-hand', uid: 1000, gids: [5, 6, 7] });
  });

  test('is not that of a process which only has the number of a server elsewhere', () => {
    write('etc/passwd', 'root:x:0:0:::\n');
    write('proc/77/cmdline', '/sbin/init\0');
    write('proc/77/status', 'Uid:\t1000\t1000\t1000\t1000\nGid:\t5\t5\t5\t5\n');
    expect(findWriter(running(77), root).uid).toBe(process.getuid?.());
  });

  test('is the service when root asks and no server runs, else the one who asks', () => {
    write('etc/passwd', passwd);
    write('etc/group', 'adm:x:4:\nssl-cert:x:110:postgres,courier-agi\n');
    const own = process.getuid?.() ?? 0;
    expect(findWriter(null, root)).toMatchObject(
      own === 0 ? { name: 'courier-agi', uid: 990, gids: [991, 110] } : { uid: own },
    );
  });
});
