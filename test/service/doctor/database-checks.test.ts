import { describe, expect, test } from '@jest/globals';
import {
  judgeFailure as judgeFailureIn,
  judgeVersion as judgeVersionIn,
} from '../../../src/doctor/database/database.check.ts';
import {
  judgeContactTypes as judgeContactTypesIn,
  judgeStates as judgeStatesIn,
} from '../../../src/doctor/database/dictionaries.check.ts';
import { judgeGrants as judgeGrantsIn } from '../../../src/doctor/database/grants.check.ts';
import { checkNumbers, judgeNumbers as judgeNumbersIn } from '../../../src/doctor/database/numbers.check.ts';
import { checkSample, judgeSample as judgeSampleIn } from '../../../src/doctor/database/sample.check.ts';
import { checkContactsIndex } from '../../../src/doctor/database/contacts-index.check.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { parseDatabaseUrl } from '../../../src/directory/mysql/database-url.ts';
import { countParcels, readPeople } from '../../../src/doctor/database/people.ts';
import { toDirectoryError } from '../../../src/directory/mysql/mysql.errors.ts';
import type { Questions } from '../../../src/doctor/database/questions.ts';
import { FULL_SHAPE } from '../../../src/directory/sql/shape.ts';
import { inEnglish } from './in-english.ts';

const judgeFailure = inEnglish(judgeFailureIn);
const judgeVersion = inEnglish(judgeVersionIn);
const judgeStates = inEnglish(judgeStatesIn);
const judgeContactTypes = inEnglish(judgeContactTypesIn);
const judgeGrants = inEnglish(judgeGrantsIn);
const judgeNumbers = inEnglish(judgeNumbersIn);
const judgeSample = inEnglish(judgeSampleIn);

const column = (tableName: string, columnName: string, privileges: string) => ({
  tableName,
  columnName,
  privileges,
});
const step = (table: string, type: string, rows: string | number) => ({ table, type, rows });

