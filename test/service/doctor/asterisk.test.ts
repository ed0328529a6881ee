import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { openConsole } from '../../../src/doctor/asterisk/console.ts';
import {
  examineFile,
  judgeDialplan as judgeDialplanIn,
} from '../../../src/doctor/asterisk/dialplan.check.ts';
import { destinationOf, Endpoints } from '../../../src/doctor/asterisk/endpoints.ts';
import {
  checkExtensions as checkExtensionsIn,
  checkTrunks as checkTrunksIn,
} from '../../../src/doctor/asterisk/telephones.check.ts';
import { inEnglish, inEnglishLater } from './in-english.ts';

// What is quoted here was printed by Asterisk 16 and 22; test/asterisk/doctor.test.ts asks real ones.

const judgeDialplan = inEnglish(judgeDialplanIn);
const checkTrunks = inEnglishLater(checkTrunksIn);
const checkExtensions = inEnglishLater(checkExtensionsIn);

const CONTEXT = `[ Context 'courier-route' created by 'pbx_config' ]
    5. Set(LOCAL(COURIER_URL)=agi://127.0.0.1:4573/route) [courier-route.conf:3]`;
const MISSING = "There is no existence of 'courier-route' context";
const CALLED = `${CONTEXT}\n 's' => 1. Gosub(courier-route,s,1) [extensions.conf:5]`;
const FILE = { path: '/etc/asterisk/courier-route.conf', exists: true, user: 'asterisk', mayBeRead: true };
const GOOD = { context: CONTEXT, dialplan: CALLED, globals: '', file: FILE, port: 4573, hasDeskAlone: false };

describe('the dialplan', () => {
  test.each([
    ['the sample', {}, 'ok'],
    ['the sample, and the server on another port', { port: 5000 }, 'warn'],
    [
      'the global that leads there',
      { globals: '   COURIER_ROUTER=agi://10.0.0.1:5000/route\n', port: 5000 },
      'ok',
    ],
    ['a global without a port', { globals: '   COURIER_ROUTER=agi://router/route\n' }, 'ok'],
    [
      'hagi, which finds the port by itself',
      { globals: '   COURIER_ROUTER=hagi://router/route\n', port: 5000 },
      'ok',
    ],
    ['no such context', { context: MISSING, dialplan: '' }, 'warn'],
    [
      'a dialplan of their own, without the sample',
      { context: MISSING, dialplan: '1. AGI(agi://127.0.0.1:4573/route) [extensions.conf:9]' },
      'ok',
    ],
    ...[
      ['AGI(agi://127.0.0.1/superfecta.agi)', 'warn'],
      ['AGI(agi://127.0.0.1:4573/superfecta.agi)', 'warn'],
      ['AGI(agi://127.0.0.1:5000)', 'warn'],
      ['AGI(agi://10.0.0.1:5000/route?number=${CALLERID(num)})', 'ok'],
      ['AGI(agi://[::1]/route,arg)', 'ok'],
      ['AGI(hagi://router/route)', 'ok'],
      ['AGI(agi://127.0.0.1)', 'ok'],
      ['AGI(agi://10.0.0.1:4573/?number=${CALLERID(num)})', 'ok'],
    ].map(([call = '', state = '']): [string, object, string] => [
      `the line ${call} alone`,
      { context: MISSING, dialplan: `1. ${call} [extensions.conf:9]` },
      state,
    ]),
  ])('with %s', (_what, changes, state) => {
    expect(judgeDialplan({ ...GOOD, ...changes }).state).toBe(state);
  });

  test.each([
    'Gosub(courier-route,s,1)',
    'GosubIf(${DIALPLAN_EXISTS(courier-route,s,1)}?courier-route,s,1)',
    'GosubIf($["${CALLERID(num)}" != ""]?courier-route,s,1)',
  ])('that calls it with %s is good', (call) => {
    const dialplan = `${CONTEXT}\n 's' => 1. ${call} [extensions.conf:5]`;
    expect(judgeDialplan({ ...GOOD, dialplan }).state).toBe('ok');
  });

  test('that never calls it is told of', () => {
    const dialplan = `${CONTEXT}\n 's' => 1. Gosub(sub-record,s,1) [extensions.conf:5]`;
    const finding = judgeDialplan({ ...GOOD, dialplan });
    expect(finding.message).toMatch(/^Nothing in the dialplan calls courier-route/);
    expect(finding.remedy).toContain('Gosub(courier-route,s,1)');
  });

  test('that calls it by a misspelt name is told which', () => {
    const dialplan = `${CONTEXT}\n 's' => 1. Gosub(courier_route,s,1) [extensions.conf:5]`;
    expect(judgeDialplan({ ...GOOD, dialplan }).message).toMatch(
      /^The dialplan calls courier_route, and never/,
    );
  });

  test('without the context: the file is missing, cannot be read, or is not included', () => {
    const told = (file: Partial<typeof FILE>) =>
      judgeDialplan({ ...GOOD, context: MISSING, dialplan: '', file: { ...FILE, ...file } });
    expect(told({ exists: false, mayBeRead: false }).message).toContain('there is no /etc/asterisk/');
    expect(told({ mayBeRead: false })).toMatchObject({
      message: expect.stringContaining('is there, but the user asterisk may not read it'),
      remedy: expect.stringContaining('chmod 640 /etc/asterisk/courier-route.conf'),
    });
    expect(told({}).remedy).toContain('#tryinclude "courier-route.conf"');
  });

  test('may do without it where there is a desk and no router', () => {
    const absent = { context: MISSING, dialplan: '', hasDeskAlone: true };
    const gone = { ...FILE, exists: false, mayBeRead: false };
    expect(judgeDialplan({ ...GOOD, ...absent, file: gone })).toMatchObject({
      state: 'skipped',
      remedy: expect.stringMatching(/^Good if nobody routes/),
    });
    // Whoever has copied it means to use it.
    expect(judgeDialplan({ ...GOOD, ...absent }).state).toBe('warn');
  });

  test('that is loaded, and whose file the next restart will not find, is told of', () => {
    const told = (file: Partial<typeof FILE>) => judgeDialplan({ ...GOOD, file: { ...FILE, ...file } });
    for (const file of [{ exists: false, mayBeRead: false }, { mayBeRead: false }]) {
      expect(told(file)).toMatchObject({
        state: 'warn',
        message: expect.stringContaining('after a restart'),
      });
    }
    // Loaded from elsewhere, such as the GUI's own file.
    const context = CONTEXT.replace('courier-route.conf', 'extensions_custom.conf');
    const dialplan = CALLED.replace('courier-route.conf', 'extensions_custom.conf');
    const file = { ...FILE, exists: false, mayBeRead: false };
    expect(judgeDialplan({ ...GOOD, context, dialplan, file }).state).toBe('ok');
  });
});

