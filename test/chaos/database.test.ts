import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { makeMariadbHome, type MariadbHome } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy, type TcpProxy } from '../lab/databases/tcp-proxy.ts';
import { startCallers, type CallersReport } from './parts/callers.ts';
import { OutcomeTable, unanswered } from './parts/outcomes.ts';
import { Served } from './parts/served.ts';
import { SmallDisk } from './parts/small-disk.ts';

/** Of the demo company: a courier, a recipient, a client, a contact person. All are routed to somebody. */
const NUMBERS = ['79161000011', '79162000001', '74952000201', '79162000302'];
const DEADLINE_MS = 1500;
const RATE = Number(process.env['CHAOS_RATE'] ?? 40);
/** How long each trouble lasts. */
const TROUBLE_MS = Number(process.env['CHAOS_SECONDS'] ?? 3) * 1000;

const table = new OutcomeTable();
afterAll(() => table.print());

describe('steady calls', () => {
  let disk: SmallDisk;
  let home: MariadbHome;
  let database: DatabaseServer;
  let proxy: TcpProxy;
  let served: Served;

  const yaml = (more = '') => `
listen: { port: 0 }
http: { enabled: false }
database: { url: "mysql://root@127.0.0.1:${proxy.port}/courier", poolSize: 4 }
snapshot: { file: "${join(served?.folder ?? disk.folder, 'snapshot')}" }
routing: { deadlineMs: ${DEADLINE_MS} }
${more}`;

  beforeAll(async () => {
    disk = await SmallDisk.mount(mkdtempSync(join(tmpdir(), 'courier-agi-disk-')), '400m');
    home = await makeMariadbHome(mkdtempSync(join(disk.folder, 'mariadb-')), 'keep');
    database = await home.start();
    await createCourierDatabase(database);
    await insertDemoCompany(database);
    proxy = await startTcpProxy({ host: '127.0.0.1', port: home.port });
    served = await Served.start(yaml());
    await served.untilLogged('snapshot taken');
  }, SERVER_START_MS);

  afterAll(async () => {
    await served?.kill();
    await proxy?.stop();
    await database?.stop();
    disk?.unmount();
    rmSync(disk.folder, { recursive: true, force: true });
  });

  /** Calls before, during and after the trouble. */
  const callsWhile = async (
    name: string,
    trouble: () => Promise<void>,
    to = served,
  ): Promise<CallersReport> => {
    const callers = await startCallers({
      port: to.port,
      numbers: NUMBERS,
      durationMs: 120_000,
      pace: { ratePerSecond: RATE },
      deadlineMs: DEADLINE_MS,
    });
    await sleep(700);
    await trouble();
    await sleep(1300);
    const report = await callers.stop();
    table.add(name, report);
    return report;
  };
  /** Nobody has waited for ever, and everybody has reached somebody. */
  const expectAllRouted = (report: CallersReport) => {
    expect(report).toMatchObject({ late: 0, unended: 0, closed: 0, refused: 0, errors: 0, problems: {} });
    expect(unanswered(report)).toBe(0);
    expect(report.routed).toBe(report.started);
    expect(report.started).toBeGreaterThan(RATE);
  };

  test('in fair weather are all routed by the database', async () => {
    const report = await callsWhile('fair weather', () => sleep(1000));
    expectAllRouted(report);
    expect(report.fromSnapshot).toBe(0);
  });

  test('while MariaDB is killed and started again', async () => {
    const report = await callsWhile('MariaDB killed and restarted', async () => {
      await database.stop();
      await sleep(TROUBLE_MS);
      database = await home.start();
      await served.untilLogged('database is back');
    });
    expectAllRouted(report);
    expect(report.fromSnapshot).toBeGreaterThan(0);
    expect(report.fromSnapshot).toBeLessThan(report.started);
    // Each of them says why, the very first ones, too.
    const remembered = served.log.split('\n').filter((line) => line.includes('"source":"snapshot"'));
    const [first] = remembered;
    expect(first).toMatch(/"liveError":"DIRECTORY_(UNAVAILABLE|TIMEOUT)"/);
    for (const line of remembered) expect(line).toContain('"liveError":"');
  });

  test('while MariaDB is frozen and goes on', async () => {
    const report = await callsWhile('MariaDB frozen and resumed', async () => {
      database.freeze();
      await sleep(TROUBLE_MS);
      database.thaw();
    });
    expectAllRouted(report);
    expect(report.fromSnapshot).toBeGreaterThan(0);
  });

  test('while MariaDB kills its connections one by one', async () => {
    const report = await callsWhile('connections killed one by one', async () => {
      const end = performance.now() + TROUBLE_MS;
      let killed = 0;
      while (performance.now() < end) {
        const connections = await database.sql(
          "SELECT id FROM information_schema.processlist WHERE db = 'courier' AND id <> connection_id()",
        );
        for (const { id } of connections) {
          await database.sql('KILL ?', [id]).catch(() => {});
          killed += 1;
          await sleep(20);
        }
        await sleep(20);
      }
      expect(killed).toBeGreaterThan(10);
    });
    expectAllRouted(report);
  });

  test('while the disk of MariaDB is full and the office goes on writing', async () => {
    await database.sql('USE courier');
    const report = await callsWhile('disk of MariaDB full', async () => {
      disk.fill();
      // In a connection of its own: a write to a full disk waits until there is room.
      const writes = Array.from({ length: 3 }, () =>
        database
          .sql(
            "INSERT INTO address (code, name) SELECT 1000000 + RAND() * 1e9, REPEAT('x', 200) FROM contacts, contacts a, contacts b LIMIT 5000",
          )
          .catch(() => {}),
      );
      await sleep(TROUBLE_MS);
      disk.free();
      await Promise.all(writes);
    });
    expectAllRouted(report);
  });

  test('while MariaDB takes no writes', async () => {
    const report = await callsWhile('MariaDB read-only', async () => {
      await database.sql('FLUSH TABLES WITH READ LOCK; SET GLOBAL read_only = 1');
      await sleep(TROUBLE_MS);
      await database.sql('SET GLOBAL read_only = 0; UNLOCK TABLES');
    });
    expectAllRouted(report);
    expect(report.fromSnapshot).toBe(0);
  });

  test('while every packet takes 100 ms, and then 400 ms, to arrive', async () => {
    const report = await callsWhile('latency of 100 and 400 ms', async () => {
      proxy.delay(100);
      await sleep(TROUBLE_MS / 2);
      proxy.delay(400);
      await sleep(TROUBLE_MS / 2);
      proxy.delay(0);
    });
    expectAllRouted(report);
    expect(report.fromSnapshot).toBeGreaterThan(0);
  });

  test('while a fifth of the packets come 200 ms late, as after a loss: a proxy cannot lose any', async () => {
    const report = await callsWhile('a fifth 200 ms late', async () => {
      proxy.lose(0.2);
      await sleep(TROUBLE_MS);
      proxy.lose(0);
    });
    expectAllRouted(report);
  });

  test('while a firewall has forgotten every connection', async () => {
    const report = await callsWhile('connections forgotten', async () => {
      proxy.forgetConnections();
      await sleep(TROUBLE_MS);
    });
    expectAllRouted(report);
  });

  test('while the configuration is read again every second, good or bad', async () => {
    const before = served.logged('configuration read again');
    const report = await callsWhile('a reload every second', async () => {
      for (const more of ['log: { level: info }', 'routing_: 1', 'numbers: { country: RU }', '"', '', '']) {
        served.configure(yaml(more));
        served.signal('SIGHUP');
        await sleep(Math.max(300, TROUBLE_MS / 6));
      }
    });
    expectAllRouted(report);
    expect(served.logged('configuration read again') - before).toBe(4);
    expect(served.logged('configuration refused: the old one stays')).toBe(2);
  });

  test('while the disk of the snapshot is full and MariaDB is killed', async () => {
    const smallest = await SmallDisk.mount(mkdtempSync(join(tmpdir(), 'courier-agi-disk-')), '64k');
    smallest.fill();
    const other = await Served.start(
      yaml().replace(/file: "[^"]*"/, `file: "${join(smallest.folder, 'snapshot')}"`),
    );
    try {
      await other.untilLogged('snapshot taken');
      const report = await callsWhile(
        'disk of the snapshot full, MariaDB killed',
        async () => {
          await database.stop();
          await sleep(TROUBLE_MS);
          database = await home.start();
        },
        other,
      );
      expect(other.logged('snapshot file could not be used')).toBeGreaterThan(0);
      expectAllRouted(report);
      expect(report.fromSnapshot).toBeGreaterThan(0);
    } finally {
      await other.kill();
      smallest.unmount();
      rmSync(smallest.folder, { recursive: true, force: true });
    }
  });

  test('while the server is killed and started by its supervisor', async () => {
    // A fixed port: the callers know no other.
    served.configure(yaml().replace('port: 0', `port: ${served.port}`));
    served.signal('SIGTERM');
    await served.exit;
    await served.restart();
    const report = await callsWhile('server killed three times', async () => {
      for (let death = 0; death < 3; death += 1) {
        served.signal('SIGKILL');
        await served.exit;
        await served.restart();
        await sleep(TROUBLE_MS / 3);
      }
    });
    // Whom it could not answer was told at once: no connection, or its end. The dialplan goes on.
    expect(report).toMatchObject({ late: 0, unended: 0, errors: 0 });
    expect(report.refused + report.closed).toBeGreaterThan(0);
    expect(report.routed + report.refused + report.closed).toBe(report.started);
  });

  test('while the server is killed with MariaDB away: the snapshot comes from its file', async () => {
    const before = served.logged('snapshot read from its file');
    const report = await callsWhile('server killed, MariaDB away', async () => {
      await database.stop();
      served.signal('SIGKILL');
      await served.exit;
      await served.restart();
      await sleep(TROUBLE_MS);
      database = await home.start();
    });
    expect(served.logged('snapshot read from its file')).toBe(before + 1);
    expect(report).toMatchObject({ late: 0, unended: 0, errors: 0 });
    expect(report.routed + report.refused + report.closed).toBe(report.started);
    expect(report.fromSnapshot).toBeGreaterThan(0);
  });
});