describe('a database that refuses us', () => {
  const address = (url: string, password = 'geheim') => parseDatabaseUrl(url, password);
  const denied = (host: string) =>
    `cannot be asked: Access denied for user 'agi'@'${host}' (using password: YES)`;

  test('for want of a password: the file that is empty is named', () => {
    const finding = judgeFailure(denied('db'), address('mysql://agi@db/courier', ''), '/etc/x/password');
    expect(finding.remedy).toContain('/etc/x/password is empty: write the password of agi into it.');
  });

  test('through a socket, where there is no such user at localhost', () => {
    const url = 'mysql://agi@localhost/courier?socketPath=/run/mysqld/mysqld.sock';
    const finding = judgeFailure(denied('localhost'), address(url));
    expect(finding.remedy).toContain("Is there a user 'agi'@'localhost'?");
  });

  test('names where it sees us come from', () => {
    const finding = judgeFailure(denied('10.0.0.5'), address('mysql://agi@db/courier'));
    expect(finding.remedy).toContain("'agi'@'10.0.0.5'");
  });

  test('says what to do apart from what has happened, in the language that was asked for', () => {
    const at = address('mysql://agi@db/courier');
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:3306'), { code: 'ECONNREFUSED' });
    const { message, remedy } = judgeFailureIn(toDirectoryError(refused, at), at);
    expect(message.en).toBe(
      'The database agi@db:3306/courier cannot be asked: connect ECONNREFUSED 10.0.0.5:3306.',
    );
    expect(remedy?.en).toMatch(/^Nothing listens there: .* bind-address\. Until the database answers/);
    expect(message.ru).not.toContain('Nothing');
    expect(remedy?.ru).toMatch(/^Там никто не слушает: .*Пока база не отвечает/);
  });

  test.each([
    ['that it may have to encrypt', 'geheim', '?ssl=true'],
    ['that no password was given', '', 'database.passwordFile'],
  ])('with a denied access, in both languages: %s', (_what, password, advice) => {
    const at = address('mysql://agi@db/courier', password);
    const refused = Object.assign(new Error(denied('10.0.0.5')), { code: 'ER_ACCESS_DENIED_ERROR' });
    const { message, remedy } = judgeFailureIn(toDirectoryError(refused, at), at);
    expect(message.ru).not.toContain(advice);
    expect(remedy?.en).toContain("'agi'@'10.0.0.5'");
    expect(remedy?.en).toContain(advice);
    expect(remedy?.ru).toContain(advice);
    expect(remedy?.ru).not.toMatch(/Check user|password was given|If it has/);
  });

  test('for another reason: calls get the snapshot meanwhile', () => {
    expect(judgeFailure('ECONNREFUSED', address('mysql://agi@db/courier')).remedy).toContain('snapshot');
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
  const finding = judgeVersion(version, 'agi@db', '3');
  expect(finding.state).toBe(state);
  expect(finding.message).toContain(name);
});

describe('the index of contacts.VALUE', () => {
  const judge = async (prefixes: readonly (number | null)[]) => {
    const rows = prefixes.map((prefix, index) => ({ indexName: `i${index}`, columnName: 'value', prefix }));
    return checkContactsIndex({ ask: () => Promise.resolve(rows) });
  };

  test.each([
    [[null], 'ok'],
    [[20], 'warn'],
    [[20, null], 'ok'],
    [[], 'skipped'],
  ])('of so many characters (null: all): %j', async (prefixes, state) => {
    expect((await judge(prefixes)).state).toBe(state);
  });

  test('that holds beginnings only is named', async () => {
    expect((await judge([20])).message).toMatchObject({ en: expect.stringContaining('i0 of its first 20') });
  });
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
  const contact = (value: string, index = 0) => ({
    row: `${70_001 + index}/3`,
    value,
  });
  const judge = (values: readonly string[]) =>
    judgeNumbers(
      values.map((value, index) => contact(value, index)),
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
    ['a written number', ['+7 (916) 200-00-02', '8 916 200 00 01', '8-916-200-00-01'], 'ok'],
    ['a plus, or a national number', ['+79162000002', '89162000002', '9162000002'], 'ok'],
    ['a way that nobody has thought of', ['8/916/200.00.02'], 'warn'],
    ['two numbers in one', ['79162000001, 79162000002'], 'warn'],
    ['an extension behind it', ['79162000001 доб. 5'], 'warn'],
    ['a name beside it', ['79162000001 Анна', 'тел. 8-916-200-00-02'], 'warn'],
    ['a number without its area', ['2000001'], 'warn'],
    ['a digit too few', ['7916200000'], 'warn'],
    ['white space around it', [' 79162000001', '79162000001\n', '79162000001\r\n', '79162000001  '], 'ok'],
  ])('%s: %j', (_what, values, state) => {
    expect(judge(values).state).toBe(state);
  });

  test('that are not found are counted, all of them, and three named by their codes', () => {
    const values = ['8/916/200.00.01', '79162000001 Анна', '79162000001', '2000001', '79162000001, 2', '101'];
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
    const slip = judge([...good, '8/916/200.00.01']);
    expect(slip.message).toContain('1 of 1000 numbers (0.1 %)');
    expect(slip.remedy).toContain('when they call');
    expect(judge([...good, ...good, '8/916/200.00.01']).message).toContain('(less than 0.1 %)');
    expect(judge(['8/916/200.00.01']).remedy).toContain('numbers.country (RU)');
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
    expect(judgeSample({ en: 'found', ru: 'найдено' }, ms, plan, 1500).state).toBe(state);
  });

  test('names the tables, not the aliases', () => {
    const finding = judgeSample({ en: 'x', ru: 'x' }, 1, [step('lu', 'ALL', 9000)], 1500);
    expect(finding.message).toContain('users (9000 rows)');
  });
});

describe('on a database that was moved from Windows to Linux, whose tables have capitals', () => {
  const shape = {
    ...FULL_SHAPE,
    tables: { contacts: 'CONTACTS', givn: 'GIVN', kurier: 'KURIER', users: 'USERS', clients: 'CLIENTS' },
    stateIsEnum: true,
  };

  test.each<[string, (questions: Questions) => Promise<unknown>]>([
    ['numbers', (questions) => checkNumbers(questions, shape, 'RU')],
    ['look-up', (questions) => checkSample(questions, shape, parseConfig('', 'test'))],
    ['couriers, managers and clients', (questions) => readPeople(questions, shape)],
    ['parcels', (questions) => countParcels(questions, shape)],
  ])('%s asks each by its name', async (_check, ask) => {
    const asked: string[] = [];
    // A stand-in for the database, which knows no row.
    await ask({
      ask: async ({ sql }) => {
        asked.push(sql);
        return [];
      },
    });
    const tables = asked.flatMap((sql) =>
      [...sql.matchAll(/\b(?:from|join) (\S+)/g)].map(([, table]) => table),
    );
    const own = tables.filter((table) => table?.startsWith('information_schema.') === false);
    expect(own).not.toEqual([]);
    for (const table of own) expect(table).toMatch(/^`[A-Z]+`$/);
  });

  test('parcels in hand are counted as the look-up finds them, where State is an ENUM', async () => {
    const asked: string[] = [];
    await countParcels({ ask: async ({ sql }) => (asked.push(sql), []) }, shape);
    expect(asked.join()).toContain("in ('1')");
  });
});
