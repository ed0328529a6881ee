import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks, readDocument, ROOT } from '../unit/docs/markdown.ts';

const run = promisify(execFile);

const [, INSTALL = '', START = ''] = codeBlocks(readDocument('deploy/README.md'), 'sh');

/** What needs root, systemd or the service's user; it is written down in place of being done. */
const WRITTEN_DOWN = ['systemctl', 'systemd-sysusers', 'chgrp', 'chown'];

/** The folder in place of `/`. */
let machine: string;
let commands: string;

beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), 'courier-agi-install-'));
  commands = join(machine, 'commands');
  await mkdir(join(machine, 'bin'));
  await mkdir(join(machine, 'lib', 'courier-agi'), { recursive: true });
  await symlink(join(ROOT, 'deploy'), join(machine, 'lib', 'courier-agi', 'deploy'));
  await command('sudo', 'exec "$@"');
  await command('npm', `echo ${join(machine, 'lib')}`);
  for (const name of WRITTEN_DOWN) await command(name, `echo "${name} $*" >> ${commands}`);
  await writeFile(commands, '');
});

afterEach(() => rm(machine, { recursive: true }));

async function command(name: string, script: string): Promise<void> {
  await writeFile(join(machine, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Runs a block of the documentation with the folder in place of `/`, and the group of whoever runs the tests. */
async function follow(block: string): Promise<void> {
  const script = block
    .replaceAll(/ (?=\/(?:etc|var|usr\/local\/share)\/)/g, ` ${machine}`)
    .replaceAll(' -g courier-agi', '');
  await run('sh', ['-eu', '-c', script], {
    env: { ...process.env, PATH: `${join(machine, 'bin')}:${process.env['PATH']}` },
  });
}

const inMachine = (path: string) => join(machine, path);
const YAML = 'etc/courier-agi/courier-agi.yaml';
const PASSWORD = 'etc/courier-agi/password';
const AMI_SECRET = 'etc/courier-agi/ami-secret';

async function modeOf(path: string): Promise<string> {
  return ((await stat(inMachine(path))).mode & 0o777).toString(8);
}

async function expectFiles(yaml: string, password: string): Promise<void> {
  expect(await readFile(inMachine(YAML), 'utf8')).toBe(yaml);
  expect(await readFile(inMachine(PASSWORD), 'utf8')).toBe(password);
}

describe('the commands of deploy/README.md', () => {
  test('lay out the sample and empty secrets on a new machine, for the service to read, and start nothing', async () => {
    await follow(INSTALL);
    await expectFiles(readDocument('deploy/courier-agi.yaml'), '');
    expect(await modeOf(YAML)).toBe('640');
    expect(await modeOf(PASSWORD)).toBe('640');
    expect(await readFile(inMachine(AMI_SECRET), 'utf8')).toBe('');
    expect(await modeOf(AMI_SECRET)).toBe('640');
    expect(await readFile(commands, 'utf8')).not.toMatch(/start|enable/);
  });

  test('leave what was written as README.md has it, and let the service read it', async () => {
    const [yaml = ''] = codeBlocks(readDocument('README.md'), 'yaml');
    await mkdir(inMachine('etc/courier-agi'), { recursive: true });
    await writeFile(inMachine(YAML), yaml, { mode: 0o600 });
    await writeFile(inMachine(PASSWORD), 'secret\n');
    await follow(INSTALL);
    await expectFiles(yaml, 'secret\n');
    expect(await modeOf('etc/courier-agi')).toBe('750');
    expect(await modeOf(YAML)).toBe('640');
    expect(await modeOf(PASSWORD)).toBe('640');
    expect(await readFile(commands, 'utf8')).toContain(
      `chgrp courier-agi ${[YAML, PASSWORD, AMI_SECRET].map(inMachine).join(' ')}\n`,
    );
  });

  test('do so when they are followed again', async () => {
    await follow(INSTALL);
    await writeFile(inMachine(YAML), 'database: { url: "demo:" }\n');
    await writeFile(inMachine(PASSWORD), 'secret\n');
    await follow(INSTALL);
    await expectFiles('database: { url: "demo:" }\n', 'secret\n');
  });

  test('ask the doctor about the file that the service reads, as its user, before they start it', async () => {
    const unit = readDocument('deploy/courier-agi.service');
    const [, file = 'none'] = /^ExecStart=.* --config (\S+)$/m.exec(unit) ?? [];
    const lines = START.trim().split('\n');
    expect(lines[0]).toMatch(new RegExp(`^sudo -u courier-agi courier-agi doctor --config ${file}( |$)`));
    expect(lines[1]).toBe('sudo systemctl enable --now courier-agi');
  });
});

test('the service files show no other way to install it', () => {
  for (const unit of ['courier-agi.service', 'courier-agi-desk.service'])
    expect(readDocument(`deploy/${unit}`)).not.toMatch(/^#.*(install -|systemctl enable)/m);
});

test('a log file has a folder before systemd opens it, and is rotated by root, who has made it', () => {
  const text = readDocument('deploy/courier-agi.logrotate');
  const [, folder = 'none'] = /^#.*StandardOutput=append:(.*)\/[^/]+$/m.exec(text) ?? [];
  const steps = [`install -d -m 750 ${folder}\n`, 'systemctl edit', 'StandardOutput=', 'systemctl restart'];
  const places = steps.map((step) => text.indexOf(step));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(text).toContain(`\n${folder}/*.log {\n`);
  expect(text).not.toMatch(/^ +su /m);
  // It would give the folder to the service's user, too late for the first start.
  expect(text).not.toMatch(/^# +LogsDirectory=/m);
});
