import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { startListeningProcess } from '../lab/listening-process.ts';
import { buildProgram } from '../lab/build-program.ts';
import { codeBlocks, readDocument, ROOT } from '../unit/docs/markdown.ts';
import { troubleIn } from './calls.ts';
import { startCompany, type Company } from './company.ts';

/*
 * docs/desk.md, "Set it up", step by step on a real Asterisk with Debian's own manager.conf. There is no systemd here:
 * what the unit starts is started by hand.
 */

const run = promisify(execFile);

/** manager.conf of Debian's package, without its comments. */
const DEBIANS = `[general]
enabled = yes
port = 5038
bindaddr = 127.0.0.1

#include "manager.d/*.conf"
`;

const RECIPIENT = '79162000001';

const page = readDocument('docs/desk.md').replaceAll(/^ {3}/gm, '');

function block(beginning: string): string {
  const found = codeBlocks(page, 'sh').find((text) => text.startsWith(beginning));
  if (found === undefined) throw new Error(`docs/desk.md has no block that begins with «${beginning}».`);
  return found;
}

describe('docs/desk.md on Asterisk 22', () => {
  const cleanups = new Cleanups();
  let machine: string;
  let main: string;
  let company: Company;
  let config: string;

  /** Runs commands of the page with the folder in place of `/`; nobody here is another user. */
  async function follow(script: string): Promise<string> {
    const here = script
      .replaceAll('/usr/lib/courier-agi/', ROOT)
      .replaceAll(/ (?=\/(?:etc|var)\/)/g, ` ${machine}`)
      .replaceAll('courier-agi doctor', `node ${main} doctor --json --config ${config}`)
      .replaceAll(/courier-agi (?=journal|desk)/g, `node ${main} `);
    const { stdout } = await run('sh', ['-eu', '-c', here], {
      env: { ...process.env, PATH: `${machine}/bin:${process.env['PATH']}`, COURIER_AGI_CONFIG: config },
    });
    return stdout;
  }

  beforeAll(async () => {
    machine = await mkdtemp(join(tmpdir(), 'courier-agi-desk-docs-'));
    cleanups.add(() => rm(machine, { recursive: true }));
    main = await buildProgram();
    config = join(machine, 'etc/courier-agi/courier-agi.yaml');
    for (const folder of ['bin', 'etc/asterisk/manager.d', 'etc/courier-agi', 'var/lib/courier-agi'])
      await mkdir(join(machine, folder), { recursive: true });
    await writeFile(join(machine, 'bin/sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    await writeFile(join(machine, 'bin/chown'), '#!/bin/sh\n', { mode: 0o755 });
    // The one that runs here is in a namespace of its own: doctor asks it over AMI alone.
    await writeFile(join(machine, 'bin/asterisk'), '#!/bin/sh\necho Unable to connect to remote asterisk\n', {
      mode: 0o755,
    });
    // As the package has made it.
    await writeFile(join(machine, 'etc/courier-agi/ami-secret'), '', { mode: 0o640 });
  }, 60_000);
  afterAll(cleanups.run, 60_000);

  test('makes the folder of accounts where Asterisk has none, and names it once', async () => {
    const file = join(machine, 'etc/asterisk/manager.conf');
    const own = DEBIANS.replace(/^#include.*\n/m, '');
    await writeFile(file, own);
    const commands = block('sudo mkdir -p /etc/asterisk/manager.d');
    await follow(commands);
    await follow(commands);
    expect(await readFile(file, 'utf8')).toBe(`${own}#include "manager.d/*.conf"\n`);
  });

  test('makes an account with a secret of its own, which Asterisk takes beside Debian’s settings', async () => {
    await follow(block('head -c'));
    const secret = (await readFile(join(machine, 'etc/courier-agi/ami-secret'), 'utf8')).trim();
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    const account = await readFile(join(machine, 'etc/asterisk/manager.d/courier-agi.conf'), 'utf8');
    expect(account).toContain(`secret = ${secret}\n`);

    const port = await freeTcpPort();
    company = await startCompany({
      version: 22,
      driver: 'PJSIP',
      rules: [{ to: `+${RECIPIENT}`, behaviour: 'answerThenHangUp' }],
      files: (files) => ({
        ...files,
        'manager.conf': DEBIANS,
        'manager.d/courier-agi.conf': account.replace('port = 5038', `port = ${port}`),
      }),
    });
    cleanups.add(company.stop);
    const trouble = troubleIn(await company.asterisk.log()).filter((line) =>
      /\] (manager|config)\.c: /.test(line),
    );
    expect(trouble.filter((line) => !/Voicemail|Unable to load config file/.test(line))).toEqual([]);
    const settings = await company.asterisk.rx('manager show settings');
    expect(settings).toMatch(/Timestamp events: +Yes/);
    expect(settings).toMatch(/Channel vars: +ROUTE_CALLER,/);
    expect(await company.asterisk.rx('manager show user courier-agi')).toMatch(
      /read perm: system,call,.*\n.*write perm/,
    );

    const [yaml = ''] = codeBlocks(page, 'yaml');
    const free = await freeTcpPort();
    await writeFile(
      config,
      `database: { url: 'demo:' }\nlisten: { port: 0 }\nhttp: { enabled: false }\n` +
        yaml.replaceAll('/etc/', `${machine}/etc/`) +
        `  port: ${port}\njournal: { url: 'sqlite:${machine}/var/lib/courier-agi/journal.db' }\n` +
        `desk:\n  port: ${free}\n  usersFile: ${machine}/var/lib/courier-agi/desk-users.json\n` +
        `  tokensFile: ${machine}/var/lib/courier-agi/desk-tokens.json\n`,
    );
  }, 120_000);

  /** What doctor says of the desk, by the name of the check. */
  async function askDoctor(): Promise<Map<string, { state: string; message: string }>> {
    const report: { checks: { name: string; state: string; message: string }[] } = JSON.parse(
      await follow(block('sudo courier-agi doctor')),
    );
    return new Map(report.checks.map((one) => [one.name, one]));
  }

  test('has doctor find nothing that fails before the first start', async () => {
    const checks = await askDoctor();
    for (const name of ['ami', 'ami rights', 'ami address', 'clock', 'journal', 'accounts', 'desk port'])
      expect(checks.get(name)).toMatchObject({ state: 'ok' });
    expect(checks.get('journal')?.message).toContain('yet');
  }, 60_000);

  test('shows the first call in the journal, lets somebody in and gives a token', async () => {
    const desk = await startListeningProcess([main, 'desk', '--config', config]);
    cleanups.add(async () => {
      desk.signal('SIGKILL');
      await desk.ended;
    });
    await eventually('Asterisk is followed', () => desk.log().includes('Asterisk is followed'), 20_000);
    expect(await follow(block('sudo courier-agi journal'))).toMatch(/^no call since \d{4}-/);
    await company.call({ from: RECIPIENT, talkMs: 500 });
    await eventually(
      'the call is in the journal',
      async () => (await follow(block('sudo courier-agi journal'))).includes('answered'),
      30_000,
    );
    const [, , tokenLine = ''] = block('sudo courier-agi desk user add')
      .split('\n')
      .map((line) => line.trim());
    expect(tokenLine).toMatch(/^curl /);
    const token = (await follow('courier-agi desk token add monitor')).trim();
    const { stdout } = await run('curl', [
      '-sS',
      '-H',
      `Authorization: Bearer ${token}`,
      `http://127.0.0.1:${desk.port}/api/calls`,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ calls: [{ outcome: 'answered' }] });

    const checks = await askDoctor();
    expect(checks.get('journal')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('writes it'),
    });
    expect(checks.get('desk port')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('follows main'),
    });
    desk.signal('SIGTERM');
    expect(await desk.ended).toBe(0);
  }, 120_000);
});
