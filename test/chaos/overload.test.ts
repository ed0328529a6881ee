import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy, type TcpProxy } from '../lab/databases/tcp-proxy.ts';
import { startCallers, type CallersReport } from './parts/callers.ts';
import { IdleConnections } from './parts/idle.ts';
import { OutcomeTable } from './parts/outcomes.ts';
import { Served } from './parts/served.ts';

const NUMBERS = ['79161000011', '79162000001', '74952000201', '79162000302'];
const DEADLINE_MS = 1500;

const table = new OutcomeTable();
afterAll(() => table.print());

let served: Served | undefined;
afterEach(async () => {
  await served?.kill();
  served = undefined;
});

async function calls(
  name: string,
  port: number,
  pace: { ratePerSecond: number } | { connections: number },
  durationMs: number,
): Promise<CallersReport> {
  const order = { port, numbers: NUMBERS, durationMs, pace, deadlineMs: DEADLINE_MS };
  const report = await (await startCallers(order)).report;
  table.add(name, report);
  return report;
}

/** Everybody was told in time: by an answer, or by an end that the dialplan's preset reads as ERROR. */
function expectToldInTime(report: CallersReport): void {
  expect(report).toMatchObject({ late: 0, unended: 0, problems: {} });
  expect(report.answered + report.closed + report.refused).toBe(report.started);
}

describe('a database that manages twenty statements a second', () => {
  let database: DatabaseServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    database = await startMariadb();
    await createCourierDatabase(database);
    await insertDemoCompany(database);
    proxy = await startTcpProxy(database);
    // One connection, 25 ms there and 25 ms back: some 300 look-ups a second at most, since they share statements.
    proxy.delay(25);
  }, SERVER_START_MS);
  afterAll(async () => {
    await proxy?.stop();
    await database?.stop();
  });

  const serve = async (snapshot: boolean) =>
    Served.start(`
listen: { port: 0 }
http: { enabled: false }
database: { url: "mysql://root@127.0.0.1:${proxy.port}/courier", poolSize: 1 }
snapshot: { enabled: ${snapshot} }
routing: { deadlineMs: ${DEADLINE_MS} }
`);

  test('goes on answering at its best when ten times as many calls come', async () => {
    served = await serve(false);
    await calls('(warming up)', served.port, { connections: 2 }, 1000);
    const best = await calls('as many as the database manages', served.port, { connections: 4 }, 3000);
    expect(best).toMatchObject({ errors: 0, closed: 0, refused: 0, late: 0 });
    const flood = await calls('ten times as many', served.port, { ratePerSecond: 700 }, 5000);
    expectToldInTime(flood);
    expect(flood.good / flood.seconds).toBeGreaterThan((best.good / best.seconds) * 0.8);
    // It was never given up for dead.
    expect(served.logged('database not usable: calls are answered without it until it is back')).toBe(0);
    expect((await calls('afterwards', served.port, { connections: 2 }, 1000)).errors).toBe(0);
  });

  test('is helped by the snapshot, so that every call is routed', async () => {
    served = await serve(true);
    await served.untilLogged('snapshot taken');
    await calls('(warming up)', served.port, { connections: 2 }, 1000);
    const flood = await calls(
      'twice as many as it manages, with a snapshot',
      served.port,
      { ratePerSecond: 600 },
      4000,
    );
    expect(flood).toMatchObject({ late: 0, unended: 0, errors: 0, closed: 0, refused: 0 });
    expect(flood.routed).toBe(flood.started);
    expect(flood.fromSnapshot).toBeGreaterThan(0);
    expect(flood.fromSnapshot).toBeLessThan(flood.started);
  });
});

describe('connections that say nothing', () => {
  const serve = async (maxCalls: number) =>
    Served.start(`
listen: { port: 0, maxCalls: ${maxCalls} }
http: { enabled: false }
database: { url: "demo:" }
routing: { deadlineMs: ${DEADLINE_MS} }
`);

  test.each([
    ['5,000, and room for more', 10_000],
    ['5,000, beyond listen.maxCalls', 1000],
  ])('%s: every call is answered', async (name, maxCalls) => {
    served = await serve(maxCalls);
    const idle = new IdleConnections(served.port);
    try {
      await idle.hold(5000);
      const report = await calls(name, served.port, { ratePerSecond: 50 }, 4000);
      expect(idle.made).toBeGreaterThanOrEqual(5000);
      expectToldInTime(report);
      // Where there is room all are routed, unless the machine is so slow that to end 5,000 connections at the
      // same moment takes it longer than calls may wait.
      expect(report.routed).toBeGreaterThan(report.started / 2);
      expect(served.logged('call')).toBeLessThanOrEqual(report.started);
      expect(served.memoryMb).toBeLessThan(400);
    } finally {
      idle.stop();
    }
    // They leave nothing behind.
    await sleep(500);
    const after = await calls('afterwards', served.port, { ratePerSecond: 50 }, 1000);
    expect(after.routed).toBe(after.started);
    expect(served.openFiles).toBeLessThan(60);
  });
});
