import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageVersion } from '../../../src/util/package.ts';
import { Cleanups } from '../../lab/cleanups.ts';

const run = promisify(execFile);
const RELEASED = packageVersion();

const cleanups = new Cleanups();
afterEach(cleanups.run);

let checkout: string;

beforeEach(async () => {
  checkout = await realpath(await mkdtemp(join(tmpdir(), 'courier-agi-deb-')));
  cleanups.add(() => rm(checkout, { recursive: true, force: true }));
  for (const name of ['deploy/build-deb.sh', 'package.json']) await cp(name, join(checkout, name));
});

async function version(): Promise<string> {
  return (await run(join(checkout, 'deploy/build-deb.sh'), ['--version'])).stdout.trim();
}

const git = (...args: readonly string[]) => run('git', args, { cwd: checkout });

async function commit(at: string): Promise<void> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false'];
  await run('git', [...who, 'commit', '-qam', 'x'], {
    cwd: checkout,
    env: { ...process.env, GIT_COMMITTER_DATE: at },
  });
}

async function isNewer(one: string, other: string): Promise<boolean> {
  return run('dpkg', ['--compare-versions', one, 'gt', other]).then(
    () => true,
    () => false,
  );
}

test('what is no checkout of its own is the version of package.json', async () => {
  expect(await version()).toBe(RELEASED);
});

test('each commit before and behind a release is a newer version, which apt installs over the one before', async () => {
  await git('init', '-q');
  await git('add', '.');
  await commit('2026-11-28T03:04:05+03:00');
  const before = await version();
  expect(before).toMatch(/^[\d.]+~git20261128000405\.[0-9a-f]{7,}$/);
  expect(await isNewer(RELEASED, before)).toBe(true);
  await git('tag', `v${RELEASED}`);
  expect(await version()).toBe(RELEASED);

  await appendFile(join(checkout, 'package.json'), '\n');
  await commit('2026-11-28T03:04:06+03:00');
  const next = await version();
  expect(next).toMatch(/^[\d.]+\+git20261128000406\.[0-9a-f]{7,}$/);
  expect(await isNewer(next, RELEASED)).toBe(true);

  await appendFile(join(checkout, 'package.json'), '\n');
  const uncommitted = await version();
  expect(uncommitted).toMatch(/^[\d.]+\+git20\d{12}\.[0-9a-f]{7,}\.changed$/);
  expect(await isNewer(uncommitted, next)).toBe(true);

  await commit('2026-11-28T03:04:07+03:00');
  expect(await isNewer(await version(), next)).toBe(true);
});
