import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { SOURCES } from '../lab/package-sources.ts';
import { ensurePackage } from '../lab/packages.ts';

const run = promisify(execFile);

/** Building, and fetching the dependencies. */
const INSTALL_MS = 3 * 60_000;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the npm package', () => {
  let folder: string;
  let empty: string;
  let checkout: string;
  let tarball: string;
  let files: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'courier-agi-package-'));
    // Packed from a copy: packing builds anew, and others may be running what is built.
    checkout = join(folder, 'checkout');
    for (const name of SOURCES) await cp(name, join(checkout, name), { recursive: true });
    await symlink(resolve('node_modules'), join(checkout, 'node_modules'));
    const { stdout } = await run('npm', ['pack', '--json', '--loglevel=error'], { cwd: checkout });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [Packed];
    files = packed.files.map(({ path }) => path);

    empty = join(folder, 'empty');
    await mkdir(empty);
    await writeFile(join(empty, 'package.json'), '{ "private": true }');
    tarball = join(checkout, packed.filename);
    const options = ['--no-audit', '--no-fund', '--omit=dev', '--prefer-offline'];
    await run('npm', ['install', ...options, tarball], { cwd: empty, timeout: INSTALL_MS });
  }, INSTALL_MS);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const courierAgi = (...args: string[]) =>
    run(join(empty, 'node_modules/.bin/courier-agi'), args, { cwd: empty, timeout: 60_000 });

  test('holds what runs, what an admin copies, and nothing else', async () => {
    const folders = new Set(files.map((path) => path.split('/')[0]));
    expect([...folders].toSorted()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'README.ru.md',
        'SECURITY.md',
        'agi-scripts',
        'deploy',
        'dialplan-examples',
        'dist',
        'docs',
        'package.json',
      ].toSorted(),
    );
    for (const name of ['agi-scripts', 'dialplan-examples', 'deploy']) {
      for (const file of await readdir(name)) expect(files).toContain(`${name}/${file}`);
    }
    expect(files).toContain('dist/main.js');
  });

  test('needs no development tool', async () => {
    const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const installed = await readdir(join(empty, 'node_modules'));
    for (const tool of ['typescript', 'jest', 'oxlint']) {
      expect(Object.keys(devDependencies)).toContain(tool);
      expect(installed).not.toContain(tool);
    }
  });

  test('tells its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect((await courierAgi('--version')).stdout).toBe(`${version}\n`);
  });

  test('plays the demo in an empty folder', async () => {
    const { stdout } = await courierAgi('demo');
    expect(stdout).toMatch(/\d+ scenarios, \d+ as expected, 0 not/);
  });

  test('explains a number and checks itself, without a configuration', async () => {
    const { stdout } = await courierAgi('explain', '+7 916 200-00-01', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'OK', caller: 'recipient' });
    // Exit status 0: nothing failed. A port in use by a server of this machine would be a failure.
    const { stdout: report } = await courierAgi('doctor', '--json').catch(
      (error: { stdout: string }) => error,
    );
    expect(JSON.parse(report)).toMatchObject({ checks: expect.any(Array) });
  });

  describe('deploy/build-deb.sh', () => {
    let deb: string;
    let root: string;

    beforeAll(async () => {
      await ensurePackage('dpkg-deb', 'dpkg');
      const { stdout } = await run(join(checkout, 'deploy/build-deb.sh'), [tarball], {
        cwd: folder,
        timeout: INSTALL_MS,
      });
      deb = stdout.trim();
      root = join(folder, 'root');
      await run('dpkg-deb', ['--raw-extract', deb, root]);
    }, INSTALL_MS);

    test('makes a Debian package that runs where it is unpacked', async () => {
      const { stdout } = await run(join(root, 'usr/bin/courier-agi'), ['demo'], { cwd: empty });
      expect(stdout).toMatch(/\d+ scenarios, \d+ as expected, 0 not/);
    });

    test('names the version of the package and the Node.js that it needs', async () => {
      const { version, engines } = JSON.parse(await readFile('package.json', 'utf8')) as {
        version: string;
        engines: { node: string };
      };
      const control = await readFile(join(root, 'DEBIAN/control'), 'utf8');
      expect(control).toContain(`\nVersion: ${version}\n`);
      expect(`${engines.node.replace('>=', '')}.`).toContain(
        `${/nodejs \(>= ([\d.]+)\)/.exec(control)?.[1]}.`,
      );
    });

    test('puts everything in its place, for root, and only root may change it', async () => {
      const { stdout } = await run('dpkg-deb', ['--contents', deb], { maxBuffer: 10_000_000 });
      const lines = stdout.trimEnd().split('\n');
      for (const path of [
        'usr/bin/courier-agi -> ../lib/courier-agi/dist/main.js',
        'usr/lib/systemd/system/courier-agi.service',
        'usr/lib/systemd/system/courier-agi-desk.service',
        'usr/lib/sysusers.d/courier-agi.conf',
        'usr/share/man/man1/courier-agi.1.gz',
        'usr/lib/courier-agi/dialplan-examples/courier-route.conf',
      ]) {
        expect(lines.filter((line) => line.endsWith(` ./${path}`))).toHaveLength(1);
      }
      for (const line of lines)
        expect(line).toMatch(/^(?:l|[d-]...(?:r-x|r--|---)(?:r-x|r--|---)) *\S* *root\/root|^lrwx/);
      expect(stdout).not.toMatch(/node_modules\/(?:typescript|jest|oxlint)\//);
    });

    test.each(['postinst', 'prerm', 'postrm'])('has a %s that the shell understands', async (name) => {
      await run('sh', ['-n', join(root, 'DEBIAN', name)]);
    });
  });
});
