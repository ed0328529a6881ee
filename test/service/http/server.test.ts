import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { DirectoryUnavailableError, type Directory } from '../../../src/directory/directory.ts';
import { HttpListenError } from '../../../src/net/http-listener.ts';
import { HttpServer } from '../../../src/http/http.server.ts';
import { ReadinessProbe } from '../../../src/monitoring/readiness.ts';
import { eventually } from '../../lab/eventually.ts';
import { monitor, record } from '../../unit/monitoring/records.ts';

const answering: Directory = {
  find: () =>
    Promise.resolve({ matches: [], source: 'snapshot', ageSeconds: 42, liveError: 'DIRECTORY_TIMEOUT' }),
};
const silent: Directory = {
  find: () => Promise.reject(new DirectoryUnavailableError('no way to mysql://agi:geheim@db/courier')),
};

const started: HttpServer[] = [];

async function start({ directory = answering, allow = ['127.0.0.1'], port = 0 } = {}) {
  const refused: string[] = [];
  const watched = monitor();
  const readiness = new ReadinessProbe(directory, 100, () => 'no way to mysql://agi:geheim@db/courier');
  const server = new HttpServer({
    host: '127.0.0.1',
    port,
    allow,
    monitor: watched,
    readiness,
    onRefused: (address) => refused.push(address),
    onListenerError: () => undefined,
  });
  const address = await server.start();
  started.push(server);
  return { server, refused, watched, readiness, port: address.port, url: `http://127.0.0.1:${address.port}` };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

describe('the HTTP port', () => {
  test.each([
    ['/', 200, 'text/plain; charset=utf-8'],
    ['/health', 200, 'application/json; charset=utf-8'],
    ['/ready', 200, 'application/json; charset=utf-8'],
    ['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['/status', 200, 'application/json; charset=utf-8'],
    ['/calls', 200, 'application/x-ndjson; charset=utf-8'],
    ['/calls?follow=0', 200, 'application/x-ndjson; charset=utf-8'],
    ['/nothing', 404, 'text/plain; charset=utf-8'],
    ['/../etc/passwd', 404, 'text/plain; charset=utf-8'],
  ])('answers GET %s with %i and %s', async (path, status, type) => {
    const { url } = await start();
    const response = await fetch(url + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    await response.text();
  });

  test('takes nothing but GET and HEAD', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/status`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(response.status).toBe(405);
    expect((await fetch(`${url}/status`, { method: 'HEAD' })).status).toBe(200);
  });

  test('drops an address that is not allowed, unanswered', async () => {
    const { url, refused } = await start({ allow: ['10.0.0.0/8'] });
    await expect(fetch(`${url}/status`)).rejects.toThrow('fetch failed');
    expect(new Set(refused)).toEqual(new Set(['127.0.0.1']));
  });

  test('that is taken is an error that names the key and the port', async () => {
    const { port } = await start();
    const second = start({ port });
    await expect(second).rejects.toThrow(HttpListenError);
    await expect(second).rejects.toThrow(`http.port: received ${port}; cannot listen on 127.0.0.1`);
  });

  test('survives what is no HTTP', async () => {
    const { url, port } = await start();
    const noise = connect(port, '127.0.0.1');
    await once(noise, 'connect');
    noise.end('agi_network: yes\n\n');
    await once(noise.resume(), 'close');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test.each([
    ['say nothing', ''],
    ['say half of something', 'GET /ready HTTP/1.1\r\n'],
  ])('answers at once although 200 others %s', async (_what, text) => {
    const { url, port } = await start();
    const others: Socket[] = [];
    for (let count = 0; count < 200; count += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      if (text !== '') socket.write(text);
      others.push(socket);
    }
    try {
      const askedAt = performance.now();
      for (const path of ['/ready', '/metrics', '/ready']) {
        expect((await fetch(url + path, { headers: { connection: 'close' } })).status).toBe(200);
      }
      expect(performance.now() - askedAt).toBeLessThan(2_000);
    } finally {
      for (const socket of others) socket.destroy();
    }
  });

  test('keeps those who follow when others come and say nothing', async () => {
    const { url, port, watched } = await start();
    const reader = (await fetch(`${url}/calls?follow=1`)).body
      ?.pipeThrough(new TextDecoderStream())
      .getReader();
    const others: Socket[] = [];
    for (let count = 0; count < 100; count += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      others.push(socket);
    }
    watched.call(record({ uniqueId: 'later' }));
    expect((await reader?.read())?.value).toContain('"call":"later"');
    for (const socket of others) socket.destroy();
    await reader?.cancel();
  });

  test('stops at once although somebody follows', async () => {
    const { server, url } = await start();
    const response = await fetch(`${url}/calls?follow=1`);
    await server.stop();
    expect(await response.text()).toBe('');
  });
});

describe('/ready', () => {
  test('tells from where calls are answered, and why not from the database', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/ready`);
    expect(await response.json()).toEqual({
      ready: true,
      source: 'snapshot',
      ageSeconds: 42,
      liveError: 'DIRECTORY_TIMEOUT',
      liveProblem: 'no way to mysql://agi:***@db/courier',
      problem: null,
    });
  });

  test('tells that a part of the snapshot is lost', async () => {
    const partial: Directory = {
      find: async (number, budgetMs) => ({ ...(await answering.find(number, budgetMs)), isPartial: true }),
    };
    const { url } = await start({ directory: partial });
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ ready: true, isPartial: true });
  });

  test('is 503 without an answer, and shows no password', async () => {
    const { url } = await start({ directory: silent });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('no way to mysql://agi:***@db/courier');
  });

  test('is 503 while the server stops', async () => {
    const { url, readiness } = await start();
    readiness.stop();
    expect((await fetch(`${url}/ready`)).status).toBe(503);
  });

  test('asks once for many probes', async () => {
    let asked = 0;
    const counting: Directory = {
      find: (...args) => {
        asked += 1;
        return answering.find(...args);
      },
    };
    const { url } = await start({ directory: counting });
    await Promise.all(Array.from({ length: 10 }, () => fetch(`${url}/ready`)));
    expect(asked).toBe(1);
  });
});

describe('/calls', () => {
  test('gives the last calls as JSON lines', async () => {
    const { url, watched } = await start();
    watched.call(record({ uniqueId: 'a' }));
    watched.call(record({ uniqueId: 'b' }));
    const lines = (await (await fetch(`${url}/calls`)).text()).trim().split('\n');
    const calls = lines.map((line): unknown => JSON.parse(line));
    expect(calls).toMatchObject([{ call: 'a' }, { call: 'b' }]);
  });

  test('goes on with those to come', async () => {
    const { url, watched } = await start();
    watched.call(record({ uniqueId: 'before' }));
    const response = await fetch(`${url}/calls?follow=1`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('"call":"before"');
    watched.call(record({ uniqueId: 'after' }));
    expect((await reader?.read())?.value).toContain('"call":"after"');
    await reader?.cancel();
  });

  test('is followed by 16 at most', async () => {
    const { url } = await start();
    const follow = () => fetch(`${url}/calls?follow=1`);
    const responses = await Promise.all(Array.from({ length: 16 }, follow));
    expect((await follow()).status).toBe(503);
    await Promise.all(responses.map((response) => response.body?.cancel() ?? Promise.resolve()));
  });

  test('forgets a follower who leaves', async () => {
    const { url, watched } = await start();
    const response = await fetch(`${url}/calls?follow=1`);
    expect(watched.calls.followers).toBe(1);
    await response.body?.cancel();
    await eventually('the follower is forgotten', () => watched.calls.followers === 0);
  });
});