describe('the file with the sample', () => {
  let folder: string;
  const settings = () =>
    `  User name and group:         asterisk/asterisk\n  Configuration directory:     ${folder}\n`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'courier-agi-asterisk-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is looked for where Asterisk looks, with the eyes of its user', async () => {
    const stranger = () => ({ name: 'asterisk', uid: 54_321, gids: [54_321] });
    const path = join(folder, 'courier-route.conf');
    expect(examineFile(settings(), stranger)).toEqual({
      path,
      exists: false,
      user: 'asterisk',
      mayBeRead: false,
    });
    await writeFile(path, '');
    await chmod(path, 0o600);
    expect(examineFile(settings(), stranger)).toMatchObject({ exists: true, mayBeRead: false });
    await chmod(path, 0o644);
    expect(examineFile(settings(), stranger)).toMatchObject({ exists: true, mayBeRead: true });
  });

  test("is root's to read where Asterisk has no user of its own", () => {
    expect(examineFile('  User name and group:         /\n').user).toBe('root');
  });
});

test.each([
  ['PJSIP/79160000000@trunk', { kind: 'PJSIP', name: 'trunk' }],
  ['PJSIP/101', { kind: 'PJSIP', name: '101' }],
  ['PJSIP/trunk/sip:79160000000@203.0.113.1', { kind: 'PJSIP', name: 'trunk' }],
  ['SIP/trunk/79160000000', { kind: 'SIP', name: 'trunk' }],
  ['SIP/79160000000@trunk', { kind: 'SIP', name: 'trunk' }],
  ['SIP/79160000000@sip.example.com', null],
  ['Local/79160000000@out/n', { kind: 'Local', name: '79160000000@out' }],
  ['DAHDI/g1/79160000000', null],
  ['nonsense', null],
])('%s is asked about as %j', (dial, destination) => {
  expect(destinationOf(dial)).toEqual(destination);
});

/** An Asterisk that answers what is written here. */
function asking(answers: Readonly<Record<string, string>>): { endpoints: Endpoints; asked: string[] } {
  const asked: string[] = [];
  const endpoints = new Endpoints((question) => {
    asked.push(question);
    return Promise.resolve(answers[question] ?? 'Unable to find object.');
  });
  return { endpoints, asked };
}

const endpoint = (name: string, state: string) =>
  ` Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>\n` +
  ` Endpoint:  ${name.padEnd(52)} ${state.padEnd(13)} 0 of inf\n`;

