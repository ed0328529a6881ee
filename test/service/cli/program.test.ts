import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { run } from '../../../src/cli/program.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { App } from '../../../src/server/app.ts';
import { freeTcpPort } from '../../lab/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'courier-agi-cli-'));
const demoConfig = file(
  'demo.yaml',
  `{ database: { url: "demo:" }, desk: { usersFile: ${folder}/users.json, tokensFile: ${folder}/tokens.json } }`,
);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The configuration of a desk. */
function desk(journal: string): string {
  const secretFile = file('ami-secret', 'secret');
  return JSON.stringify({ database: { url: 'demo:' }, asterisk: { secretFile }, journal: { url: journal } });
}

describe('the command line', () => {
  let out: string;
  let err: string;

  beforeEach(() => {
    out = '';
    err = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += String(text);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const explain = (...words: string[]) => run(['explain', ...words, '--config', demoConfig], {});

  test.each([
    [['--help'], 'Usage: courier-agi'],
    [['--version'], '0.'],
    [['explain', '--help'], 'Usage: courier-agi explain'],
  ])('%p prints and ends with 0', async (argv, text) => {
    expect(await run(argv, {})).toBe(0);
    expect(out).toContain(text);
  });

  test.each([
    [['explin', '7'], 'Did you mean explain?'],
    [['explain'], "missing required argument 'number'"],
    [['explain', '7916', '--lang', 'de'], 'Allowed choices are en, ru'],
    [
      ['explain', '7916', '--only', 'postman'],
      'only= received "postman"; it takes a list of: courier, recipient',
    ],
    [['explain', '7916', '--jsn'], 'Did you mean --json?'],
    [['simulate', 'nofile.agi', '--server', '127.0.0.1:1'], 'no such file or directory'],
    [
      ['simulate', mkdtempSync(join(tmpdir(), 'courier-agi-empty-')), '--server', '127.0.0.1:1'],
      'There is no scenario',
    ],
    [
      ['simulate', file('empty.agi', '\n# to be written\n'), '--server', '127.0.0.1:1'],
      'empty.agi:1: received «»; a scenario says something',
    ],
    [['simulate', 'x.agi', '--server', 'somewhere'], '"somewhere" is not HOST:PORT such as 127.0.0.1:4573'],
    [['simulate', 'x.agi', '--server', '127.0.0.1:70000'], 'is not HOST:PORT'],
    [
      ['explain', '7916', '--config', '/none.yaml'],
      '/none.yaml: cannot be read: there is no such file (ENOENT)',
    ],
    [
      ['explain', '7916', '--config', file('a.yaml', 'listen: {port: x}')],
      'listen.port: received "x"; it must be a whole number',
    ],
    [['explain', '7916', '--config', file('b.yaml', 'routing: {}')], 'database.url: is missing'],
    [
      ['desk', '--config', file('folder.yaml', desk('sqlite:/nonexistent/j.db'))],
      'journal.url: there is no folder /nonexistent',
    ],
    [['desk', '--config', file('journal.yaml', desk('mysql://127.0.0.1'))], 'names no user'],
    [['erase', 'abc', '--config', demoConfig], '"abc" is no telephone number'],
    [['desk', 'user', 'add', '', '--config', demoConfig], 'is no name'],
    [['desk', 'user', 'remove', 'nobody', '--config', demoConfig], 'There is no user "nobody"'],
    [['desk', 'token', 'add', '', '--config', demoConfig], 'is no name'],
    [['desk', 'token', 'remove', 'nobody', '--config', demoConfig], 'There is no token "nobody"'],
    [['desk', '--config', demoConfig], 'asterisk: is missing; it must name the Asterisk to follow'],
    // Real calls must not be bound to the people of the demo company.
    [['desk', '--config', file('desk.yaml', 'asterisk: {}')], 'database.url: is missing'],
    [
      [
        'desk',
        '--config',
        file(
          'recordings.yaml',
          'database: {url: "demo:"}\nasterisk: {secretFile: SECRET}\nrecordings: {source: "ftp://host/folder"}'.replace(
            'SECRET',
            file('ami-secret', 'secret'),
          ),
        ),
      ],
      'recordings.source must name a user and a host',
    ],
    [['serve', '--config', file('c.yaml', 'database: {url: "mysql://h/d"}')], 'names no user'],
  ])('%p ends with 2 and says «%s»', async (argv, text) => {
    expect(await run(argv, {})).toBe(2);
    expect(err).toContain(text);
    expect(err).not.toContain('    at ');
  });

  test('explain tells the decision as a story', async () => {
    expect(await explain('8 (916) 200-00-02')).toBe(0);
    expect(out).toBe(
      [
        'OK: dial',
        '79162000002 is the recipient of shipment 70003 (order 5002, client 202, state 1)',
        'Rings, 20 s each:',
        '  1. PJSIP/79161000012@trunk — courier 12 holds shipment 70003 (kurier.phonem)',
        '  2. PJSIP/74951000012@trunk — courier 12 holds shipment 70003 (kurier.phonek)',
        '  3. PJSIP/79161000011@trunk — courier 11 holds shipment 70002 (kurier.phonem)',
        '  4. then the operators',
        'Matches in contacts:',
        '  + recipient of shipment 70003: the first in routing.priority with somebody to ring',
        '  + recipient of shipment 70002: the first in routing.priority with somebody to ring',
        '  - recipient of shipment 70004: the shipment is closed and no courier has it',
        'Source: the database, now.',
        '',
      ].join('\n'),
    );
  });

  test('explain tells the list of trunks, with the number that each must show and its limit', async () => {
    const trunks = `{prefix: [7916], dial: [SIP/gsm, SIP/city], channels: 2}, {dial: SIP/city, callerId: "74951234567"}`;
    const config = file('trunks.yaml', `database: {url: "demo:"}\ndial: {trunks: [${trunks}]}`);
    expect(await run(['explain', '79162000001', '--config', config], {})).toBe(0);
    expect(out).toContain('  1. SIP/gsm/79161000011 (calls at a time gsm:2) — courier 11 holds');
    expect(out).toContain(
      '     or, if that trunk cannot place the call, SIP/city/79161000011 (shows 74951234567)\n',
    );
    out = '';
    expect(await run(['explain', '79162000001', '--json', '--config', config], {})).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      attempts: [
        {
          dial: 'SIP/gsm/79161000011',
          limit: 'gsm:2',
          fallbacks: [{ dial: 'SIP/city/79161000011', callerId: '74951234567' }],
        },
      ],
    });
  });

  test('explain --outbound tells over which trunk the office calls a number, and why', async () => {
    const trunks = `{prefix: [7916], dial: [SIP/gsm, SIP/city], callerId: 79160000001}, {dial: SIP/city}`;
    const config = file('outbound.yaml', `dial: {trunks: [${trunks}]}`);
    const outbound = async (...words: string[]) => {
      out = '';
      expect(await run(['explain', '--outbound', ...words, '--config', config], {})).toBe(0);
      return out;
    };
    expect(await outbound('89161234567')).toBe(
      [
        'OK: 79161234567 begins with 7916: entry 1 of dial.trunks takes it.',
        '  1. SIP/gsm/79161234567 (shows 79160000001)',
        '  2. SIP/city/79161234567',
        '',
      ].join('\n'),
    );
    expect(await outbound('84951234567')).toContain('takes it, the one for every other number');
    expect(await outbound('112')).toContain('OK: 112 is an emergency number');
    expect(await outbound('abc')).toContain('INVALID: "abc": no telephone number');
    expect(await outbound('89161234567', '--lang', 'ru')).toContain('начинается с 7916');
    expect(JSON.parse(await outbound('112', '--json'))).toEqual({
      status: 'OK',
      number: '112',
      emergency: true,
      invalid: null,
      trunk: { position: 2, prefix: null },
      lines: [{ dial: 'SIP/city/112' }],
    });
  });

  test('explain tells it in Russian where the locale or the option says so', async () => {
    expect(await run(['explain', '79161000011', '--config', demoConfig], { LANG: 'ru_RU.UTF-8' })).toBe(0);
    expect(await explain('79169999999', '--lang', 'ru')).toBe(0);
    expect(out).toContain('79161000011 — курьер 11');
    expect(out).toContain('UNKNOWN: нет в contacts');
  });

  test('explain names the setting for numbers of the own city, where it is not made', async () => {
    expect(await explain('230-00-01')).toBe(0);
    expect(out).toContain('INVALID');
    expect(err).toContain('name that code in numbers.areaCode');
    err = '';
    await explain('104');
    const config = file('city.yaml', 'database: {url: "demo:"}\nnumbers: {areaCode: "342"}');
    await run(['explain', '300001', '--config', config], {});
    expect(err).not.toContain('numbers.areaCode');
  });

  test('explain --json has the fields of the contract', async () => {
    expect(await explain('79162000001', '--json')).toBe(0);
    expect(JSON.parse(out)).toEqual({
      status: 'OK',
      caller: 'recipient',
      target: 'courier',
      number: '79162000001',
      invalid: null,
      attempts: [
        {
          dial: 'PJSIP/79161000011@trunk',
          number: '79161000011',
          ring: 20,
          why: 'courier 11 holds shipment 70001 (kurier.phonem)',
        },
      ],
      courier: 11,
      branch: 1,
      client: 201,
      clientState: 1,
      order: 5001,
      shipment: 70001,
      source: 'live',
      ageSeconds: 0,
      liveError: null,
      candidates: [
        {
          kind: 'recipient',
          code: 70001,
          courier: 11,
          client: 201,
          won: true,
          reason: 'first-with-target',
          why: 'the first in routing.priority with somebody to ring',
        },
      ],
    });
  });

  test('explain says what is wrong with a number, and --only restricts', async () => {
    expect(await explain('anonymous')).toBe(0);
    expect(out).toContain('INVALID: no usable number\n"anonymous": the number is withheld\n');
    expect(await explain('79162000001', '--only', 'courier', '--json')).toBe(0);
    expect(out).toContain('"status": "UNKNOWN"');
  });

  test('check says within a second that the configuration can be used', async () => {
    expect(await run(['check', '--config', demoConfig], {})).toBe(0);
    expect(out).toBe(`${demoConfig}: can be used\n`);
  });

  test.each([
    ['listen: {port: x}', 'listen.port: received "x"; it must be a whole number from 0 to 65535'],
    ['routing: {}', 'database.url: is missing; it must be demo: or begin with mysql:// or mariadb://'],
    ['database: {url: "mysql://agi:geh@eim@db"}', 'must name one database: mysql://user@host/DATABASE'],
    [
      'database: {url: "mysql://a@b/c", passwordFile: /none}',
      'cannot be read: there is no such file (ENOENT)',
    ],
    ['"', 'is not YAML'],
    [
      'database: {url: "demo:"}\njournal: {url: "mysql://127.0.0.1"}',
      'journal.url "mysql://127.0.0.1" names no user',
    ],
    [
      'database: {url: "demo:"}\nasterisk: {cdr: "mysql://cdr@127.0.0.1"}',
      'asterisk.0.cdr "mysql://cdr@127.0.0.1" must name one database',
    ],
    [
      'database: {url: "demo:"}\ndesk: {database: {url: "mysql://127.0.0.1/courier"}}',
      'desk.database.url "mysql://127.0.0.1/courier" names no user',
    ],
    [
      'database: {url: "demo:"}\njournal: {url: "sqlite:journal.db"}',
      'it must be sqlite: with a path from the root, such as sqlite:/var/lib/courier-agi/journal.db, or begin with mysql://',
    ],
  ])('check refuses %s with 2 and one line', async (yaml, problem) => {
    const config = file('checked.yaml', yaml);
    expect(await run(['check', '--config', config], {})).toBe(2);
    expect(err).toContain(problem);
    expect(err.split('\n')).toHaveLength(2);
    expect(out).toBe('');
    expect(await run(['check', '--config', config, '--json'], {})).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [expect.stringContaining(problem)] });
    expect(err + out).not.toContain('geh@eim');
  });

  test('check needs no database', async () => {
    const config = file('checked.yaml', 'database: {url: "mysql://agi@192.0.2.1/courier"}');
    const startedAt = performance.now();
    expect(await run(['check', '--config', config, '--json'], {})).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(JSON.parse(out)).toEqual({ ok: true, file: config, problems: [] });
  });

  test('explain tells that the running server works with another configuration', async () => {
    const yaml = `database: {url: "demo:"}\nlisten: {port: 0}\nhttp: {port: ${await freeTcpPort()}}\n`;
    const config = file('served.yaml', yaml);
    const app = new App(loadConfig(config, {}), createLogger('silent'));
    await app.start();
    try {
      expect(await run(['explain', '79162000001', '--config', config], {})).toBe(0);
      expect(err).not.toContain('server');
      file('served.yaml', `${yaml}# a word\njournal: {keepDays: 100}\n`);
      expect(await run(['explain', '79162000001', '--config', config], {})).toBe(0);
      expect(err).not.toContain('server');
      file('served.yaml', `${yaml}log: {level: warn}\n`);
      expect(await run(['explain', '79162000001', '--config', config], {})).toBe(0);
      expect(err).toContain(`${config} has changed since the server read it at 20`);
      const other = file('other.yaml', yaml);
      expect(await run(['explain', '79162000001', '--config', other, '--lang', 'ru'], {})).toBe(0);
      expect(err).toContain(`Сервер работает с другими настройками: ${config}, а не ${other}`);
    } finally {
      await app.stop(100);
    }
  });

  test('explain without the database tells what a caller would get, and ends with 1', async () => {
    const config = file(
      'away.yaml',
      'database: {url: "mysql://agi:s3cret@127.0.0.1:1/courier"}\nrouting: {deadlineMs: 10000}',
    );
    expect(await run(['explain', '79162000001', '--config', config], {})).toBe(1);
    expect(out).toContain('ERROR: no answer could be had in time');
    expect(err.split('\n')).toEqual([
      expect.stringContaining('Nothing listens there: is the server running'),
      'There is no snapshot that is new enough to answer in its place.',
      '',
    ]);
    expect(out + err).not.toContain('s3cret');
  });

  test('demo plays every scenario and ends with 0', async () => {
    expect(await run(['demo'], {})).toBe(0);
    expect(out).toMatch(/\d+ scenarios, \d+ as expected, 0 not\n\nNext: .*\n$/);
    for (const heading of ['Recipients', 'Couriers', 'Clients']) expect(out.split('\n')).toContain(heading);
  });

  test('simulate without a server ends with 1 and says why', async () => {
    const scenario = file('call.agi', '# A call\nagi_callerid: 79162000001\nexpect ROUTE_STATUS=OK\n');
    expect(await run(['simulate', scenario, '--server', '127.0.0.1:1', '--json'], {})).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ title: 'A call', ok: false, agiStatus: 'FAILURE' }]);
  });

  test('simulate counts one scenario as one', async () => {
    const scenario = file('one.agi', 'agi_callerid: 79162000001\n');
    await run(['simulate', scenario, '--server', '127.0.0.1:1'], {});
    expect(out).toContain('1 scenario, ');
  });
});
