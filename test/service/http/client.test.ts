import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchCalls, fetchStatus, HttpClientError } from '../../../src/http/client.ts';
import { HttpServer } from '../../../src/http/http.server.ts';
import { ReadinessProbe } from '../../../src/monitoring/readiness.ts';
import { monitor, record } from '../../unit/monitoring/records.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function start() {
  const watched = monitor();
  const readiness = new ReadinessProbe({ find: () => Promise.reject(new Error('unused')) }, 100);
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    allow: ['127.0.0.1'],
    monitor: watched,
    readiness,
    onRefused: () => undefined,
    onListenerError: () => undefined,
  });
  const target = await server.start();
  ends.push(() => server.stop());
  return { watched, server, target };
}

/** Something else on the port. @param isEnded false: the answer has no end */
async function startStranger(answer: string, { status = 200, isEnded = true } = {}) {
  const server: Server = createServer((_request, response) => {
    response.writeHead(status).write(answer);
    if (isEnded) response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

describe('the client of the HTTP port', () => {
  test('reads the status', async () => {
    const { target, watched } = await start();
    watched.call(record());
    expect(await fetchStatus(target)).toEqual({
      ...watched.status(),
      uptimeSeconds: expect.any(Number),
    });
  });

  test.each([
    ['<html>', 200],
    ['{"name":"another"}', 200],
    ['null', 200],
    ['gone', 404],
  ])('does not take %s with status %i for courier-agi', async (answer, status) => {
    const target = await startStranger(answer, { status });
    await expect(fetchStatus(target)).rejects.toThrow(HttpClientError);
  });

  test('does not wait for the end of an answer that does not come', async () => {
    const target = await startStranger('{"name":', { isEnded: false });
    await expect(fetchStatus(target)).rejects.toThrow('broke off: no answer within 2000 ms');
  });

  test('tells where nobody answers', async () => {
    const { server, target } = await start();
    await server.stop();
    await expect(fetchStatus(target)).rejects.toThrow(`http://127.0.0.1:${target.port}`);
  });

  test('reads the last calls and ends', async () => {
    const { target, watched } = await start();
    watched.call(record({ uniqueId: 'a' }));
    watched.call(record({ uniqueId: 'b' }));
    const lines: string[] = [];
    for await (const line of fetchCalls(target, false, new AbortController().signal)) lines.push(line);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ call: 'a' }, { call: 'b' }]);
  });

  test('follows until it is told to stop', async () => {
    const { target, watched } = await start();
    const abort = new AbortController();
    watched.call(record({ uniqueId: 'a' }));
    const lines = fetchCalls(target, true, abort.signal);
    expect((await lines.next()).value).toContain('"call":"a"');
    watched.call(record({ uniqueId: 'b' }));
    expect((await lines.next()).value).toContain('"call":"b"');
    abort.abort();
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  test('says so when the server stops while it is followed', async () => {
    const { target, watched, server } = await start();
    watched.call(record());
    const lines = fetchCalls(target, true, new AbortController().signal);
    await lines.next();
    await server.stop();
    await expect(lines.next()).rejects.toThrow(HttpClientError);
  });
});
