import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import {
  checkSnapshot as checkSnapshotIn,
  checkSnapshotFile as checkFileIn,
} from '../../../src/doctor/snapshot.check.ts';
import type { ServerStatus } from '../../../src/monitoring/monitor.ts';
import { english, inEnglish } from './in-english.ts';
import { monitor } from '../../unit/monitoring/records.ts';

const checkSnapshot = inEnglish(checkSnapshotIn);
const PLENTY = () => 1e9;
const checkSnapshotFile = (path: string, user: ServiceUser, free = PLENTY) => {
  const finding = checkFileIn(path, user, free);
  return finding === null ? null : english(finding);
};

const config = (yaml = '') => parseConfig(yaml, 'test');
const running = (changes: Partial<ServerStatus>) => ({ status: { ...monitor().status(), ...changes } });
const snapshot = (ageSeconds: number, partial: { isPartial?: true } = {}) => ({
  directory: {
    breakerOpen: false,
    problem: null,
    snapshot: { numbers: 9, ageSeconds, ...partial },
    taking: null,
  },
});

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

  test('on a disk that is full is told of, in megabytes', () => {
    const file = write('snapshot', 'x'.repeat(2_000_000));
    expect(checkSnapshotFile(file, owner(), () => 3_000_000)).toBeNull();
    expect(checkSnapshotFile(file, owner(), () => 1_500_000)?.message).toBe(
      `The disk is full: ${root} has 1.5 MB left, and a snapshot needs 2.0 MB.`,
    );
    expect(checkSnapshotFile(join(root, 'none'), owner(), () => 4096)?.remedy).toContain(`df -h ${root}`);
  });
});

const ROOT = { name: 'root', uid: 0, gids: [0] };

describe('the snapshot', () => {
  test.each([
    ['without a server', null, 'skipped'],
    ['on the demo database', running({}), 'skipped'],
    [
      'that is missing',
      running({ directory: { breakerOpen: true, problem: 'away', snapshot: null, taking: null } }),
      'warn',
    ],
    [
      'that is being taken for the first time',
      running({
        directory: {
          breakerOpen: false,
          problem: null,
          snapshot: null,
          taking: { matches: 9, seconds: 2 },
        },
      }),
      'skipped',
    ],
    ['that is fresh', running(snapshot(60)), 'ok'],
    ['of which a part is lost', running(snapshot(60, { isPartial: true })), 'warn'],
    ['that was not refreshed for long', running(snapshot(3600)), 'warn'],
  ])('%s', (_what, server, state) => {
    expect(checkSnapshot(config('snapshot: { refreshSeconds: 300 }'), server, ROOT).state).toBe(state);
  });

  test('that is switched off is not missed', () => {
    expect(checkSnapshot(config('snapshot: { enabled: false }'), null, ROOT).state).toBe('skipped');
  });

  test('whose folder is missing is a warning besides its age', () => {
    const yaml = 'snapshot: { file: /nowhere/at-all/snapshot }\ndatabase: { url: "mysql://agi@db/courier" }';
    expect(checkSnapshot(config(yaml), running(snapshot(60)), ROOT)).toEqual({
      state: 'warn',
      message:
        'The folder /nowhere/at-all of snapshot.file does not exist. The server will create it ' +
        'if it is allowed to. Check the path. The snapshot knows 9 numbers and is 60 s old.',
      remedy: 'install -d -m 750 -o root /nowhere/at-all',
    });
  });
});
