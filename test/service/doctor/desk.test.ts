import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '../../../src/accounts/tokens.ts';
import { Users } from '../../../src/accounts/users.ts';
import { parseConfig, type LoadedConfig } from '../../../src/config/load.ts';
import { CHECK_NAMES, checkNames, combine, DESK_CHECK_NAMES, ok, warn } from '../../../src/doctor/check.ts';
import { checkAccounts as checkAccountsIn } from '../../../src/doctor/desk/accounts.check.ts';
import { checkCalls } from '../../../src/doctor/desk/calls.check.ts';
import { findDesk } from '../../../src/doctor/desk/desk-health.ts';
import { checkDeskPort as checkDeskPortIn } from '../../../src/doctor/desk/desk-port.check.ts';
import { diagnoseDesk } from '../../../src/doctor/desk/diagnose.ts';
import { checkJournal as checkJournalIn } from '../../../src/doctor/desk/journal.check.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { FOLLOWING } from '../../../src/journal/lease.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { openSqlite } from '../../../src/journal/sqlite/engine.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';
import { english, inEnglish, inEnglishLater } from './in-english.ts';

const checkJournal = inEnglishLater(checkJournalIn);
const checkAccounts = inEnglish(checkAccountsIn);
const checkDeskPort = inEnglishLater(
  async (config: Parameters<typeof checkDeskPortIn>[0], loggedIn?: ReadonlySet<string>) =>
    checkDeskPortIn(config, await findDesk(config.desk), loggedIn),
);

const PLENTY = () => 1e12;

const cleanups = new Cleanups();
let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'stranger', uid: 54_321, gids: [54_321] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-'));
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});

afterEach(async () => {
  await cleanups.run();
  rmSync(folder, { recursive: true });
});

