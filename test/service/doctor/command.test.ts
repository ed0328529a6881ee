import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { doctor, formatCheck } from '../../../src/cli/doctor.ts';
import { EXIT } from '../../../src/cli/exit.ts';
import { ConfigError, parseConfig } from '../../../src/config/load.ts';
import { CHECK_NAMES } from '../../../src/doctor/check.ts';

let printed: string;

beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const load = (yaml: string) => () => ({
  config: parseConfig(yaml, 'test'),
  file: null,
  databasePassword: undefined,
});

const ENGLISH = { json: false, language: 'en' } as const;

const PORTS = 'listen: { port: 0 }, http: { enabled: false }';

describe('courier-agi doctor', () => {
  test('is good when nothing failed, and prints a line for every check', async () => {
    expect(await doctor(load(`{ ${PORTS}, database: { url: "demo:" } }`), ENGLISH)).toBe(EXIT.good);
    const names = printed.split('\n').map((line) => line.slice(10, 24).trim());
    expect(names.filter((name) => name !== '')).toEqual(expect.arrayContaining([...CHECK_NAMES]));
    expect(printed).toMatch(/\d+ ok, (1 warning|\d+ warnings), 0 failed, \d+ skipped\n$/);
    expect(printed).not.toContain('\r');
  });

  test('counts one warning as one', async () => {
    await doctor(load(`{ ${PORTS} }`), ENGLISH);
    expect(printed).toContain(' ok, 1 warning, 0 failed, ');
  });

  test('shows in a terminal what it is busy with, and erases that', async () => {
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    try {
      await doctor(load(`{ ${PORTS}, database: { url: "demo:" } }`), ENGLISH);
    } finally {
      process.stdout.isTTY = isTTY;
    }
    for (const name of CHECK_NAMES) expect(printed).toContain(`...       ${name}\r\u001B[K`);
  });

  test('fails when a check does', async () => {
    const yaml =
      '{ listen: { host: 192.0.2.1, port: 0 }, http: { enabled: false }, database: { url: "demo:" } }';
    expect(await doctor(load(yaml), { ...ENGLISH, json: true })).toBe(EXIT.failed);
    expect(JSON.parse(printed)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([expect.objectContaining({ name: 'port', state: 'fail' })]),
    });
  });

  test.each([
    [
      'cannot be read',
      () => {
        throw new ConfigError('x.yaml', ['listen.port: received "a"; it must be a whole number']);
      },
    ],
    ['has a database URL that is none', load(`{ ${PORTS}, database: { url: "mysql://agi@/courier" } }`)],
  ])('is wrong usage when the configuration %s, and says so in JSON, too', async (_what, loadIt) => {
    expect(await doctor(loadIt, { ...ENGLISH, json: true })).toBe(EXIT.usage);
    const report: unknown = JSON.parse(printed);
    expect(report).toMatchObject({ ok: false, checks: [{ name: 'configuration', state: 'fail' }] });
  });
});

describe('a line of doctor', () => {
  const warning = {
    name: 'port',
    state: 'warn',
    message: { en: 'It is so.', ru: 'Это так.' },
    remedy: { en: 'Do this.', ru: 'Сделайте это.' },
  } as const;

  test('has its remedy below', () => {
    expect(formatCheck(warning, 'en', false)).toBe(
      'warn      port            It is so.\n                          > Do this.\n',
    );
  });

  test('is told in Russian as well', () => {
    expect(formatCheck(warning, 'ru', false)).toBe(
      'внимание  port            Это так.\n                          > Сделайте это.\n',
    );
  });

  test('is coloured in a terminal alone', () => {
    expect(formatCheck(warning, 'en', true)).toContain('\u001B[33mwarn');
    expect(formatCheck(warning, 'en', false)).not.toContain('\u001B');
  });
});
