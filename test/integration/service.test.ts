import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXIT } from '../../src/cli/exit.ts';
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

const UNITS = ['courier-agi.service', 'courier-agi-desk.service'];

test('a desk can read by which start of the machine another one was killed: its lease is not waited for', async () => {
  const settings = (await deployed('courier-agi-desk.service')).split('\n');
  expect(settings.filter((line) => line.startsWith('ProcSubset='))).toEqual([]);
  await expect(readFile('/proc/sys/kernel/random/boot_id', 'utf8')).resolves.toMatch(/^[0-9a-f-]{36}\n$/);
});

describe.each(UNITS)('deploy/%s', (name) => {
  let analyze: string;
  let unit: string;

  beforeAll(async () => {
    analyze = await ensurePackage('systemd-analyze', 'systemd');
    unit = join(folder, name);
    const text = await deployed(name);
    // The command is not installed on a machine that tests.
    await writeFile(unit, text.replaceAll('=courier-agi ', `=${process.execPath} `));
  }, INSTALL_MS);

  test('is taken by systemd without a word', async () => {
    const { stdout, stderr } = await run(analyze, ['verify', '--man=no', unit]);
    expect(stdout + stderr).toBe('');
  });

  test('is refused with a mistake in it, so that the test above can fail', async () => {
    const broken = join(folder, `broken-${name}`);
    await writeFile(broken, (await readFile(unit, 'utf8')).replace('WatchdogSec=30', 'WatchdogSecs=30'));
    const { stderr } = await run(analyze, ['verify', '--man=no', broken]);
    expect(stderr).toContain('WatchdogSecs');
  });

  test('leaves the service little to break: systemd counts less than 2 of 10', async () => {
    const check = run(analyze, ['security', '--offline=true', '--threshold=20', '--no-pager', unit]);
    expect((await check).stdout).toContain('OK');
  });

  test('keeps what the sample has it write in a folder that it may write', async () => {
    const [, state = ''] = /^StateDirectory=(.*)$/m.exec(await deployed(name)) ?? [];
    const written = (await deployed('courier-agi.yaml')).match(
      /(?<=(?:file|tokensFile): |sqlite:)\/var\/\S+/gi,
    );
    expect(written?.length).toBeGreaterThan(2);
    for (const path of written ?? []) expect(path.startsWith(`/var/lib/${state}/`)).toBe(true);
  });

  test('runs as the user that the sysusers file makes', async () => {
    const [, user = ''] = /^User=(.*)$/m.exec(await deployed(name)) ?? [];
    expect(await deployed('courier-agi.sysusers.conf')).toMatch(
      new RegExp(`^u ${user} - ".*" /var/lib/`, 'm'),
    );
  });

  test('neither needs nor waits for another service of ours, nor stops with it', async () => {
    const settings = (await deployed(name)).split('\n').filter((line) => !line.startsWith('#'));
    const others = UNITS.filter((one) => one !== name);
    for (const line of settings) for (const other of others) expect(line).not.toContain(other);
  });
});

describe('deploy/courier-agi.service', () => {
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
});

describe('deploy/courier-agi-desk.service', () => {
  test('starts the desk with the configuration of the router', async () => {
    const start = (text: string): string => /^ExecStart=.*$/m.exec(text)?.[0] ?? '';
    const router = start(await deployed('courier-agi.service'));
    expect(start(await deployed('courier-agi-desk.service'))).toBe(router.replace(' serve ', ' desk '));
  });

  test('may erase recordings where the sample has them', async () => {
    const [, source = 'none'] = /^#  source: (\/\S+)/m.exec(await deployed('courier-agi.yaml')) ?? [];
    expect(await deployed('courier-agi-desk.service')).toContain(`\nReadWritePaths=-${source}\n`);
  });

  test('does not promise a reload, since the desk takes a new configuration at its start', async () => {
    expect(await deployed('courier-agi-desk.service')).not.toMatch(/^ExecReload/m);
    expect(await deployed('courier-agi.yaml')).toContain('systemctl restart courier-agi-desk');
  });

  test('does not start again and again what says that its configuration cannot be used', async () => {
    expect(await deployed('courier-agi-desk.service')).toContain(`RestartPreventExitStatus=${EXIT.usage}\n`);
  });

  test('is the first to go when the machine is short of memory, and leaves the router more of the rest', async () => {
    const scoreOf = async (name: string) =>
      Number(/^OOMScoreAdjust=(-?\d+)$/m.exec(await deployed(name))?.[1]);
    expect(await scoreOf('courier-agi-desk.service')).toBeGreaterThan(0);
    expect(await scoreOf('courier-agi.service')).toBeLessThan(0);
    // 100 is what others have.
    const desk = await deployed('courier-agi-desk.service');
    for (const weight of ['CPUWeight', 'IOWeight'])
      expect(Number(new RegExp(`^${weight}=(\\d+)$`, 'm').exec(desk)?.[1])).toBeLessThan(100);
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
