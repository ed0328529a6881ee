import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePackage } from '../lab/packages.ts';

const run = promisify(execFile);
const deployed = (name: string): Promise<string> =>
  readFile(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

const INSTALL_MS = 5 * 60_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-service-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('deploy/courier-agi.service', () => {
  let analyze: string;
  let unit: string;

  beforeAll(async () => {
    analyze = await ensurePackage('systemd-analyze', 'systemd');
    unit = join(folder, 'courier-agi.service');
    const text = await deployed('courier-agi.service');
    // The command is not installed on a machine that tests.
    await writeFile(unit, text.replaceAll('=courier-agi ', `=${process.execPath} `));
  }, INSTALL_MS);

  test('is taken by systemd without a word', async () => {
    const { stdout, stderr } = await run(analyze, ['verify', '--man=no', unit]);
    expect(stdout + stderr).toBe('');
  });

  test('is refused with a mistake in it, so that the test above can fail', async () => {
    const broken = join(folder, 'broken.service');
    await writeFile(broken, (await readFile(unit, 'utf8')).replace('WatchdogSec=30', 'WatchdogSecs=30'));
    const { stderr } = await run(analyze, ['verify', '--man=no', broken]);
    expect(stderr).toContain('WatchdogSecs');
  });

  test('leaves the service little to break: systemd counts less than 2 of 10', async () => {
    const check = run(analyze, ['security', '--offline=true', '--threshold=20', '--no-pager', unit]);
    expect((await check).stdout).toContain('OK');
  });

  test('starts what the package installs, with the configuration that the sample names', async () => {
    const text = await deployed('courier-agi.service');
    expect(text).toContain('ExecStart=courier-agi serve --config /etc/courier-agi/courier-agi.yaml\n');
    // In this order: what cannot be used fails the reload before the server hears of it.
    expect(text.match(/^ExecReload=.*$/gm)).toEqual([
      'ExecReload=courier-agi check --config /etc/courier-agi/courier-agi.yaml',
      "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'",
    ]);
    const { bin } = JSON.parse(await readFile('package.json', 'utf8')) as { bin: Record<string, string> };
    expect(Object.keys(bin)).toEqual(['courier-agi']);
    expect(await deployed('courier-agi.yaml')).toContain('For /etc/courier-agi/courier-agi.yaml.');
  });

  test('keeps the snapshot of the sample in a folder that it may write', async () => {
    const [, state = ''] = /^StateDirectory=(.*)$/m.exec(await deployed('courier-agi.service')) ?? [];
    expect(await deployed('courier-agi.yaml')).toContain(`file: /var/lib/${state}/snapshot`);
  });

  test('runs as the user that the sysusers file makes', async () => {
    const [, user = ''] = /^User=(.*)$/m.exec(await deployed('courier-agi.service')) ?? [];
    expect(await deployed('courier-agi.sysusers.conf')).toMatch(
      new RegExp(`^u ${user} - ".*" /var/lib/`, 'm'),
    );
  });
});

test(
  'deploy/courier-agi.sysusers.conf is understood by systemd-sysusers',
  async () => {
    const sysusers = await ensurePackage('systemd-sysusers', 'systemd');
    const file = join(folder, 'sysusers.conf');
    await writeFile(file, await deployed('courier-agi.sysusers.conf'));
    // A root of its own, so that it does not matter who is a user of this machine.
    const { stderr } = await run(sysusers, ['--dry-run', `--root=${folder}`, file]);
    expect(stderr).toMatch(/user 'courier-agi'/i);
  },
  INSTALL_MS,
);

test(
  'deploy/courier-agi.logrotate is understood by logrotate',
  async () => {
    const logrotate = await ensurePackage('logrotate', 'logrotate');
    const file = join(folder, 'logrotate.conf');
    // As it is: it runs as root and names no user.
    await writeFile(file, await deployed('courier-agi.logrotate'));
    await chmod(file, 0o644);
    const { stderr } = await run(logrotate, ['--debug', '--state', join(folder, 'state'), file]);
    expect(stderr).toContain('rotating pattern: /var/log/courier-agi/*.log');
    expect(stderr).not.toMatch(/^error|unknown option/im);
  },
  INSTALL_MS,
);

test(
  'deploy/courier-agi.1 is formatted by groff without a warning',
  async () => {
    const groff = await ensurePackage('groff', 'groff-base');
    const { stderr } = await run(groff, ['-man', '-ww', '-z', '-Kutf8', '-Tutf8', 'deploy/courier-agi.1']);
    expect(stderr).toBe('');
  },
  INSTALL_MS,
);
