import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freeTcpPort } from '../lab/free-port.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { eventually } from '../lab/eventually.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import { RawPeer } from '../unit/agi/raw-peer.ts';
import { Served } from './parts/served.ts';

const YAML = `
listen: { port: 0 }
http: { enabled: false }
database: { url: "demo:" }
`;
const COURIER = '79161000011';
const FIRST_HALF = 'agi_network: yes\nagi_request: agi://127.0.0.1/route\nagi_channel: PJSIP/gsm-1\n';
const SECOND_HALF = `agi_uniqueid: 1.1\nagi_callerid: ${COURIER}\n\n`;

let served: Served | undefined;
afterEach(async () => {
  await served?.kill();
  served = undefined;
});
const start = async (
  yaml = YAML,
  nodeOptions: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Served> => {
  served = await Served.start(yaml, nodeOptions, env);
  return served;
};

/** A call that has begun, and waits for the caller's number. */
async function begin(server: Served): Promise<RawPeer> {
  const peer = await RawPeer.connect(server.port);
  peer.send(FIRST_HALF);
  // Until the server has accepted it.
  await sleep(100);
  return peer;
}

/** Asterisk's part of what remains. @returns the server's answer */
async function finish(peer: RawPeer): Promise<string> {
  peer.send(SECOND_HALF);
  await peer.untilText('ROUTE_STATUS=');
  peer.send('200 result=0\n');
  await peer.untilEnd();
  peer.end();
  return peer.text;
}

describe('SIGTERM', () => {
  test('lets a call in progress end, takes no other, and ends with 0', async () => {
    const server = await start();
    const call = await begin(server);
    server.signal('SIGTERM');
    await server.untilLogged('stopping: calls in progress may finish');
    await sleep(50);
    const late = await RawPeer.connect(server.port);
    await late.until('the refusal', () => late.error !== undefined);
    expect(await finish(call)).toContain('ROUTE_STATUS=OK');
    expect(await server.exit).toBe(0);
    expect(server.logged('stopped')).toBe(1);
  });

  test('does not wait for a call beyond its deadline', async () => {
    const server = await start();
    const call = await begin(server);
    server.signal('SIGTERM');
    expect(await server.exit).toBe(0);
    await call.untilEnd();
    expect(call.text).toMatch(/ROUTE_STATUS=ERROR|^failure\n$/);
  });

  test('twice ends at once, with 0 and whatever is in progress', async () => {
    const server = await start(`${YAML}routing: { deadlineMs: 60000 }`);
    const call = await begin(server);
    server.signal('SIGTERM');
    await server.untilLogged('stopping: calls in progress may finish');
    const askedAgainAt = performance.now();
    server.signal('SIGTERM');
    expect(await server.exit).toBe(0);
    // The grace would be 5 s.
    expect(performance.now() - askedAgainAt).toBeLessThan(4000);
    await call.untilEnd();
  });

  test('ends although something was left behind that would keep the process', async () => {
    const server = await start(YAML, ['--import', 'data:text/javascript,setInterval(()=>{},1000)']);
    const askedAt = performance.now();
    server.signal('SIGTERM');
    expect(await server.exit).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(4000);
  });

  test('SIGINT does the same', async () => {
    const server = await start();
    server.signal('SIGINT');
    expect(await server.exit).toBe(0);
  });
});

test('the last calls are still shown after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-state-'));
  try {
    const http = await freeTcpPort();
    const server = await start(YAML.replace('enabled: false', `port: ${http}`), [], {
      STATE_DIRECTORY: folder,
    });
    expect(await finish(await begin(server))).toContain('ROUTE_STATUS=OK');
    server.signal('SIGTERM');
    expect(await server.exit).toBe(0);
    await server.restart();
    const calls = await (await fetch(`http://127.0.0.1:${http}/calls`)).text();
    expect(calls).toContain('"call":"1.1"');
    expect(calls).not.toContain(COURIER);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('SIGHUP', () => {
  let database: DatabaseServer;
  beforeAll(async () => {
    database = await startMariadb();
    for (const name of ['other', 'courier']) {
      await createCourierDatabase(database, { name });
      await insertDemoCompany(database);
    }
    // In the other database Olga sits elsewhere.
    await database.sql("UPDATE other.users SET extPhone = '777' WHERE user = 'olga'");
  }, SERVER_START_MS);
  afterAll(() => database?.stop());

  test('leads to another database; a call that is being looked up gets its answer from the old one', async () => {
    const proxy = await startTcpProxy(database);
    const yaml = (name: string, port: number) =>
      `${YAML.replace('demo:', `mysql://root@127.0.0.1:${port}/${name}`)}snapshot: { enabled: false }\n`;
    try {
      const server = await start(yaml('courier', proxy.port));
      const inProgress = await begin(server);
      const waiting = await begin(server);
      proxy.delay(300);
      const answer = finish(inProgress);
      await sleep(50);
      server.configure(yaml('other', database.port));
      server.signal('SIGHUP');
      await server.untilLogged('configuration read again');
      expect(await answer).toContain('PJSIP/101&PJSIP/102');
      // It had not asked yet.
      expect(await finish(waiting)).toContain('PJSIP/777');
    } finally {
      await proxy.stop();
    }
  });

  test('that leads to the demo database says so as loudly as a start on it', async () => {
    const server = await start(YAML.replace('demo:', `mysql://root@127.0.0.1:${database.port}/courier`));
    expect(server.log).not.toContain('DEMO DATABASE');
    server.configure(YAML);
    server.signal('SIGHUP');
    await server.untilLogged('configuration read again');
    await eventually('it says so', () => server.log.includes('DEMO DATABASE'));
  });

  test.each([
    ['that is no YAML', '"'],
    ['with an unknown key', `${YAML}routng: {}`],
    ['whose database lacks its tables', YAML.replace('demo:', 'mysql://root@127.0.0.1:PORT/mysql')],
    ['whose file is gone', undefined],
  ])('with a configuration %s changes nothing', async (_case, yaml) => {
    const server = await start();
    const call = await begin(server);
    if (yaml === undefined) server.removeConfig();
    else server.configure(yaml.replace('PORT', String(database.port)));
    server.signal('SIGHUP');
    await server.untilLogged('configuration refused: the old one stays');
    expect(await finish(call)).toContain('PJSIP/101&PJSIP/102');
    expect(await finish(await begin(server))).toContain('PJSIP/101&PJSIP/102');
  });
});
