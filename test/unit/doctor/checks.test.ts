import { describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../../../src/server/app.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { checkAgi, NOBODY, type SampleCaller } from '../../../src/doctor/agi.check.ts';
import { checkAsterisk, judgeDialplan } from '../../../src/doctor/asterisk.check.ts';
import { check } from '../../../src/doctor/check.ts';
import { checkConfiguration } from '../../../src/doctor/configuration.check.ts';
import { judgeVersion } from '../../../src/doctor/database/database.check.ts';
import { judgeContactTypes, judgeStates } from '../../../src/doctor/database/dictionaries.check.ts';
import { judgeGrants } from '../../../src/doctor/database/grants.check.ts';
import { judgeNumbers } from '../../../src/doctor/database/numbers.check.ts';
import { judgeSample } from '../../../src/doctor/database/sample.check.ts';
import { checkDialling } from '../../../src/doctor/dialling.check.ts';
import { checkNodeVersion } from '../../../src/doctor/node-version.check.ts';
import { checkAgiPort, checkHttpPort } from '../../../src/doctor/port.check.ts';
import { checkSnapshot } from '../../../src/doctor/snapshot.check.ts';
import type { ServerStatus } from '../../../src/monitoring/monitor.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { withServer } from '../simulator/scripted-server.ts';
import { monitor } from '../monitoring/records.ts';

const config = (yaml = '') => parseConfig(yaml, 'test');

const column = (tableName: string, columnName: string, privileges: string) => ({
  tableName,
  columnName,
  privileges,
});
const step = (table: string, type: string, rows: string | number) => ({ table, type, rows });
const running = (changes: Partial<ServerStatus>) => ({ status: { ...monitor().status(), ...changes } });
const snapshot = (ageSeconds: number) => ({
  directory: { breakerOpen: false, problem: null, snapshot: { numbers: 9, ageSeconds }, taking: null },
});

describe('configuration', () => {
  test('is worth a warning when there is none', () => {
    const finding = checkConfiguration({ config: config(), file: null, databasePassword: undefined });
    expect(finding).toMatchObject({ state: 'warn', remedy: expect.stringContaining('database.url') });
  });

  test.each([
    [0o644, 'mysql://agi:geheim@db/courier', 'warn'],
    [0o644, 'mariadb://agi:geheim@db/courier', 'warn'],
    [0o640, 'mysql://agi:geheim@db/courier', 'ok'],
    [0o644, 'mysql://agi@db/courier', 'ok'],
    [0o644, 'demo:', 'ok'],
  ])('with mode %o and %s is %s', async (mode, url, state) => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-doctor-'));
    const file = join(folder, 'courier-agi.yaml');
    await writeFile(file, 'x');
    await chmod(file, mode);
    const finding = checkConfiguration({
      config: config(`database: { url: "${url}" }`),
      file,
      databasePassword: undefined,
    });
    await rm(folder, { recursive: true });
    expect(finding.state).toBe(state);
    expect(JSON.stringify(finding)).not.toContain('geheim');
  });
});

test('a database URL that is none fails, and shows no password', () => {
  const finding = checkConfiguration({
    config: config('database: { url: "mysql://agi:ge#heim@db/courier" }'),
    file: 'courier-agi.yaml',
    databasePassword: undefined,
  });
  expect(finding.state).toBe('fail');
  expect(finding.message).toContain('database.url');
  expect(JSON.stringify(finding)).not.toContain('heim');
});

describe('node', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['20.20.2', 'ok'],
    ['22.0.0', 'ok'],
    ['100.0.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.99.99', 'fail'],
  ])('%s is %s where 20.19.0 is needed', (version, state) => {
    expect(checkNodeVersion(version, '>=20.19.0').state).toBe(state);
  });
});

