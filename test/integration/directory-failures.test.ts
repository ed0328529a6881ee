import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ManagedDirectory } from '../../src/directory/directory.ts';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
} from '../../src/directory/directory.ts';
import { parseDatabaseUrl } from '../../src/directory/mysql/database-url.ts';
import { MysqlDirectory } from '../../src/directory/mysql/mysql.directory.ts';
import { QueryPool } from '../../src/directory/mysql/query.pool.ts';
import { eventually } from '../lab/eventually.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { openLiveDirectory } from '../lab/databases/live-directory.ts';
import type { DatabaseServer, Row } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import type { TcpProxy } from '../lab/databases/tcp-proxy.ts';
import { freeTcpPort } from '../lab/free-port.ts';

const COURIER = '79161000011';
const ENOUGH_MS = 10_000;
/** For look-ups that must fail; no test waits for more than a few of these. */
const SHORT_MS = 150;

describe.each(DATABASE_SERVERS)('trouble with %s', (name, startServer) => {
  let server: DatabaseServer;
  let proxy: TcpProxy;
  let directory: ManagedDirectory;

  beforeAll(async () => {
    server = await startServer();
    await createCourierDatabase(server);
    await insertDemoCompany(server);
  }, SERVER_START_MS);
  beforeEach(async () => {
    proxy = await startTcpProxy(server);
  });
  afterEach(async () => {
    server.thaw();
    await server.sql('UNLOCK TABLES');
    await directory?.close();
    await proxy.stop();
  });
  afterAll(() => server?.stop());

  const openWarm = async (overrides: Parameters<typeof openLiveDirectory>[1] = {}) => {
    directory = openLiveDirectory(urlThrough(proxy.port), { maxBudgetMs: 1000, ...overrides });
    await findMany(4);
    expect(directory.stats().size).toBeGreaterThan(0);
  };
  /** Look-ups that come together share one: each of these finds the others still at work. */
  const openAllConnections = async () => {
    await server.sql('LOCK TABLES courier.contacts WRITE');
    const lookups = [];
    for (let used = 1; used <= 4; used++) {
      lookups.push(directory.find(COURIER, ENOUGH_MS));
      await until(async () => directory.stats().used === used);
    }
    await server.sql('UNLOCK TABLES');
    await Promise.all(lookups);
    expect(directory.stats().size).toBe(4);
  };
  const isIdle = ({ used, waiting }: { used: number; waiting: number }) => used === 0 && waiting === 0;
  const findMany = (count: number, budgetMs = ENOUGH_MS) =>
    Promise.allSettled(Array.from({ length: count }, () => directory.find(COURIER, budgetMs)));
  const expectAnswers = async () => {
    const { matches } = await directory.find(COURIER, ENOUGH_MS);
    expect(matches).toMatchObject([{ kind: 'courier', courier: 11 }]);
  };
  const routersConnections = async (): Promise<Row[]> =>
    server.sql(
      "SELECT id, command FROM information_schema.processlist WHERE db = 'courier' AND id <> connection_id()",
    );

  test('a server that is frozen costs each look-up its budget, and nothing once it goes on', async () => {
    await openWarm();
    server.freeze();
    // More than there are connections: some send their statement in vain, some wait for a connection.
    expectTimeouts(await findMany(9, SHORT_MS));
    await eventually('nobody waits or is at work', () => isIdle(directory.stats()));
    // Now there is no connection left, and making one hangs.
    expectTimeouts(await findMany(9, SHORT_MS));
    await eventually('nobody waits or is at work', () => isIdle(directory.stats()));

    server.thaw();
    await expectAnswers();
    await findMany(20);
    expect(directory.stats()).toMatchObject({ used: 0, waiting: 0 });
    expect(directory.stats().size).toBeLessThanOrEqual(4);
    await until(async () => (await routersConnections()).length <= 4);
  });

  test('a server that is frozen at start is reported, and found again by a later look-up', async () => {
    server.freeze();
    directory = openLiveDirectory(urlThrough(proxy.port), { maxBudgetMs: SHORT_MS });
    expect(await directory.start()).toMatchObject({ state: 'unavailable', version: null, warnings: [] });
    expectTimeouts(await findMany(3, SHORT_MS));
    server.thaw();
    await until(() =>
      directory.find(COURIER, SHORT_MS).then(
        () => true,
        () => false,
      ),
    );
    expect(directory.stats()).toMatchObject({ used: 0, waiting: 0 });
  });

  test('connections that the server has killed are replaced unnoticed', async () => {
    await openWarm();
    for (const { id } of await routersConnections()) await server.sql('KILL ?', [id]);
    for (const result of await findMany(8)) expect(result).toMatchObject({ status: 'fulfilled' });
  });

  test('connections that break when they are used again are replaced within the same look-up', async () => {
    await openWarm();
    const before = proxy.accepted;
    proxy.resetOnNextUse();
    for (const result of await findMany(4)) expect(result).toMatchObject({ status: 'fulfilled' });
    expect(proxy.accepted).toBeGreaterThan(before);
  });

  test('idle connections that a firewall has forgotten cost one look-up, not one each', async () => {
    await openWarm();
    await openAllConnections();
    proxy.forgetConnections();
    expectTimeouts(await findMany(1, SHORT_MS));
    expect(directory.stats()).toEqual({ size: 0, used: 0, waiting: 0 });
    await expectAnswers();
  });

  test('a locked table holds up its look-ups only as long as their budget', async () => {
    await openWarm();
    await server.sql('LOCK TABLES courier.contacts WRITE');
    expectTimeouts(await findMany(9, SHORT_MS));
    expect(directory.stats()).toMatchObject({ used: 0, waiting: 0 });
    // The server itself ends them too: it would go on for nobody, while the table stays locked.
    await until(async () => (await routersConnections()).every(({ command }) => command === 'Sleep'));
    await server.sql('UNLOCK TABLES');
    await expectAnswers();
  });

  test('a look-up that gave up waiting for a connection does not keep the one it would have got', async () => {
    await openWarm({ poolSize: 1, maxBudgetMs: ENOUGH_MS });
    await server.sql('LOCK TABLES courier.contacts WRITE');
    const patient = directory.find(COURIER, ENOUGH_MS);
    expectTimeouts(await findMany(2, SHORT_MS));
    expect(directory.stats()).toEqual({ size: 1, used: 1, waiting: 0 });
    await server.sql('UNLOCK TABLES');
    expect((await patient).matches).toHaveLength(1);
    await expectAnswers();
    expect(directory.stats()).toEqual({ size: 1, used: 0, waiting: 0 });
  });

  test('a look-up is refused at once when too many wait already', async () => {
    directory = new MysqlDirectory({
      address: parseDatabaseUrl(urlThrough(proxy.port)),
      poolSize: 1,
      queueLimit: 2,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
      maxBudgetMs: ENOUGH_MS,
    });
    await directory.start();
    await server.sql('LOCK TABLES courier.contacts WRITE');
    const first = findMany(1);
    await until(async () => directory.stats().used === 1);
    const queued = findMany(2);
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toThrow(DirectoryBusyError);
    expect(directory.stats()).toEqual({ size: 1, used: 1, waiting: 2 });
    await server.sql('UNLOCK TABLES');
    for (const result of [...(await first), ...(await queued)])
      expect(result).toMatchObject({ status: 'fulfilled' });
  });

  test('nothing listening is unavailable, with advice', async () => {
    directory = openLiveDirectory(urlThrough(await freeTcpPort()));
    expect(await directory.start()).toMatchObject({
      state: 'unavailable',
      problem: expect.stringMatching(/ECONNREFUSED.*is the server running/),
    });
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toThrow(DirectoryUnavailableError);
  });

  test('a database that appears later is found without a restart', async () => {
    await server.sql('DROP DATABASE IF EXISTS later');
    directory = openLiveDirectory(urlThrough(proxy.port, 'later'));
    expect(await directory.start()).toMatchObject({ problem: expect.stringContaining('no such database') });
    await createCourierDatabase(server, { name: 'later' });
    await insertDemoCompany(server);
    await server.sql('USE courier');
    await expectAnswers();
  });

  test('a wrong password is unavailable, and is not in the message', async () => {
    const url = `mysql://root:Wr0ngSecret@127.0.0.1:${proxy.port}/courier`;
    directory = openLiveDirectory(url);
    const error = await directory.find(COURIER, ENOUGH_MS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DirectoryUnavailableError);
    expect(String(error)).toMatch(/Access denied.*Check user and password/);
    expect(String(error)).not.toContain('Wr0ngSecret');
  });

  test('an unknown host is unavailable', async () => {
    directory = openLiveDirectory('mysql://root@no-such-host.invalid/courier');
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toThrow(DirectoryUnavailableError);
  });

  test('closing ends every connection, and refuses look-ups', async () => {
    await openWarm();
    await directory.close();
    expect(directory.stats()).toEqual({ size: 0, used: 0, waiting: 0 });
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toThrow(DirectoryUnavailableError);
    await until(async () => (await routersConnections()).length === 0);
    await directory.close();
  });

  test('closing does not wait for a server that is frozen', async () => {
    await openWarm();
    server.freeze();
    const hanging = findMany(2, SHORT_MS);
    await directory.close();
    for (const result of await hanging) expect(result).toMatchObject({ status: 'rejected' });
    expect(directory.stats()).toEqual({ size: 0, used: 0, waiting: 0 });
  });

  test('each connection can only read, and has the server end what takes too long', async () => {
    const address = parseDatabaseUrl(server.url('courier'));
    const pool = new QueryPool(address, { poolSize: 1 });
    const [settings] = await pool.run(
      name === 'MariaDB'
        ? 'select @@tx_read_only as readOnly, @@max_statement_time * 1000 as ms, @@lock_wait_timeout as seconds'
        : 'select @@transaction_read_only as readOnly, @@max_execution_time as ms, @@lock_wait_timeout as seconds',
      [],
      2345,
    );
    expect({ ...settings, ms: Number(settings?.['ms']) }).toEqual({ readOnly: 1, ms: 2500, seconds: 3 });
    await expect(pool.run("insert into users (user) values ('x')", [], ENOUGH_MS)).rejects.toThrow(
      /READ ONLY/i,
    );
    await pool.close();
  });
});

function urlThrough(port: number, database = 'courier'): string {
  return `mysql://root@127.0.0.1:${port}/${database}`;
}

function expectTimeouts(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DirectoryTimeoutError) });
  }
}

function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return eventually('the connections are as expected', condition, 30_000);
}
