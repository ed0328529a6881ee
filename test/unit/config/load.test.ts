import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ConfigError, loadConfig, parseConfig } from '../../../src/config/load.ts';
import { runs } from '../../lab/fuzz.ts';

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the defaults', () => {
  test('are those of the documentation', () => {
    expect(parseConfig('', 'test')).toEqual({
      listen: { host: '127.0.0.1', port: 4573, allow: ['127.0.0.1', '::1'], maxCalls: 1000 },
      database: { poolSize: 10, contactPersonClientColumn: 'client', inHandStates: [1] },
      http: { enabled: true, host: '127.0.0.1', port: 9573, allow: ['127.0.0.1', '::1'] },
      snapshot: { enabled: true, refreshSeconds: 300, maxAgeSeconds: 14_400, liveBudgetMs: 500 },
      numbers: {
        country: 'RU',
        areaCode: '',
        strip: ['9', '0'],
        emergency: ['101', '102', '103', '104', '112'],
      },
      routing: {
        deadlineMs: 1500,
        priority: ['courier', 'recipient', 'contact', 'client'],
        courierPhones: ['phonem', 'phonek'],
        recipientWithoutCourier: 'operators',
        managerRing: 'all',
        maxAttempts: 5,
        ringSeconds: 20,
      },
      dial: {
        extension: 'PJSIP/{EXTENSION}',
        trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }],
        numberFormat: 'digits',
        courierPrefix: '',
      },
      log: { level: 'info', numbers: 'masked' },
      asterisk: [],
      journal: { url: 'sqlite:/var/lib/courier-agi/journal.db', keepDays: 1095 },
      desk: {
        host: '127.0.0.1',
        port: 8573,
        allow: ['127.0.0.1', '::1'],
        proxies: ['127.0.0.1', '::1'],
        usersFile: '/var/lib/courier-agi/desk-users.json',
        tokensFile: '/var/lib/courier-agi/desk-tokens.json',
        language: 'ru',
        timeZone: 'Europe/Moscow',
      },
      door: {
        enabled: false,
        host: '0.0.0.0',
        port: 5039,
        accounts: [],
        officeNumbers: ['100'],
        courierPrefix: '',
        recipientPrefix: '',
        perCourierHour: 60,
        perCourierAtOnce: 2,
        perAccountHour: 5000,
        hours: '07:00-23:00',
        loginSeconds: 10,
        maxConnections: 1000,
        maxPerAddress: 200,
      },
      feeds: [],
    });
  });

  test('of a survey', () => {
    expect(parseConfig('survey: {}', 'test').survey).toMatchObject({
      port: 4574,
      lowMark: 2,
      hours: '09:00-21:00',
    });
    for (const [wrong, problem] of [
      ['questions: [{ name: a, prompt: ../../secret }]', /survey\.questions\.0\.prompt/],
      ['questions: [{ name: a, prompt: "x&y" }]', /survey\.questions\.0\.prompt/],
      ['questions: [{ name: a, prompt: x }, { name: a, prompt: y }]', /another name/],
      ['hours: "9-21"', /survey\.hours: .* must be two times such as/],
      ['hours: "22:00-24:59"', /survey\.hours: .* must be two times such as/],
      ['lowMark: 6', /survey\.lowMark: received 6; it must be at most 5, the most that a question takes/],
    ] as const) {
      expect(() => parseConfig(`survey: { ${wrong} }`, 'test')).toThrow(problem);
    }
  });

  test('of a feed', () => {
    const yaml = (feeds: string) => parseConfig(`feeds: ${feeds}`, 'test').feeds;
    expect(yaml('[{ url: "https://crm.example/hook", secretFile: /s }, { folder: /x, every: 2h }]')).toEqual([
      {
        url: 'https://crm.example/hook',
        secretFile: '/s',
        every: 300_000,
        encoding: 'utf-8',
        on: ['call.ended'],
      },
      { folder: '/x', every: 7_200_000, encoding: 'utf-8', on: ['call.ended'] },
    ]);
    for (const [wrong, problem] of [
      [
        '[{ url: "ftp://crm.example", secretFile: /s }]',
        /feeds\.0\.url: .* not shown; it must begin with https/,
      ],
      ['[{ url: "https://crm.example" }]', /feeds\.0: .*; it must have a secretFile beside its url/],
      ['[{ folderr: /x }]', /feeds\.0\.folderr: unknown key; the nearest known one is folder/],
      ['[{}]', /it must have a url or a folder/],
      ['[{ folder: /x, every: now }]', /feeds\.0\.every: received "now"; it must be a time such as/],
      ['[{ folder: /x, every: 169h }]', /feeds\.0\.every: received "169h"; it must be .* 168h at most/],
      ['[{ folder: /x, secretFile: /s }]', /feeds\.0\.secretFile: received "\/s"; it is for a url/],
      [
        '[{ url: "https://crm.example", secretFile: /s, every: 5m }]',
        /feeds\.0\.every: received "5m"; it is for a folder/,
      ],
      [
        '[{ url: "https://crm.example", secretFile: /s, encoding: cp1251 }]',
        /feeds\.0\.encoding: received "cp1251"; it is for a folder/,
      ],
      ['[{ folder: /x, on: [call.began] }]', /feeds\.0\.on\.0: .* must be one of: call\.ended/],
      ['[{ folder: /x }, { folder: /x }]', /must give each feed another address/],
    ] as const) {
      expect(() => yaml(wrong)).toThrow(problem);
    }
  });

  test('of the door name countries that there are', () => {
    expect(() => parseConfig('door: { countries: [RU, ZZ] }', 'test')).toThrow(
      /door\.countries\.1: received "ZZ"; it must be a country/,
    );
  });

  test.each([
    [
      'asterisk: {}, desk: { port: 4573 }',
      /desk\.port: received 4573; it must be another port than listen\.port, 4573/,
    ],
    [
      'asterisk: {}, desk: { port: 5039 }, door: { enabled: true, accounts: [{ username: a, allow: [::1] }] }',
      /door\.port: .* it must be another port than desk\.port, 5039/,
    ],
    [
      'asterisk: {}, survey: { port: 8573, host: 0.0.0.0 }',
      /survey\.port: received 8573; it must be another port than desk\.port/,
    ],
    ['http: { port: 4573 }', /http\.port: received 4573; it must be another port than listen\.port, 4573/],
  ])('of ports tell two parts apart: %s', (yaml, problem) => {
    expect(() => parseConfig(`{ ${yaml} }`, 'test')).toThrow(problem);
  });

  test.each([
    'asterisk: {}, desk: { port: 0 }, survey: { port: 0 }',
    'asterisk: {}, listen: { host: 10.0.0.1 }, desk: { port: 4573, host: 10.0.0.2 }',
    'http: { port: 4573, enabled: false }',
    'asterisk: {}, desk: { port: 5039 }',
    'desk: { port: 4573 }',
  ])('of ports let be what is not in the way: %s', (yaml) => {
    expect(() => parseConfig(`{ ${yaml} }`, 'test')).not.toThrow();
  });

  test('of one Asterisk hold for each of a list', () => {
    const one = {
      name: 'main',
      host: '127.0.0.1',
      port: 5038,
      username: 'courier-agi',
      tls: false,
      trunks: [],
    };
    expect(parseConfig('asterisk: {}', 'test').asterisk).toMatchObject([one]);
    expect(parseConfig('asterisk: [{}, {name: b, host: b.example}]', 'test').asterisk).toMatchObject([
      one,
      { ...one, name: 'b', host: 'b.example' },
    ]);
    expect(() => parseConfig('asterisk: [{}, {}]', 'test')).toThrow('must give each Asterisk another name');
  });
});