describe('the ports', () => {
  test('are fine when they are free', async () => {
    expect(await checkAgiPort({ host: '127.0.0.1', port: 0 }, null)).toMatchObject({
      state: 'ok',
      ours: false,
    });
    expect(await checkHttpPort({ host: '127.0.0.1', port: 0 }, null)).toMatchObject({
      state: 'ok',
      ours: false,
    });
  });

  test('fail when something else has them, with a remedy that names key and port', async () => {
    const other = createServer((socket) => socket.end('220 mail\r\n'));
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const { port } = other.address() as AddressInfo;
    const agi = await checkAgiPort({ host: '127.0.0.1', port }, null);
    const http = await checkHttpPort({ host: '127.0.0.1', port }, null);
    other.close();
    expect(agi).toMatchObject({ state: 'fail', remedy: expect.stringContaining('listen.port') });
    expect(http).toMatchObject({ state: 'fail', remedy: expect.stringContaining(`:${port}`) });
    expect(http.remedy).toContain('http.port');
  });

  test('fail on an address that is not of this machine', async () => {
    const finding = await checkAgiPort({ host: '192.0.2.1', port: 0 }, null);
    expect(finding).toMatchObject({ state: 'fail', remedy: expect.stringContaining('listen.host') });
  });
});

describe('grants', () => {
  test.each([
    [
      'columns alone',
      ['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT SELECT (`code`, `manager`) ON `courier`.`clients` TO `a`@`%`'],
      'ok',
    ],
    ['a view', ['GRANT SELECT, SHOW VIEW ON `courier`.`v` TO `a`@`%`'], 'ok'],
    ['a role, whose rights show in the columns', ['GRANT `reader`@`%` TO `a`@`%`'], 'ok'],
    ['everything', ['GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION'], 'warn'],
    ['one column to write', ['GRANT SELECT, UPDATE (`State`) ON `courier`.`givn` TO `a`@`%`'], 'warn'],
    ['the right to grant', ['GRANT SELECT ON `courier`.* TO `a`@`%` WITH GRANT OPTION'], 'warn'],
  ])('%s: %s is %s', (_what, grants, state) => {
    expect(judgeGrants(grants, []).state).toBe(state);
  });

  test('overlooks what a fresh MariaDB lets everybody do in databases named test', () => {
    const grants = [
      'GRANT USAGE ON *.* TO `agi`@`127.0.0.1`',
      'GRANT SELECT, INSERT, DROP ON `test`.* TO PUBLIC',
      'GRANT SELECT, INSERT, DROP ON `test\\_%`.* TO PUBLIC',
    ];
    expect(judgeGrants(grants, []).state).toBe('ok');
    expect(judgeGrants(['GRANT INSERT ON `testing`.* TO PUBLIC'], []).state).toBe('warn');
  });

  test('name each right and each password column that is too many', () => {
    const finding = judgeGrants(
      ['GRANT SELECT, INSERT, DELETE ON `courier`.* TO `a`@`%`'],
      [
        column('clients', 'pass', 'select,insert,update,references'),
        column('users', 'pass', 'insert'),
        column('clients', 'code', 'select'),
      ],
    );
    expect(finding.message).toBe(
      'The database user may do more than read: INSERT, DELETE; it can read passwords: clients.pass.',
    );
  });
});

test.each([
  ['10.11.14-MariaDB-0+deb12u2', 'ok', 'MariaDB 10.11.14'],
  ['8.0.36-log', 'ok', 'MySQL 8.0.36'],
  ['5.6.51', 'warn', 'MySQL 5.6.51'],
  ['5.5.68-MariaDB', 'warn', 'MariaDB 5.5.68'],
])('version %s is %s', (version, state, name) => {
  const finding = judgeVersion(version, 'agi@db answers');
  expect(finding.state).toBe(state);
  expect(finding.message).toContain(name);
});

