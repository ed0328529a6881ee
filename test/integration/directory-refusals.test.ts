import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  DirectoryTimeoutError,
  LEAST_BUDGET_MS,
  type ManagedDirectory,
} from '../../src/directory/directory.ts';
import type { Refusal } from '../../src/directory/mysql/connection.ts';
import { parseDatabaseUrl } from '../../src/directory/mysql/database-url.ts';
import { MysqlDirectory } from '../../src/directory/mysql/mysql.directory.ts';
import { QueryPool } from '../../src/directory/mysql/query.pool.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startRefusingProxy, type RefusingProxy } from '../lab/databases/refusing-proxy.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { eventually } from '../lab/eventually.ts';

const COURIER = '79161000011';
const RECIPIENT = '79162000002';
const ENOUGH_MS = 10_000;
const FOUND = [{ kind: 'courier', courier: 11 }];

describe.each(DATABASE_SERVERS)('%s behind a proxy, or set up in its own way', (name, startServer) => {
  let server: DatabaseServer;
  let proxy: RefusingProxy;
  let directory: MysqlDirectory;
  let refused: string[];

  beforeAll(async () => {
    server = await startServer();
    await createCourierDatabase(server);
    await insertDemoCompany(server);
  }, SERVER_START_MS);
  beforeEach(async () => {
    proxy = await startRefusingProxy(server);
    refused = [];
    directory = open(`mysql://root@127.0.0.1:${proxy.port}/courier`);
  });
  afterEach(async () => {
    await server.sql('UNLOCK TABLES');
    await directory.close();
    await proxy.stop();
  });
  afterAll(() => server?.stop());

  const open = (url: string) =>
    new MysqlDirectory({
      address: parseDatabaseUrl(url),
      poolSize: 4,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
      maxBudgetMs: 2000,
      onRefused: ({ statement }: Refusal) => refused.push(statement),
    });
  const find = async (number = COURIER) => (await directory.find(number, ENOUGH_MS)).matches;
  const problemOf = async (url: string) => {
    const other: ManagedDirectory = open(url);
    const { problem } = await other.start();
    await other.close();
    return problem;
  };

  test.each([
    [1047, 'WSREP has not yet prepared node for application use'],
    [1105, 'Max connect timeout reached while reaching hostgroup'],
    [1053, 'Server shutdown in progress'],
  ])('a connection that answers everything with error %s is replaced at once', async (errno, message) => {
    expect(await find()).toMatchObject(FOUND);
    proxy.poison(errno, message);
    expect(await find()).toMatchObject(FOUND);
    expect(await find()).toMatchObject(FOUND);
  });

  test.each([
    ['the read-only mode', /TRANSACTION READ ONLY/, 1235, ['SET SESSION TRANSACTION READ ONLY']],
    ['a mode', /sql_mode/, 1231, ["SET SESSION autocommit = 1 , sql_mode = ''"]],
    ['a limit of time', /lock_wait_timeout/, 1193, [expect.stringContaining('lock_wait_timeout')]],
    ['another', /sql_big_selects/, 1193, ['SET SESSION autocommit = 1 , sql_big_selects = 1']],
  ])(
    'a server that refuses to set %s is used without it, which is told once',
    async (_what, match, errno, told) => {
      proxy.refuse({ command: 'query', match, errno, message: 'not here' });
      for (let time = 0; time < 3; time += 1) {
        expect(await find()).toMatchObject(FOUND);
        proxy.poison(1047, 'a new connection for the next time');
      }
      expect(refused).toEqual(told);
    },
  );

  test.each([
    ['prepare', 1295, 'This command is not supported in the prepared statement protocol yet'],
    ['prepare', 1461, "Can't create more than max_prepared_stmt_count statements"],
    ['prepare', 1047, 'Unknown command'],
    ['execute', 1243, 'Unknown prepared statement handler given to mysqld_stmt_execute'],
  ] as const)(
    'where a server cannot %s (%s) the text is sent, with the same answers',
    async (command, errno, message) => {
      const [matches, page] = [await find(RECIPIENT), await directory.readPage('')];
      await directory.close();
      proxy.refuse({ command, errno, message });
      directory = open(`mysql://root@127.0.0.1:${proxy.port}/courier`);
      expect(await find(RECIPIENT)).toEqual(matches);
      expect(await directory.readPage('')).toEqual(page);
      expect(await find("x' OR VALUE <> '")).toEqual([]);
      expect(await find("\\' OR 1=1 -- ")).toEqual([]);
      expect(refused).toEqual(['PREPARE']);
    },
  );

  test('what is committed is seen, whatever autocommit the server has', async () => {
    await server.sql('SET GLOBAL autocommit = 0');
    try {
      await find();
      await server.sql('UPDATE courier.kurier SET manager = NULL WHERE code = 11; COMMIT');
      expect(await find()).toMatchObject([{ manager: null }]);
    } finally {
      await server.sql('SET GLOBAL autocommit = 1');
    }
  });

  test('no row is cut off, whatever limits and modes the server has', async () => {
    const expected = await find(RECIPIENT);
    expect(expected.length).toBeGreaterThan(1);
    await directory.close();
    await server.sql(
      "SET GLOBAL sql_select_limit = 1, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', max_join_size = 1",
    );
    try {
      directory = open(server.url('courier'));
      expect(await find(RECIPIENT)).toEqual(expected);
    } finally {
      await server.sql('SET GLOBAL sql_select_limit = DEFAULT, sql_mode = DEFAULT, max_join_size = DEFAULT');
    }
  });

  test('a look-up whose statement somebody kills is tried again', async () => {
    await find();
    await server.sql('LOCK TABLES courier.contacts WRITE');
    const found = find();
    const killed = async () => {
      const rows = await server.sql(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'select%contacts%' AND id <> connection_id()",
      );
      for (const { id } of rows) await server.sql('KILL QUERY ?', [id]);
      return rows.length > 0;
    };
    await eventually('a statement to kill', killed);
    await server.sql('UNLOCK TABLES');
    expect(await found).toMatchObject(FOUND);
  });

  test('who gets no connection more shares those that are open', async () => {
    await server.sql(
      "CREATE USER IF NOT EXISTS 'few'@'127.0.0.1' IDENTIFIED BY 'agi' WITH MAX_USER_CONNECTIONS 3; GRANT SELECT ON courier.* TO 'few'@'127.0.0.1'",
    );
    const pool = new QueryPool(parseDatabaseUrl(server.url('courier').replace('root@', 'few:agi@')), {
      poolSize: 10,
    });
    const all = await Promise.allSettled(
      Array.from({ length: 9 }, () => pool.run('select sleep(0.1) as s', [], 3000)),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(9).fill('fulfilled'));
    expect(pool.stats()).toEqual({ size: 3, used: 0, waiting: 0 });
    await pool.close();
  });

  test('a handshake that hangs is waited for, instead of being broken off again and again', async () => {
    proxy.freeze();
    const before = proxy.accepted;
    for (let time = 0; time < 10; time += 1) await directory.find(COURIER, 100).catch(() => {});
    expect(proxy.accepted - before).toBe(1);
    expect(directory.stats()).toMatchObject({ size: 1, used: 0 });
    proxy.thaw();
    await eventually(
      'a connection',
      () =>
        directory.find(COURIER, 500).then(
          () => true,
          () => false,
        ),
      2000,
    );
    expect(proxy.accepted - before).toBe(1);
  });

  test('a check of the schema that leaves no time for the look-up is a time-out, and not too many calls', async () => {
    await expect(directory.find(COURIER, LEAST_BUDGET_MS + 1)).rejects.toThrow(DirectoryTimeoutError);
  });

  test('a connection that is being opened is closed with the others', async () => {
    proxy.freeze();
    await directory.find(COURIER, 50).catch(() => {});
    expect(directory.stats().size).toBe(1);
    await directory.close();
    expect(directory.stats().size).toBe(0);
  });

  test('that a user must encrypt is told', async () => {
    await server.sql("CREATE USER IF NOT EXISTS 'ssl'@'127.0.0.1' IDENTIFIED BY 'agi' REQUIRE SSL");
    const url = server.url('courier').replace('root@', 'ssl:agi@');
    expect(await problemOf(url)).toContain('add ?ssl=true to database.url');
    if (name === 'MariaDB') return;
    await server.sql("GRANT SELECT ON courier.* TO 'ssl'@'127.0.0.1'");
    expect(await problemOf(`${url}?ssl=noverify`)).toBeNull();
    await server.sql('SET GLOBAL require_secure_transport = 1');
    try {
      expect(await problemOf(server.url('courier'))).toContain('add ?ssl=true to database.url');
    } finally {
      await server.sql('SET GLOBAL require_secure_transport = 0');
    }
  });

  // MySQL has no such method.
  if (name === 'MariaDB') {
    test('a user IDENTIFIED VIA ed25519 can log in', async () => {
      await server.sql("INSTALL SONAME 'auth_ed25519'");
      await server.sql(
        "CREATE USER 'ed'@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('geheim'); GRANT SELECT ON courier.* TO 'ed'@'127.0.0.1'",
      );
      const url = server.url('courier').replace('root@', 'ed:geheim@');
      expect(await problemOf(url)).toBeNull();
      expect(await problemOf(url.replace('geheim', 'falsch'))).toContain('Check user and password');
    });
  }
});