describe('the check of the journal', () => {
  const path = () => join(folder, 'journal.db');
  const examine = (user = owner, free = PLENTY) =>
    checkJournal(parseConfig(`journal: { url: "sqlite:${path()}" }`, 'test').journal, user, free);

  /** As a desk leaves it that has ended: without the files of a log. */
  const makeJournal = async () => {
    const draft = join(folder, 'draft.db');
    const store = await openJournalOn('sqlite', () => sqliteInProcess(draft));
    await store.close();
    // Within jest a statement cannot be disposed of, which keeps the file open after `close`.
    const database = openSqlite(draft);
    database.exec('pragma wal_checkpoint(truncate)');
    database.close();
    renameSync(draft, path());
    for (const file of [`${draft}-wal`, `${draft}-shm`]) rmSync(file, { force: true });
  };

  function change(sql: string): void {
    const database = openSqlite(path());
    database.exec(sql);
    database.close();
  }

  test('makes none when there is none yet', async () => {
    expect(await examine()).toMatchObject({ state: 'ok', message: expect.stringContaining('yet') });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('changes and makes no file of one that is there', async () => {
    await makeJournal();
    const before = [readdirSync(folder), statSync(path()).mtimeMs, statSync(path()).size];
    expect(await examine()).toMatchObject({
      state: 'warn',
      message: expect.stringMatching(/in order, but no desk/),
    });
    expect([readdirSync(folder), statSync(path()).mtimeMs, statSync(path()).size]).toEqual(before);
  });

  test('names the desk that writes it, while that one does', async () => {
    const store = await openJournalOn('sqlite', () => sqliteInProcess(path()));
    cleanups.add(() => store.close());
    await store.lease({ ...FOLLOWING, holder: 'tower 1-2-3' }).take();
    expect(existsSync(`${path()}-wal`)).toBe(true);
    expect(await examine()).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('the desk on tower writes'),
    });
  });

  test('sees that nobody renews what a desk held when it was killed', async () => {
    await makeJournal();
    change(`insert into leases (name, holder, renewed_at) values ('${FOLLOWING.name}', 'tower 1', 1)`);
    expect(await examine()).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('no desk follows'),
    });
  });

  test('misses the folder, or the right to write there', async () => {
    const gone = { url: `sqlite:${join(folder, 'gone', 'journal.db')}`, keepDays: 1 };
    expect(await checkJournal(gone, owner)).toMatchObject({
      state: 'fail',
      remedy: `install -d -m 700 -o owner ${join(folder, 'gone')}`,
    });
    expect(await examine(stranger)).toMatchObject({ state: 'fail', remedy: `chown stranger ${folder}` });
  });

  test('sees a folder further up that the desk may not enter', async () => {
    const url = `sqlite:${join(folder, 'lib', 'desk', 'journal.db')}`;
    mkdirSync(join(folder, 'lib', 'desk'), { recursive: true });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'lib'), 0o700);
    chmodSync(join(folder, 'lib', 'desk'), 0o777);
    expect(await checkJournal({ url, keepDays: 1 }, stranger)).toMatchObject({
      state: 'fail',
      message: expect.stringContaining(`may not enter ${folder}/lib, and journal.url is below it`),
    });
  });

  test('sees files that root has left there', async () => {
    await makeJournal();
    chmodSync(folder, 0o777);
    chmodSync(path(), 0o600);
    expect(await examine(stranger)).toMatchObject({ state: 'fail', remedy: `chown stranger ${path()}` });
  });

  test.each([
    ['no database', 'something else '.repeat(1000), 'not a database'],
    ['an empty file', '', 'no such table'],
  ])('does not take %s for a journal', async (_what, text, problem) => {
    writeFileSync(path(), text);
    expect(await examine()).toMatchObject({ state: 'fail', message: expect.stringContaining(problem) });
  });

  test('finds damage in the middle of it', async () => {
    await makeJournal();
    const file = readFileSync(path());
    // The last page is one of some table or index; the first one has the schema.
    file.fill(0x5a, file.length - 4096);
    writeFileSync(path(), file);
    expect(await examine()).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('is damaged: '),
      remedy: expect.stringContaining('backup'),
    });
  });

  test('tells a newer version from an older one', async () => {
    await makeJournal();
    change("insert into journal_migrations (name, timestamp) values ('999-future', 'now')");
    expect(await examine()).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('it has 999-future'),
    });
    change("delete from journal_migrations where name <> '001-calls'");
    expect(await examine()).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('of an older version'),
    });
  });

  test('warns of a disk that is nearly full, before and after there is a journal', async () => {
    const full = () => 5e6;
    expect(await examine(owner, full)).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('5.0 MB left'),
    });
    await makeJournal();
    expect(await examine(owner, full)).toMatchObject({
      state: 'warn',
      remedy: expect.stringContaining('df -h'),
    });
  });

  test('tells why a database is not reached', async () => {
    const url = `mysql://desk@127.0.0.1:${await freeTcpPort()}/courier_desk`;
    expect(await checkJournal({ url, keepDays: 1 }, owner)).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('ECONNREFUSED'),
      remedy: expect.stringContaining('GRANT ALL'),
    });
  });
});

describe('the check of the accounts', () => {
  const files = () => ({ usersFile: join(folder, 'users.json'), tokensFile: join(folder, 'tokens.json') });
  const examine = (user = owner) => checkAccounts(files(), user);

  test('counts them, and tells how the first one is made', () => {
    expect(examine()).toMatchObject({ state: 'ok', message: expect.stringContaining('desk user add') });
    new Tokens(files().tokensFile).add('crm', 'operator');
    new Users(files().usersFile).add({
      name: 'olga',
      role: 'operator',
      password: null,
      extensions: [],
      login: null,
    });
    expect(examine()).toMatchObject({ state: 'ok', message: '1 person may sign in. 1 program has a token.' });
  });

  test.each(['usersFile', 'tokensFile'] as const)(
    'sees a %s that the desk cannot read, that others can, and that is none',
    (name) => {
      chmodSync(folder, 0o755);
      const path = files()[name];
      writeFileSync(path, JSON.stringify(name === 'usersFile' ? { users: [] } : { tokens: [] }), {
        mode: 0o640,
      });
      expect(examine(stranger)).toMatchObject({ state: 'fail', remedy: `chown stranger ${path}` });
      chmodSync(path, 0o644);
      expect(examine()).toMatchObject({ state: 'warn', remedy: expect.stringContaining('chmod 640') });
      writeFileSync(path, '{');
      expect(examine()).toMatchObject({ state: 'fail', message: expect.stringContaining('cannot be used') });
      chmodSync(folder, 0o700);
      expect(examine(stranger)).toMatchObject({
        state: 'fail',
        message: expect.stringContaining(`may not enter ${folder}, and desk.`),
      });
    },
  );
});