describe('dictionaries', () => {
  const states = [
    { code: 1, text: 'У курьера' },
    { code: 5, text: 'Вручено' },
  ];

  test.each([
    [states, [1], 'ok'],
    [states, [1, 2], 'warn'],
    [[], [1], 'skipped'],
  ])('states %j with inHandStates %j are %s', (dictionary, inHand, state) => {
    expect(judgeStates(dictionary, inHand).state).toBe(state);
  });

  const types = [
    { code: 1, text: 'kurier' },
    { code: 2, text: 'Клиенты' },
    { code: 3, text: 'address Адреса' },
    { code: 39, text: 'fio' },
  ];

  test.each([
    ['are as the look-up takes them', types, 'ok'],
    ['lack one', types.slice(1), 'warn'],
    ['name another table', types.with(0, { code: 1, text: 'clients' }), 'warn'],
    ['are titles only', types.map(({ code }) => ({ code, text: 'Справочник' })), 'ok'],
  ])('contact types that %s', (_what, dictionary, state) => {
    expect(judgeContactTypes(dictionary).state).toBe(state);
  });

  test('contact types are told as the dictionary names them', () => {
    const more = [...types, { code: 7, text: 'store' }];
    expect(judgeContactTypes(more).message).toBe(
      'The types of contacts are 1 «kurier», 2 «Клиенты», 3 «address Адреса», 39 «fio».',
    );
  });
});

describe('numbers', () => {
  const contact = (value: string, index = 0, padded = false) => ({
    row: `${70_001 + index}/3`,
    value,
    padded,
  });
  const judge = (values: readonly string[], padded = false) =>
    judgeNumbers(
      values.map((value, index) => contact(value, index, padded)),
      'RU',
      'all',
    );

  test.each([
    ['digits alone', ['79162000001', '375291234567'], 'ok'],
    [
      'mail addresses, sites and names',
      ['a1234567@example.com', 'vk.com/id12345678', 'Ivan', '@z79162000001'],
      'skipped',
    ],
    ['an extension and a code', ['101', '12345'], 'skipped'],
    ['nothing at all', [], 'skipped'],
    ['a national number', ['79162000001', '89162000002'], 'warn'],
    ['a written number', ['+7 (916) 200-00-02'], 'warn'],
    ['a plus', ['+79162000002'], 'warn'],
    ['two numbers in one', ['79162000001, 79162000002'], 'warn'],
    ['an extension behind it', ['79162000001 доб. 5'], 'warn'],
    ['a name beside it', ['79162000001 Анна', 'тел. 8-916-200-00-02'], 'warn'],
    ['a number without its area', ['2000001'], 'warn'],
    ['a digit too few', ['7916200000'], 'warn'],
    ['a space before it', [' 79162000001'], 'warn'],
    ['a line break behind it', ['79162000001\n'], 'warn'],
  ])('%s: %j', (_what, values, state) => {
    expect(judge(values).state).toBe(state);
  });

  test('may end in spaces where the collation takes no notice of them, and nowhere else', () => {
    expect(judge(['79162000001  '], true).state).toBe('ok');
    expect(judge(['79162000001  '], false).state).toBe('warn');
  });

  test('that are not found are counted, all of them, and three named by their codes', () => {
    const values = ['8 916 200 00 01', '79162000001 Анна', '79162000001', '2000001', '79162000001, 2', '101'];
    const { message } = judge(values);
    expect(message).toBe(
      '4 of 5 numbers (80 %) are not normalised: these people are not recognised. ' +
        'Such as contacts.Source/SourceCodeType 70001/3, 70002/3, 70004/3.',
    );
  });

  test.each([
    ['all', 'All of 1 number are'],
    ['random', 'All of 1 number picked at random'],
    ['first', 'All of the first 1 number'],
  ] as const)('say which rows were read: %s', (extent, text) => {
    expect(judgeNumbers([contact('79162000001')], 'RU', extent).message).toContain(text);
  });

  test('tell a slip of the pen from a wrong country', () => {
    const good = Array.from({ length: 999 }, (_one, index) => String(79_162_000_000 + index));
    const slip = judge([...good, '8 916 200 00 01']);
    expect(slip.message).toContain('1 of 1000 numbers (0.1 %)');
    expect(slip.remedy).toContain('when they call');
    expect(judge([...good, ...good, '8 916 200 00 01']).message).toContain('(less than 0.1 %)');
    expect(judge(['8 916 200 00 01']).remedy).toContain('numbers.country (RU)');
  });
});