describe('digits', () => {
  const TRUNKS = 'dial: {trunks: [{prefix: [PREFIX], dial: SIP/a}, {dial: SIP/b}]}';

  test.each([
    ['7916', '7916'],
    ['"7916"', '7916'],
    // YAML reads these as 916 and as a number that is rounded.
    ['0916', '0916'],
    ['123456789012345', '123456789012345'],
  ])('need no quotes in a prefix: %s', (written, expected) => {
    const { dial } = parseConfig(TRUNKS.replace('PREFIX', written), 'test');
    expect(dial.trunks[0]?.prefix).toEqual([expected]);
  });

  test('need no quotes anywhere else', () => {
    const yaml =
      'numbers: {country: IT, areaCode: 0342, strip: [0, 09], emergency: [01, 112]}\ndial: {courierPrefix: +07}';
    const { numbers, dial } = parseConfig(yaml, 'test');
    expect(numbers).toMatchObject({ areaCode: '0342', strip: ['0', '09'], emergency: ['01', '112'] });
    expect(dial.courierPrefix).toBe('+07');
  });

  test('are a number where a number is wanted', () => {
    expect(parseConfig('routing: {maxAttempts: 7}', 'test').routing.maxAttempts).toBe(7);
  });
});

describe('a mistake', () => {
  test.each([
    [
      'routing: {deadlineMs: 50}',
      'routing.deadlineMs: received 50; it must be a whole number from 100 to 60000',
    ],
    [
      'routing: {deadlineMs: soon}',
      'routing.deadlineMs: received "soon"; it must be a whole number from 100 to 60000',
    ],
    ['routing: {deadlinMs: 900}', 'routing.deadlinMs: unknown key; the nearest known one is deadlineMs'],
    ['rooting: {}', 'rooting: unknown key; the nearest known one is routing'],
    ['dial: {trunks: [{dail: SIP/a}]}', 'dial.trunks.0.dail: unknown key; the nearest known one is dial'],
    ['dial: {trunks: [{dail: SIP/a}]}', 'dial.trunks.0.dial: is missing; it must be a dial string'],
    ['routing: []', 'routing: received []; it must be a section of keys'],
    ['- a', 'the file: received a value that is not shown; it must be a section of keys'],
    ['database: {inHandStates: [x]}', 'database.inHandStates.0: received "x"; it must be a whole number'],
    [
      'snapshot: {maxAgeSeconds: 60}',
      'snapshot.maxAgeSeconds: received 60; it must be at least refreshSeconds',
    ],
    [
      'dial: {numberFormat: plus, courierPrefix: "9"}',
      'dial.courierPrefix: received "9"; it must be empty with numberFormat plus',
    ],
    [
      'listen: {allow: [10.0.0.0/33]}',
      'listen.allow.0: received "10.0.0.0/33"; it must be an address or a CIDR range',
    ],
    [
      'listen: {allow: []}',
      'listen.allow: received []; it must be a list of addresses or CIDR ranges, with one entry or more',
    ],
    ['numbers: {country: XX}', 'numbers.country: received "XX"; it must be a country code'],
    [
      'routing: {priority: [courier, postman]}',
      'received "postman"; it must be one of: courier, recipient, contact, client',
    ],
    ['routing: {priority: [courier, courier]}', 'must name each kind at most once'],
    [
      'dial: {trunks: [{dial: [SIP/a, "SIP/b,c"]}]}',
      'dial.trunks.0.dial.1: received "SIP/b,c"; it must be a dial string',
    ],
    ['dial: {trunks: [{dial: []}]}', 'dial.trunks.0.dial: received []; it must be a list of dial strings'],
    ['dial: {trunks: [{dial: [SIP/a, SIP/a]}]}', 'it must name each trunk once'],
    ['dial: {trunks: [{dial: [SIP/a, SIP/b, SIP/c, SIP/d, SIP/e, SIP/f]}]}', 'it must name at most 5 trunks'],
    ['dial: {trunks: [{dial: 5}]}', 'dial.trunks.0.dial: received 5; it must be a dial string such as'],
    [
      'dial: {trunks: [{dial: SIP/a, callerId: "7495 123"}]}',
      'dial.trunks.0.callerId: received "7495 123"; it must be a number of 2 to 15 digits',
    ],
    [
      'dial: {trunks: [{dial: SIP/a, channels: 0}]}',
      'dial.trunks.0.channels: received 0; it must be a whole number from 1',
    ],
    [
      'dial: {trunks: [{prefix: [7916], dial: "PJSIP/{NUMBER}@a", channels: 2}, {dial: "PJSIP/0{NUMBER}@a", channels: 3}]}',
      'it must give one device one number of channels',
    ],
    ['dial: {trunks: [{prefix: ["7"], dial: SIP/a}]}', 'it must end with the one trunk that has no prefix'],
    ['dial: {trunks: [{dial: SIP/a}, {dial: SIP/b}]}', 'it must end with the one trunk that has no prefix'],
    [
      'dial: {trunks: [{prefix: [-7916], dial: SIP/a}, {dial: SIP/b}]}',
      'dial.trunks.0.prefix.0: received -7916; it must be digits',
    ],
    [
      'dial: {trunks: [{prefix: [79.16], dial: SIP/a}, {dial: SIP/b}]}',
      'dial.trunks.0.prefix.0: received 79.16; it must be digits',
    ],
    ['numbers: {areaCode: Perm}', 'numbers.areaCode: received "Perm"; it must be the digits of an area code'],
    [
      'numbers: {areaCode: 8495}',
      'numbers.areaCode: received 8495; it begins with the national prefix 8: write 495',
    ],
    [
      'numbers: {areaCode: 0342}',
      'numbers.areaCode: received "0342"; it begins with a 0 that no area code of RU has: write 342',
    ],
    [
      'numbers: {areaCode: 7342}',
      'numbers.areaCode: received 7342; it begins with the calling code of RU, 7: write 342',
    ],
    [
      'numbers: {country: BY, areaCode: 8017}',
      'numbers.areaCode: received 8017; it begins with the national prefix 80: write 17',
    ],
    [
      'numbers: {areaCode: 342300}',
      'numbers.areaCode: received 342300; it is longer than the area codes of RU',
    ],
    ['numbers: {strip: 9}', 'numbers.strip: received 9; it must be a list of digits such as [9]'],
    ['numbers: {strip: ["9w"]}', 'numbers.strip.0: received "9w"; it must be one to three digits'],
    ['numbers: {emergency: []}', 'numbers.emergency: received []; it must be a list of emergency numbers'],
    [
      'dial: {extension: "SIP/{EXTENSION}&SIP/evil"}',
      'dial.extension: received "SIP/{EXTENSION}&SIP/evil"; it must be a dial string',
    ],
    ['dial: {extension: "SIP/${X}"}', 'dial.extension: received'],
    ['dial: {courierPrefix: "9,"}', 'dial.courierPrefix: received "9,"; it must be up to 15 digits'],
    [
      'database: {url: "postgres://u:secret@h/d"}',
      'database.url: received a value that is not shown; it must be demo: or begin with mysql:// or mariadb://',
    ],
    ['a: [1', 'is not YAML'],
    ['listen: {port: 1, port: 2}', 'is not YAML: Map keys must be unique'],
  ])('%s gets the line «%s»', (yaml, line) => {
    expect(problemsOf(() => parseConfig(yaml, 'test')).join('\n')).toContain(line);
  });

  test('ends after the place in the file, with nothing announced', () => {
    expect(problemsOf(() => parseConfig('a: 1\n\tb: 2', 'test')).join('\n')).toMatch(/ at line 2, column 1$/);
  });

  test('comes with the others, one line each, and the file before each', () => {
    const read = () =>
      parseConfig('listen: {port: 70000}\nroutng: {}\nlog: {level: loud}', 'courier-agi.yaml');
    expect(problemsOf(read)).toHaveLength(3);
    expect(read).toThrow(/^(courier-agi\.yaml: .+\n?){3}$/);
  });

  test.each([
    'database: {url: "pg://u:secret@h"}',
    'database: "mysql://u:secret@h/d"',
    '"mysql://u:secret@h/d"',
    '["mysql://u:secret@h/d"]',
    'database: {passwordFile: ["secret"]}',
    'listen: {host: ["mysql://u:secret@h/d"]}',
    'listen: {port: "mysql://u:se@secret@h/d"}',
    'listen: {port: "mysql://u:se/#@secret@h/d"}',
  ])('in %s never shows the secret', (yaml) => {
    const problems = problemsOf(() => parseConfig(yaml, 'test'));
    expect(problems).not.toEqual([]);
    expect(problems.join()).not.toContain('secret');
  });

  test('of any kind is a ConfigError and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json({ maxDepth: 4 }).map((json) => `dial: ${json}`),
        ),
        (yaml) => {
          problemsOf(() => parseConfig(yaml, 'test'));
        },
      ),
      runs(0.125),
    );
  });
});

