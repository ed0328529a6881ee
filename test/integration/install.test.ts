import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { playCall } from '../../src/simulator/asterisk.ts';
import { filesOf, openBareMachine, type BareMachine } from '../lab/bare-machine.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { SOURCES } from '../lab/package-sources.ts';
import { ensurePackage } from '../lab/packages.ts';
import { codeBlocks, readDocument } from '../unit/docs/markdown.ts';

/*
 * The installation on bare Debian folders, as README.md and deploy/README.md tell it. systemd does not run in
 * them: the command of the unit is run by hand, as its user.
 */

const run = promisify(execFile);

/** Making a folder, when it is not there yet, and building. */
const PREPARE_MS = 6 * 60_000;

let folder: string;
let tarball: string;
let deb: string;

beforeAll(async () => {
  await ensurePackage('dpkg-deb', 'dpkg');
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-install-'));
  const checkout = join(folder, 'checkout');
  for (const name of SOURCES) await cp(name, join(checkout, name), { recursive: true });
  await symlink(resolve('node_modules'), join(checkout, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--silent'], { cwd: checkout });
  tarball = join(checkout, stdout.trim());
  const built = await run(join(checkout, 'deploy/build-deb.sh'), [tarball], { cwd: folder });
  deb = built.stdout.trim();
  const options = ['--global', '--prefix', join(folder, 'npm'), '--omit=dev', '--prefer-offline'];
  await run('npm', ['install', ...options, '--no-audit', '--no-fund', tarball]);
}, PREPARE_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of a test that calls apt or npm, on a machine that has other things to do. */
const APT_MS = 2 * 60_000;

const CONFIG = '/etc/courier-agi/courier-agi.yaml';

/** The block of README.md that begins so. */
function readmeBlock(beginning: string): string {
  const block = codeBlocks(readDocument('README.md'), 'sh').find((text) => text.startsWith(beginning));
  if (block === undefined) throw new Error(`README.md has no block that begins with «${beginning}».`);
  return block.trim();
}

/** Serves calls as the unit says, on free ports and on the demo database, and makes one. */
async function makeFirstCall({ run: inside, start }: BareMachine, unit: string): Promise<string> {
  const [port, httpPort] = [await freeTcpPort(), await freeTcpPort()];
  await inside(`sed -i -e "s|url: .*|url: 'demo:'|" -e '/passwordFile:/d' \
    -e 's/port: 4573/port: ${port}/' -e 's/port: 9573/port: ${httpPort}/' ${CONFIG}`);
  const [, command = ''] = /^ExecStart=(.*)$/m.exec(await inside(`cat ${unit}`)) ?? [];
  const stop = start(
    `install -d -m 700 -o courier-agi -g courier-agi /var/lib/courier-agi; umask 077; cd /
     NODE_ENV=production setpriv --reuid courier-agi --regid courier-agi --init-groups ${command}
     true # This shell stays root's: a process that changes its user outlives the one that started it.`,
  );
  try {
    const environment = new Map([['agi_callerid', '+7 916 200-00-01']]);
    const caller = { environment, presets: new Map<string, string>() };
    for (let tries = 0; tries < 100; tries += 1) {
      const target = { host: '127.0.0.1', port };
      const call = await playCall(target, caller, { timeoutMs: 5_000 }).catch(() => null);
      // A connection that is refused leaves what the dialplan presets.
      const status = call?.variables.get('ROUTE_STATUS') ?? 'ERROR';
      if (status !== 'ERROR') return `${status} ${call?.variables.get('ROUTE_DIAL_1')}`;
      await sleep(100);
    }
    throw new Error('The server did not answer within 10 s.');
  } finally {
    await stop();
  }
}

describe.each(['node-20', 'node-24'] as const)('the Debian package on a bare machine with %s', (name) => {
  let machine: BareMachine;
  let before: string[];

  beforeAll(async () => {
    machine = await openBareMachine(name);
    before = await filesOf(machine);
  }, PREPARE_MS);
  afterAll(() => machine?.remove());

  test(
    'is installed with one command, fetches nothing, and asks nothing',
    async () => {
      const path = await machine.bring(deb);
      expect(basename(path)).toMatch(/^courier-agi_[\d.]+_all\.deb$/);
      // What comes before the package's own unit, for somebody who had it from npm.
      const old = '/etc/systemd/system/courier-agi.service';
      await machine.run(`touch ${old}`);
      const install = readmeBlock('sudo apt install ').replace('apt install', 'apt-get install -q -y');
      const told = await machine.run(`cd $(dirname ${path}); ${install} </dev/null 2>&1`);
      await machine.run(`rm ${old}`);
      expect(told).toContain('Next: set database.url in /etc/courier-agi/courier-agi.yaml');
      const [, page = ''] = /For the desk, .* see (\S+)\.$/m.exec(told) ?? [];
      expect(await machine.run(`head -n 1 ${page}`)).toContain('The desk');
      expect(told).toContain(`${old} of an earlier installation comes before this package: remove it.`);
    },
    APT_MS,
  );

  test('is found by sudo, with its manual page, its user and its unit', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await machine.run('sudo courier-agi --version')).toBe(`${version}\n`);
    expect(await machine.run('zcat /usr/share/man/man1/courier-agi.1.gz')).toContain('.TH');
    expect(await machine.run('id courier-agi')).toMatch(/^uid=\d+\(courier-agi\)/);
    const units = await machine.run('ls /usr/lib/systemd/system/courier-agi*');
    expect(units.match(/[^/\n]+$/gm)).toEqual(['courier-agi-desk.service', 'courier-agi.service']);
    for (const unit of units.trimEnd().split('\n'))
      await machine.run(`systemd-analyze verify --man=no ${unit}`);
  });

  test('lets its user read the configuration and the password, and nobody else', async () => {
    const modes = await machine.run("stat -c '%n %a %U %G' /etc/courier-agi /etc/courier-agi/*");
    expect(modes.trimEnd().split('\n')).toEqual([
      '/etc/courier-agi 750 root courier-agi',
      '/etc/courier-agi/ami-secret 640 root courier-agi',
      `${CONFIG} 640 root courier-agi`,
      '/etc/courier-agi/password 640 root courier-agi',
    ]);
  });

  test('takes the password and the dialplan as README.md has it, for nobody else to read', async () => {
    await machine.run(`echo geheim | { ${readmeBlock('sudo tee ')}\n}`);
    expect(await machine.run("stat -c '%a' /etc/courier-agi/password; cat /etc/courier-agi/password")).toBe(
      '640\ngeheim\n',
    );
    await machine.run('useradd --system asterisk; install -d /etc/asterisk');
    await machine.run(readmeBlock('sudo install -m 640 -o asterisk '));
    expect(await machine.run("stat -c '%a %U' /etc/asterisk/courier-route.conf")).toBe('640 asterisk\n');
    await machine.run('rm -r /etc/asterisk; userdel asterisk');
  });

  test('has the dependencies of the lock file, to the letter', async () => {
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, { version?: string }>;
    };
    const root = '/usr/lib/courier-agi';
    for (const library of ['kysely', 'mysql2', 'pino', 'commander', 'yaml', 'zod']) {
      const manifest = await machine.run(`cat ${root}/node_modules/${library}/package.json`);
      expect(JSON.parse(manifest)).toMatchObject({
        version: packages[`node_modules/${library}`]?.version,
      });
    }
  });

  test('can keep a journal: the one library that is machine code works here', async () => {
    const program = `import('@photostructure/sqlite').then(({ DatabaseSync }) =>
      console.log(new DatabaseSync(':memory:').prepare('select 40 + 2 as answer').get().answer))`;
    const told = await machine.run(`cd /usr/lib/courier-agi; node --input-type=module -e "${program}"`);
    expect(told).toBe('42\n');
  });

  test('routes a first call', async () => {
    const unit = '/usr/lib/systemd/system/courier-agi.service';
    expect(await makeFirstCall(machine, unit)).toBe('OK PJSIP/79161000011@trunk');
  });

  test(
    'keeps configuration and password when it is installed again',
    async () => {
      await machine.run(`echo geheim >/etc/courier-agi/password; echo '# mine' >>${CONFIG}`);
      await machine.run(`apt-get install -q -y --reinstall /srv/${basename(deb)} </dev/null`);
      expect(await machine.run(`tail -n 1 ${CONFIG} /etc/courier-agi/password`)).toMatch(/# mine[^]*geheim/);
    },
    APT_MS,
  );

  test(
    'leaves nothing when it is purged, neither a file nor a user',
    async () => {
      await machine.run('apt-get remove -q -y courier-agi');
      expect(await machine.run('ls /etc/courier-agi')).toBe('ami-secret\ncourier-agi.yaml\npassword\n');
      await machine.run('apt-get purge -q -y courier-agi');
      expect(await filesOf(machine)).toEqual(before);
      expect(await machine.run('getent passwd courier-agi || echo gone')).toBe('gone\n');
    },
    APT_MS,
  );
});

/** Puts a Node.js of the registry before that of Debian, as somebody does whose Debian has an older one. */
async function bringNode({ root }: BareMachine, major: string): Promise<void> {
  const packed = await run('npm', ['pack', '--silent', `node-linux-${process.arch}@${major}`], {
    cwd: folder,
  });
  await run('tar', ['-xzf', packed.stdout.trim(), 'package/bin/node'], { cwd: folder });
  await cp(join(folder, 'package/bin/node'), join(root, 'usr/local/bin/node'));
}

describe.each([
  { name: 'node-20', with: 'its own Node.js 20', major: null },
  { name: 'node-24', with: 'its own Node.js 24', major: null },
  // Debian 12, whose own Node.js is too old. No Debian has 22.
  { name: 'node-18', with: 'Node.js 22 before its own', major: '22' },
] as const)(
  'deploy/README.md on a bare machine with $name, and Node.js $major in its place',
  ({ name, major }) => {
    let machine: BareMachine;

    beforeAll(async () => {
      machine = await openBareMachine(name);
      if (major !== null) await bringNode(machine, major);
    }, PREPARE_MS);
    afterAll(() => machine?.remove());

    test(
      'installs from npm what runs as a service, up to the first call',
      async () => {
        // npm of Debian is 400 packages: the npm of this machine installs into the folder.
        await run('cp', ['-a', `${join(folder, 'npm')}/.`, join(machine.root, 'usr')]);
        const npm = join(machine.root, 'usr/local/bin/npm');
        await writeFile(npm, '#!/bin/sh\necho /usr/lib/node_modules\n', { mode: 0o755 });

        const [, install = ''] = codeBlocks(readDocument('deploy/README.md'), 'sh');
        await machine.run(install.replace('sudo systemctl daemon-reload\n', ''));
        expect(await machine.run('node --version')).toMatch(major === null ? /^v2[04]\./ : /^v22\./);
        expect(await machine.run('sudo courier-agi --version')).toMatch(/^\d+\.\d+\.\d+\n$/);
        expect(await makeFirstCall(machine, '/etc/systemd/system/courier-agi.service')).toBe(
          'OK PJSIP/79161000011@trunk',
        );
      },
      APT_MS,
    );
  },
);

describe('a Node.js that is too old, of Debian 12', () => {
  let machine: BareMachine;

  beforeAll(async () => {
    machine = await openBareMachine('node-18');
  }, PREPARE_MS);
  afterAll(() => machine?.remove());

  test('is refused by the package manager, by its version', async () => {
    const path = await machine.bring(deb);
    const told = await machine.run(`apt-get install -q -y ${path} </dev/null 2>&1 || true`);
    expect(told).toMatch(/nodejs \(>= 20\.19\)/);
  });

  test.each(['--help', 'demo', 'doctor', 'serve', 'explain 79162000001'])(
    'gets one line from courier-agi %s',
    async (command) => {
      await machine.run(`dpkg-deb --extract /srv/${basename(deb)} /`);
      const told = await machine.run(`courier-agi ${command} 2>&1 || echo "status $?"`);
      expect(told).toMatch(/^courier-agi needs Node\.js 20\.19\S* or later, and this is 18\..*\nstatus 2\n$/);
    },
  );
});
