import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { App } from '../../../src/server/app.ts';
import { parseConfig } from '../../../src/config/load.ts';
import {
  checkAgi as checkAgiIn,
  NOBODY,
  withoutServer as withoutServerIn,
  type SampleCaller,
} from '../../../src/doctor/agi.check.ts';
import { check } from '../../../src/doctor/check.ts';
import { checkConfiguration as checkConfigurationIn } from '../../../src/doctor/configuration.check.ts';
import { checkDialling as checkDiallingIn } from '../../../src/doctor/dialling.check.ts';
import { checkNodeVersion as checkNodeVersionIn } from '../../../src/doctor/node-version.check.ts';
import {
  checkAgiPort as checkAgiPortIn,
  checkHttpPort as checkHttpPortIn,
} from '../../../src/doctor/port.check.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { withServer } from '../simulator/scripted-server.ts';
import { monitor } from '../../unit/monitoring/records.ts';
import { english, inEnglish, inEnglishLater } from './in-english.ts';

const checkConfiguration = inEnglish(checkConfigurationIn);
const checkDialling = inEnglish(checkDiallingIn);
const checkNodeVersion = inEnglish(checkNodeVersionIn);
const withoutServer = inEnglish(withoutServerIn);
const checkAgi = inEnglishLater(checkAgiIn);
const checkAgiPort = inEnglishLater(checkAgiPortIn);
const checkHttpPort = inEnglishLater(checkHttpPortIn);

const config = (yaml = '') => parseConfig(yaml, 'test');

describe('configuration', () => {
  test('is worth a warning when there is none', () => {
    const finding = checkConfiguration({ config: config(), file: null, databasePassword: undefined });
    expect(finding).toMatchObject({ state: 'warn', remedy: expect.stringContaining('database.url') });
  });
});

describe('what the running server works with', () => {
  const examine = (changes: object) => {
    const status = monitor().status();
    const configuration = {
      ...status.configuration,
      file: null,
      hasChanged: false,
      refused: null,
      ...changes,
    };
    const loaded = config('database: { url: "mysql://agi:geheim@db/courier" }');
    return checkConfiguration(
      { config: loaded, file: null, databasePassword: undefined },
      {
        status: { ...status, configuration },
      },
    );
  };

  test('is what the file says', () => {
    expect(examine({}).state).toBe('ok');
  });

  test.each([
    ['another file', { file: '/etc/other.yaml' }, '/etc/other.yaml'],
    ['a file that has changed since', { hasChanged: true }, 'has changed since'],
    [
      'what was there before a reload that was refused',
      { refused: { at: '2026-11-26T08:00:00Z', problems: ['listen.port: 70000'] } },
      'listen.port: 70000',
    ],
    ['what waits for a restart', { waitingForRestart: ['listen.port'] }, 'listen.port'],
  ])('is %s, which is a warning', (_what, changes, words) => {
    expect(examine(changes)).toMatchObject({
      state: 'warn',
      message: expect.stringContaining(words),
      remedy: expect.stringContaining('systemctl reload'),
    });
  });
});

describe('a call that cannot be tried from here', () => {
  test('has no start advised where the server runs for other machines', () => {
    const { message, remedy } = withoutServer(true, false);
    expect(message).toContain('runs');
    expect(remedy).toContain('listen.allow');
    expect(remedy).not.toContain('systemctl');
  });

  test('is as it should be where the desk stands alone', () => {
    expect(withoutServer(false, true).remedy).toMatch(/^Good if another machine routes the calls/);
    expect(withoutServer(false, false).remedy).toMatch(/^Start it: systemctl/);
  });
});

test('a password file that is empty is named', () => {
  const loaded = config('database: { url: "mysql://agi@db/courier", passwordFile: /etc/password }');
  expect(checkConfiguration({ config: loaded, file: null, databasePassword: '' })).toMatchObject({
    message: '/etc/password is empty: there is no password.',
    remedy: expect.stringContaining('sudo tee /etc/password'),
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
    expect(checkNodeVersion(version, '20.19.0').state).toBe(state);
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
    expect(http).toMatchObject({ state: 'fail', remedy: expect.stringContaining('http.port') });
    expect(http.message).toContain(`Port ${port} on 127.0.0.1 is taken by `);
    expect(http.message).toContain(`(process ${process.pid})`);
  });

  test('of a server that is frozen fail with its process, and the advice to restart it', async () => {
    const program = `
      require('node:net').createServer().listen(0, '127.0.0.1', function () {
        process.stdout.write(String(this.address().port) + '\\n', () => process.kill(process.pid, 'SIGSTOP'));
      })`;
    const frozen = spawn(process.execPath, ['-e', program, 'serve'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(frozen.stdout, 'data')) as [Buffer];
      const finding = await checkAgiPort({ host: '127.0.0.1', port: Number(String(line)) }, null);
      expect(finding).toMatchObject({
        state: 'fail',
        message: expect.stringContaining(`courier-agi (process ${frozen.pid}) has port `),
        remedy: expect.stringContaining('systemctl restart courier-agi'),
      });
    } finally {
      frozen.kill('SIGKILL');
    }
  });

  test('that were changed, and the server not restarted, are a warning', async () => {
    const server = { status: { ...monitor().status(), pid: 77 } };
    expect(await checkAgiPort({ host: '127.0.0.1', port: 0 }, server)).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('courier-agi runs (process 77), but not on 127.0.0.1 port 0'),
      remedy: expect.stringContaining('systemctl restart'),
      ours: false,
    });
  });

  test('fail on an address that is not of this machine', async () => {
    const finding = await checkAgiPort({ host: '192.0.2.1', port: 0 }, null);
    expect(finding).toMatchObject({ state: 'fail', remedy: expect.stringContaining('listen.host') });
  });
});

describe('the area code', () => {
  const checkAreaCode = (areaCode: string) => {
    const finding = checkConfiguration({
      config: config(`database: { url: "demo:" }\nnumbers: { areaCode: "${areaCode}" }`),
      file: null,
      databasePassword: undefined,
    });
    return [finding.state, finding.remedy];
  };

  test.each(['', '342', '495', '3452'])('%j is right', (areaCode) => {
    expect(checkAreaCode(areaCode)).toEqual(['ok', null]);
  });

  test('that is one of a smaller city, too, is asked about', () => {
    expect(checkAreaCode('8342')).toEqual([
      'warn',
      'Write 342 if the numbers of your city have 7 digits; with 6, all is well.',
    ]);
  });

  test('that begins no known number is a warning', () => {
    expect(checkAreaCode('222')).toEqual(['warn', expect.stringContaining('area code of your city')]);
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
      /^A test call from an unused number got ROUTE_STATUS=UNKNOWN in \d+ ms: no caller that it knows, the operators ring, from the database\.$/,
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
  const result = english(await check('numbers', () => Promise.reject(new Error('bad row 79162000001'))));
  expect(result).toMatchObject({ name: 'numbers', state: 'fail' });
  expect(result.message).toContain('7916*****01');
});
