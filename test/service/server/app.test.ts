import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { App } from '../../../src/server/app.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { HttpListenError } from '../../../src/net/http-listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { playCall } from '../../../src/simulator/asterisk.ts';

const apps: App[] = [];

function open(yaml: string): App {
  const config = parseConfig(yaml, 'test');
  const app = new App({ config, file: null, databasePassword: undefined }, createLogger('silent'));
  apps.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop(100)));
});

const call = (port: number, number: string) =>
  playCall(
    { host: '127.0.0.1', port },
    { environment: new Map([['agi_callerid', number]]), presets: new Map() },
  );

async function get(port: number | undefined, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

describe('a server with its HTTP port', () => {
  test('counts the calls that it answered', async () => {
    const { port, http } = await open('{ listen: { port: 0 }, http: { port: 0 } }').start();
    await call(port, '79162000001');
    await call(port, 'anonymous');
    const text = await get(http?.port, '/metrics');
    expect(text).toContain('courier_agi_calls_total{status="OK",caller="recipient",outcome="delivered"} 1\n');
    expect(text).toContain('courier_agi_calls_total{status="INVALID",caller="none",outcome="delivered"} 1\n');
    expect(text).toContain('courier_agi_lookup_duration_seconds_count 1\n');
    expect(await get(http?.port, '/calls')).toContain('"number":"7916*****01"');
    expect(await get(http?.port, '/ready')).toContain('"ready":true');
  });

  test('counts the connections that it refused', async () => {
    const { port, http } = await open(
      '{ listen: { port: 0, allow: [10.0.0.0/8] }, http: { port: 0 } }',
    ).start();
    await call(port, '79162000001');
    const text = await get(http?.port, '/metrics');
    expect(text).toContain('courier_agi_connections_refused_total{reason="not_allowed"} 1\n');
    expect(text).toContain('courier_agi_calls_total{status="OK",caller="recipient",outcome="delivered"} 0\n');
  });

  test('counts the connections that said nothing', async () => {
    const { port, http } = await open(
      '{ listen: { port: 0 }, http: { port: 0 }, routing: { deadlineMs: 100 } }',
    ).start();
    const silent = connect(port, '127.0.0.1');
    await once(silent.resume(), 'close');
    expect(await get(http?.port, '/metrics')).toContain('courier_agi_silent_connections_total 1\n');
  });

  test('goes without it when it is switched off', async () => {
    expect((await open('{ listen: { port: 0 }, http: { enabled: false } }').start()).http).toBeNull();
  });

  test('takes no call when the port is taken, and names the key', async () => {
    const first = await open('{ listen: { port: 0 }, http: { port: 0 } }').start();
    const second = open(`{ listen: { port: 0 }, http: { port: ${first.http?.port} } }`);
    await expect(second.start()).rejects.toThrow(HttpListenError);
  });
});