describe('the sample look-up', () => {
  test.each([
    ['by indexes', 1, [step('c', 'ref', 1), step('k', 'eq_ref', '1')], 'ok'],
    ['a small table as a whole', 1, [step('k', 'ALL', 40)], 'ok'],
    ['a big table as a whole', 1, [step('c', 'ref', 1), step('g', 'ALL', '5010')], 'fail'],
    ['a big index as a whole', 1, [step('g', 'index', 5010)], 'fail'],
    ['slowly', 800, [step('c', 'ref', 1)], 'warn'],
    ['without EXPLAIN', 1, null, 'ok'],
  ])('%s, in %i ms', (_what, ms, plan, state) => {
    expect(judgeSample('found', ms, plan, 1500).state).toBe(state);
  });

  test('names the tables, not the aliases', () => {
    const finding = judgeSample('x', 1, [step('lu', 'ALL', 9000)], 1500);
    expect(finding.message).toContain('users (9000 rows)');
  });
});

describe('dialling', () => {
  test('shows what each template makes', () => {
    const finding = checkDialling(
      config(`dial:
        courierPrefix: "9"
        trunks:
          - { prefix: ["7916"], dial: "PJSIP/{NUMBER}@gsm" }
          - { dial: "SIP/trunk" }`),
    );
    expect(finding.message).toBe(
      'Destinations look like PJSIP/101, PJSIP/979160000000@gsm, SIP/trunk/979160000000.',
    );
  });

  test('finds the trunk that no number reaches', () => {
    const finding = checkDialling(
      config(`dial:
        trunks:
          - { prefix: ["79"], dial: "PJSIP/{NUMBER}@mobile" }
          - { prefix: ["375", "7916"], dial: "PJSIP/{NUMBER}@gsm" }
          - { dial: "PJSIP/{NUMBER}@trunk" }`),
    );
    expect(finding).toMatchObject({ state: 'warn', message: expect.stringContaining('prefix 7916:') });
  });

  test.each([
    ['8916', 'warn'],
    // A number of India may.
    ['916', 'ok'],
    ['7916', 'ok'],
    ['7', 'ok'],
    ['375', 'ok'],
  ])('finds out whether any number begins with %s', (prefix, state) => {
    const trunks = `[{ prefix: ["${prefix}"], dial: SIP/gsm }, { dial: SIP/trunk }]`;
    expect(checkDialling(config(`dial: { trunks: ${trunks} }`)).state).toBe(state);
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
        'The folder /nowhere/at-all of snapshot.file does not exist. The server makes it if it may: ' +
        'is the path right? The snapshot knows 9 numbers and is 60 s old.',
      remedy: 'install -d -m 750 -o root /nowhere/at-all',
    });
  });
});