describe('where the configuration comes from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-config-'));
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const one = write('one.yaml', 'listen: {port: 1001}');
  const two = write('two.yaml', 'listen: {port: 1002}');

  test('--config wins over $COURIER_AGI_CONFIG', () => {
    expect(loadConfig(one, { COURIER_AGI_CONFIG: two })).toMatchObject({
      file: one,
      config: { listen: { port: 1001 } },
    });
    expect(loadConfig(undefined, { COURIER_AGI_CONFIG: two })).toMatchObject({ file: two });
  });

  test('$COURIER_AGI_DATABASE_URL wins over the file and keeps its other keys', () => {
    const file = write('db.yaml', 'database: {url: "mysql://a@b/c", poolSize: 3}');
    const { config } = loadConfig(file, { COURIER_AGI_DATABASE_URL: 'mysql://x@y/z' });
    expect(config.database).toMatchObject({ url: 'mysql://x@y/z', poolSize: 3 });
    expect(() => loadConfig(file, { COURIER_AGI_DATABASE_URL: 'redis://x' })).toThrow(
      /^\$COURIER_AGI_DATABASE_URL: must be/,
    );
  });

  test('the password can stand in a file of its own', () => {
    const passwordFile = write('password', 'p@ss word\n');
    const file = write('pw.yaml', `database: {url: "mysql://a@b/c", passwordFile: "${passwordFile}"}`);
    expect(loadConfig(file, {}).databasePassword).toBe('p@ss word');
    const url = (password: string) => ({ COURIER_AGI_DATABASE_URL: `mysql://x${password}@y/z` });
    expect(loadConfig(file, url('')).databasePassword).toBe('p@ss word');
    expect(loadConfig(file, url(':other')).databasePassword).toBeUndefined();
  });

  test.each(['\uFEFFgeheim\r\n', 'geheim\n\n', ' geheim ', 'geheim\u00A0\r\n'])(
    'of a password file %j only the password counts',
    (text) => {
      const passwordFile = write('password', text);
      const file = write('pw.yaml', `database: {url: "mysql://a@b/c", passwordFile: "${passwordFile}"}`);
      expect(loadConfig(file, {}).databasePassword).toBe('geheim');
    },
  );

  test('a database may be called mariadb, wherever its URL stands', () => {
    const passwordFile = write('password', 'secret');
    const file = write('maria.yaml', `database: {url: "mariadb://a@b/c", passwordFile: "${passwordFile}"}`);
    expect(loadConfig(file, {})).toMatchObject({
      config: { database: { url: 'mariadb://a@b/c' } },
      databasePassword: 'secret',
    });
    const env = { COURIER_AGI_DATABASE_URL: 'mariadb://x:other@y/z' };
    expect(loadConfig(file, env).databasePassword).toBeUndefined();
  });

  test('a file that is not there is a mistake', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(
      /none\.yaml: cannot be read: there is no such file \(ENOENT\)/,
    );
  });
});