describe('the check of the desk’s port', () => {
  const configOf = (port: number, more = '') => parseConfig(`desk: { port: ${port} }\n${more}`, 'test');

  /** Something that answers over HTTP. @returns its port */
  async function answer(status: number, body: unknown): Promise<number> {
    const server = createServer((_request, response) => {
      response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.add(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    return address.port;
  }

  // As src/api/api.ts answers; test/integration/desk.test.ts asks a real one.
  const health = (keys: object) => ({
    ready: true,
    role: 'following',
    asterisks: [{ asterisk: 'main', state: 'followed', problem: null }],
    journal: { problem: null, waiting: 0 },
    ...keys,
  });

  test.each([
    [200, health({}), 'ok', /follows main\.$/],
    [200, health({ role: 'standby', asterisks: [] }), 'ok', /leaves the calls to another one/],
    [
      503,
      health({ ready: false, asterisks: [{ asterisk: 'main', state: 'away', problem: 'It is away.' }] }),
      'warn',
      /does not do its work\. main: It is away\.$/,
    ],
    [
      503,
      health({ ready: false, journal: { problem: 'disk full', waiting: 7 } }),
      'warn',
      /7 calls wait: disk full$/,
    ],
    [
      503,
      health({ ready: false, journal: { problem: null, waiting: 0, damage: 'Tree 7 page 9: bad' } }),
      'warn',
      /The file of the journal is damaged: Tree 7 page 9: bad$/,
    ],
    [
      200,
      health({ closed: [{ part: 'survey', problem: 'survey.port: received 4574; cannot listen.' }] }),
      'warn',
      /The port of the surveys is not open: survey\.port: received 4574/,
    ],
    [
      503,
      health({
        ready: false,
        asterisks: [{ asterisk: 'main', state: 'away', problem: 'It is away.' }],
        closed: [{ part: 'door', problem: 'door.port: received 5039; cannot listen.' }],
      }),
      'warn',
      /main: It is away\. The door is not open: door\.port: received 5039/,
    ],
    [
      200,
      health({ closed: [{ part: 'something new', problem: 'It is so.' }] }),
      'warn',
      /something new is not open.* It is so\./,
    ],
    [200, { hello: 'world' }, 'fail', /is taken by/],
  ] as const)('reads status %i with %j', async (status, body, state, message) => {
    const port = await answer(status, body);
    expect(await checkDeskPort(configOf(port))).toMatchObject({
      state,
      message: expect.stringMatching(message),
    });
  });

  test('takes a desk for none that is frozen which was started before desk.tls was set', async () => {
    const port = await answer(200, health({}));
    const tls = { certFile: join(folder, 'desk.crt'), keyFile: join(folder, 'desk.key') };
    const config = parseConfig(JSON.stringify({ desk: { port, tls } }), 'test');
    expect(await checkDeskPort(config)).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('without encryption'),
      remedy: 'systemctl restart courier-agi-desk',
    });
  });

  test('says what to do when the login is refused to the desk, and not to doctor', async () => {
    const problem = 'Asterisk at 127.0.0.1:5038 refuses the login of "courier-agi": Authentication failed';
    const asterisks = [
      { asterisk: 'main', state: 'away', problem },
      { asterisk: 'spare', state: 'away', problem },
    ];
    const config = configOf(await answer(503, health({ ready: false, asterisks })));
    expect(await checkDeskPort(config, new Set(['main']))).toMatchObject({
      state: 'warn',
      remedy: expect.stringMatching(
        /^Of main user or secret were changed .*systemctl restart courier-agi-desk\./,
      ),
    });
    expect((await checkDeskPort(config, new Set())).remedy).not.toContain('were changed');
  });

  test('is content with a port that is free', async () => {
    expect(await checkDeskPort(configOf(await freeTcpPort()))).toMatchObject({ state: 'ok' });
  });
});

test.each(['door', 'survey'])(
  'doctor sees that somebody else has the port of the section %s',
  async (section) => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.add(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    );
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const door = {
      enabled: true,
      host: '127.0.0.1',
      port,
      accounts: [{ username: 'vendor', allow: ['127.0.0.1'] }],
    };
    const config = parseConfig(
      JSON.stringify({
        desk: { port: await freeTcpPort() },
        ...(section === 'door' ? { door } : { survey: { port } }),
      }),
      'test',
    );
    expect(await checkDeskPort(config)).toMatchObject({
      state: 'fail',
      message: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken by`),
      remedy: expect.stringContaining(`${section}.port`),
    });
  },
);

describe('doctor with the desk', () => {
  const loaded = (yaml: string): LoadedConfig => ({
    config: parseConfig(yaml, 'test'),
    file: null,
    databasePassword: undefined,
  });

  test('looks at the desk only where there is an Asterisk to follow', () => {
    expect(checkNames(parseConfig('', 'test'))).toEqual(CHECK_NAMES);
    expect(checkNames(parseConfig('asterisk: {}', 'test'))).toEqual([...CHECK_NAMES, ...DESK_CHECK_NAMES]);
  });

  test('makes every check in its order, whatever is missing', async () => {
    const secretFile = join(folder, 'ami-secret');
    const yaml = JSON.stringify({
      asterisk: [
        { name: 'one', port: await freeTcpPort(), secretFile },
        { name: 'two', port: await freeTcpPort(), secretFile: join(folder, 'empty') },
      ],
      journal: { url: `sqlite:${join(folder, 'journal.db')}` },
      desk: { port: await freeTcpPort(), tokensFile: join(folder, 'tokens.json') },
    });
    writeFileSync(secretFile, 'right\n');
    writeFileSync(join(folder, 'empty'), '');
    const results = [];
    for await (const result of diagnoseDesk(loaded(yaml), owner, [])) results.push(english(result));
    expect(results.map(({ name }) => name)).toEqual(DESK_CHECK_NAMES);
    expect(results[0]).toMatchObject({
      state: 'fail',
      message: expect.stringMatching(/^one: Nobody listens on .*\ntwo: .*\/empty is empty/),
    });
    expect(results.filter(({ message }) => message.startsWith('Could not be checked'))).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(['ami-secret', 'empty']);
  });

  test('knows nothing of calls that the desk makes where it makes none, or Asterisk is elsewhere', async () => {
    expect(await checkCalls(undefined, [])).toMatchObject({ state: 'skipped', remedy: null });
    const calls = parseConfig("calls: { callerId: '74951234567' }", 'test').calls;
    expect(await checkCalls(calls, [])).toMatchObject({ state: 'skipped', remedy: expect.anything() });
  });

  test('tells of a secret that cannot be read in the check of AMI, and goes on with the others', async () => {
    const secretFile = join(folder, 'ami-secret');
    writeFileSync(secretFile, 'right\n');
    const port = await freeTcpPort();
    const results = [];
    const config = loaded(
      JSON.stringify({
        asterisk: [
          { name: 'one', port, secretFile: join(folder, 'none') },
          { name: 'two', port, secretFile },
        ],
      }),
    );
    for await (const result of diagnoseDesk(config, owner, [])) results.push(english(result));
    expect(results[0]).toMatchObject({
      name: 'ami',
      state: 'fail',
      message: expect.stringMatching(/^one: .*ENOENT.*\ntwo: Nobody listens/),
      remedy: expect.stringContaining('one: '),
    });
    for (const { name, state, message } of results.slice(1, 5)) {
      if (name === 'ami address') continue;
      expect({ name, state, message }).toEqual({
        name,
        state: 'skipped',
        message: 'one: Nobody is logged in.\ntwo: Nobody is logged in.',
      });
    }
    expect(results).toHaveLength(DESK_CHECK_NAMES.length);
  });

  test('knows nothing where there is nothing to combine', () => {
    expect(combine([])).toMatchObject({ state: 'skipped' });
  });

  test('puts what it finds about several Asterisks into one finding, as bad as the worst', () => {
    const good = ok({ en: 'Good.', ru: 'Хорошо.' });
    const bad = warn({ en: 'Bad.', ru: 'Плохо.' }, { en: 'Mend it.', ru: 'Почините.' });
    expect(combine([['main', bad]])).toEqual(bad);
    expect(
      combine([
        ['main', good],
        ['spare', bad],
      ]),
    ).toEqual({
      state: 'warn',
      message: { en: 'main: Good.\nspare: Bad.', ru: 'main: Хорошо.\nspare: Плохо.' },
      remedy: { en: 'spare: Mend it.', ru: 'spare: Почините.' },
    });
  });
});
