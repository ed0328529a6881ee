import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { HttpListener } from '../../src/net/http-listener.ts';

test('an HTTP port closes after five seconds who says nothing, or half of something', async () => {
  const listener = new HttpListener({
    section: 'http',
    host: '127.0.0.1',
    port: 0,
    allow: ['127.0.0.1'],
    maxConnections: 10,
    onRequest: (_request, response) => response.end(),
    onRefused: () => undefined,
    onListenerError: () => undefined,
  });
  const { port } = await listener.start();
  try {
    const openedAt = performance.now();
    const closedAfter = ['', 'GET /ready HTTP/1.1\r\nhost: x\r\n', 'GET /re'].map(async (text) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      if (text !== '') socket.write(text);
      await once(socket.resume(), 'close');
      return performance.now() - openedAt;
    });
    for (const ms of await Promise.all(closedAfter)) {
      expect(ms).toBeGreaterThan(4_500);
      expect(ms).toBeLessThan(7_500);
    }
  } finally {
    await listener.stop(() => undefined);
  }
}, 20_000);