describe('trunks', () => {
  const config = parseConfig(
    `dial:
      trunks:
        - { prefix: ["7916"], dial: "PJSIP/{NUMBER}@gsm-mtc" }
        - { dial: "PJSIP/{NUMBER}@trunk" }`,
    'test',
  );
  const TRUNK = { 'pjsip show endpoint trunk': endpoint('trunk', 'Not in use') };

  test('that Asterisk knows are good', async () => {
    const { endpoints } = asking({
      ...TRUNK,
      'pjsip show endpoint gsm-mtc': endpoint('gsm-mtc', 'Not in use'),
    });
    expect(await checkTrunks(endpoints, config)).toMatchObject({
      state: 'ok',
      message: 'Asterisk knows the trunks gsm-mtc, trunk.',
    });
  });

  test('that are misspelt fail, with the name that was meant', async () => {
    const { endpoints } = asking({
      ...TRUNK,
      'pjsip show endpoints': endpoint('gsm-mts', 'Not in use') + endpoint('101/101', 'Unavailable'),
    });
    expect(await checkTrunks(endpoints, config)).toMatchObject({
      state: 'fail',
      message: 'Asterisk does not know PJSIP/gsm-mtc: is gsm-mts meant?',
      remedy: expect.stringContaining('dial.trunks'),
    });
  });

  test('that nobody has fail without a guess', async () => {
    const { endpoints } = asking({ ...TRUNK, 'pjsip show endpoints': endpoint('trunk', 'Not in use') });
    expect((await checkTrunks(endpoints, config)).message).toBe('Asterisk does not know PJSIP/gsm-mtc.');
  });

  test('that do not answer are a warning', async () => {
    const { endpoints } = asking({
      ...TRUNK,
      'pjsip show endpoint gsm-mtc': endpoint('gsm-mtc', 'Unavailable'),
    });
    expect(await checkTrunks(endpoints, config)).toMatchObject({
      state: 'warn',
      message: 'Trunks that do not answer now: gsm-mtc.',
    });
  });

  test.each([
    ['Peer trunk not found.', 'fail'],
    ['  Status       : UNREACHABLE', 'warn'],
    ['  Status       : UNKNOWN', 'warn'],
    ['  Status       : OK (12 ms)', 'ok'],
    ['  Status       : Unmonitored', 'ok'],
  ])('of chan_sip: %s is %s', async (answer, state) => {
    const { endpoints } = asking({ 'sip show peer trunk': answer });
    const chanSip = parseConfig('dial: { trunks: [{ dial: SIP/trunk }] }', 'test');
    expect((await checkTrunks(endpoints, chanSip)).state).toBe(state);
  });

  test('are never taken for part of a command', async () => {
    const { endpoints, asked } = asking({});
    const hostile = { kind: 'PJSIP', name: 'x; core stop now' } as const;
    expect(await endpoints.stateOf(hostile)).toBe('unknown');
    expect(asked).toEqual([]);
  });

  test('of a technology that cannot be asked about are left out', async () => {
    const dahdi = parseConfig('dial: { trunks: [{ dial: "DAHDI/g1/{NUMBER}" }] }', 'test');
    expect((await checkTrunks(asking({}).endpoints, dahdi)).state).toBe('skipped');
  });
});

describe('extensions', () => {
  const config = parseConfig('', 'test');
  const known = {
    'pjsip show endpoint 101': endpoint('101/101', 'Not in use'),
    'pjsip show endpoint 102': endpoint('102/102', 'Unavailable'),
  };

  test('that are registered are good', async () => {
    expect((await checkExtensions(asking(known).endpoints, config, ['101'])).state).toBe('ok');
  });

  test('that nobody has, and those that are not registered, are named', async () => {
    const finding = await checkExtensions(asking(known).endpoints, config, ['101', '102', '109']);
    expect(finding).toMatchObject({
      state: 'warn',
      message: 'Asterisk does not know 109, which users.extPhone names. Not registered now: 102.',
      details: {
        unknown: { count: 1, codes: ['109'] },
        notRegistered: { count: 1, codes: ['102'] },
      },
    });
  });

  test('of FreePBX are contexts of the dialplan', async () => {
    const freepbx = parseConfig('dial: { extension: "Local/{EXTENSION}@from-internal/n" }', 'test');
    const { endpoints } = asking({ 'dialplan show 101@from-internal': "[ Context 'from-internal' ]" });
    expect((await checkExtensions(endpoints, freepbx, ['101', '102'])).message).toContain('not know 102,');
  });

  test('are not asked about without the database, or where there is none', async () => {
    for (const extensions of [null, []]) {
      expect((await checkExtensions(asking(known).endpoints, config, extensions)).state).toBe('skipped');
    }
  });
});

describe('the console of Asterisk', () => {
  test('is its own command', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-doctor-'));
    const command = join(folder, 'asterisk');
    await writeFile(command, '#!/bin/sh\necho "$@"\n');
    // As a folder of PATH that this user may not look into.
    expect((await openConsole([command])).state).toBe('no command');
    await chmod(command, 0o755);
    const access = await openConsole(['/nowhere/asterisk', command]);
    const answer = access.state === 'open' ? await access.ask('dialplan show') : '';
    await writeFile(command, '#!/bin/sh\necho "Unable to connect to remote asterisk (does /run exist?)"\n');
    const stopped = await openConsole([command]);
    await rm(folder, { recursive: true });
    expect(answer).toBe('-rx dialplan show\n');
    expect(stopped.state).toBe('no answer');
    expect((await openConsole(['/nowhere/asterisk'])).state).toBe('no command');
  });
});