describe('asterisk', () => {
  const LOADED = `[ Context 'courier-route' created by 'pbx_config' ]
    5. Set(LOCAL(COURIER_URL)=agi://127.0.0.1:4573/route) [extensions.conf:3]`;

  test.each([
    ['the sample', LOADED, '', 4573, 'ok'],
    ['the sample, and the server on another port', LOADED, '', 5000, 'warn'],
    ['the global that leads there', LOADED, '   COURIER_ROUTER=agi://10.0.0.1:5000/route\n', 5000, 'ok'],
    ['a global without a port', LOADED, '   COURIER_ROUTER=agi://router/route\n', 4573, 'ok'],
    ['hagi, which finds the port by itself', LOADED, '   COURIER_ROUTER=hagi://router/route\n', 5000, 'ok'],
    ['no such context', "There is no existence of 'courier-route' context", '', 4573, 'warn'],
    [
      'no Asterisk',
      'Unable to connect to remote asterisk (does /run/asterisk/asterisk.ctl exist?)',
      '',
      4573,
      'skipped',
    ],
  ])('%s', (_what, context, globals, port, state) => {
    expect(judgeDialplan(context, globals, port).state).toBe(state);
  });

  test('is asked on its own command line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-doctor-'));
    const command = join(folder, 'asterisk');
    await writeFile(
      command,
      `#!/bin/sh\n[ "$1 $2" = "-rx dialplan show courier-route" ] && echo "[ Context 'courier-route' ]"\nexit 0\n`,
    );
    // As a folder of PATH that this user may not look into.
    expect((await checkAsterisk([command], 4573)).state).toBe('skipped');
    await chmod(command, 0o755);
    const found = await checkAsterisk(['/nowhere/asterisk', command], 4573);
    await rm(folder, { recursive: true });
    expect(found.state).toBe('ok');
    expect((await checkAsterisk(['/nowhere/asterisk'], 4573)).state).toBe('skipped');
  });
});

describe('the call to the running server', () => {
  const answering = (variables: string, caller: SampleCaller) =>
    withServer(
      async (peer) => {
        await peer.until('\n\n');
        await peer.ask(`EXEC MSet "${variables}"`);
        peer.socket.end();
      },
      (target) => checkAgi(target, caller),
    );
  const KNOWN = { number: '79162000001', known: true };
  const LIVE = 'ROUTE_SOURCE=live,ROUTE_AGE=0';

  test.each([
    [
      'who is known',
      `ROUTE_CALLER=recipient,ROUTE_TARGET=courier,ROUTE_COUNT=2,${LIVE},ROUTE_STATUS=OK`,
      KNOWN,
      'ok',
      / got ROUTE_STATUS=OK in \d+ ms: a recipient, 2 attempts for a courier, from the database\.$/,
    ],
    [
      'whom nobody knows',
      `ROUTE_COUNT=0,${LIVE},ROUTE_STATUS=UNKNOWN`,
      NOBODY,
      'ok',
      /, a number of nobody, got ROUTE_STATUS=UNKNOWN in \d+ ms: no caller that it knows, the operators ring, from the database\.$/,
    ],
    [
      'who should be known',
      `ROUTE_COUNT=0,${LIVE},ROUTE_STATUS=UNKNOWN`,
      KNOWN,
      'warn',
      /But it stands in contacts/,
    ],
    [
      'who gets the snapshot',
      'ROUTE_COUNT=0,ROUTE_SOURCE=snapshot,ROUTE_AGE=61,ROUTE_STATUS=UNKNOWN',
      KNOWN,
      'warn',
      /from the snapshot, 61 s old\. The database did not answer the server\.$/,
    ],
    ['who gets an error', 'ROUTE_COUNT=0,ROUTE_STATUS=ERROR', KNOWN, 'fail', /ROUTE_STATUS=ERROR\.$/],
  ])('of one %s: %s', async (_who, variables, caller, state, message) => {
    const finding = await answering(variables, caller);
    expect(finding).toMatchObject({ state, message: expect.stringMatching(message) });
    expect(finding.message).not.toContain(caller.number);
  });

  test('goes through the look-up, although nobody has the number', async () => {
    const loaded = { config: config('{ listen: { port: 0 }, http: { enabled: false } }'), file: null };
    const app = new App({ ...loaded, databasePassword: undefined }, createLogger('silent'));
    const target = await app.start();
    const finding = await checkAgi(target, NOBODY);
    await app.stop(1000);
    expect(finding).toMatchObject({ state: 'ok', message: expect.stringContaining('from the database') });
  });
});

test('a check that breaks is a failure of its own, without the numbers it quotes', async () => {
  const result = await check('numbers', () => Promise.reject(new Error('bad row 79162000001')));
  expect(result).toMatchObject({ name: 'numbers', state: 'fail' });
  expect(result.message).toContain('7916*****01');
});
