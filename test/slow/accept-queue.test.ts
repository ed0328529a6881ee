import { EventEmitter } from 'node:events';
import { Server, type Socket } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import { AcceptQueue } from '../../src/net/accept-queue.ts';
import { eventually, RawPeer, startServer, stopServers } from '../unit/agi/raw-peer.ts';

afterEach(stopServers);

/** Holds the whole process up, as a machine does that is too slow for its calls. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('calls that wait too long to be accepted are reset, all at once, and later ones are answered', async () => {
  let handled = 0;
  const server = await startServer(
    async (session) => {
      handled += 1;
      work(30);
      session.fail();
    },
    { maxSessions: 1000, deadlineMs: 300 },
  );
  // Their work takes 6 s; after half the deadline the rest of them need wait no longer.
  const peers = await Promise.all(Array.from({ length: 200 }, () => server.connect()));
  for (const peer of peers) await peer.untilEnd();
  expect(server.queueResets).toBeGreaterThan(0);
  expect(handled).toBeLessThan(200);
  const answered = peers.filter((peer) => peer.text === 'failure\n');
  expect(answered).toHaveLength(handled);
  for (const peer of peers) {
    if (!answered.includes(peer)) expect(peer.text).toBe('');
  }

  const late = await server.connect();
  await late.untilText('failure\n');
  expect(server.errors).toEqual([]);
});

test('a port that cannot be taken back is tried again, and is no session that failed', async () => {
  const server = await startServer(
    async (session) => {
      work(30);
      session.fail();
    },
    { maxSessions: 1000, deadlineMs: 300 },
  );
  // Nobody can be made to take the port in the moment that it is free: so its first two tries are made to fail.
  let failures = 2;
  const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;
  const spy = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (
    this: Server,
    ...args: unknown[]
  ) {
    if (failures === 0) return listen.apply(this, args);
    failures -= 1;
    process.nextTick(() => this.emit('error', new Error('listen EADDRINUSE')));
    return this;
  });
  try {
    const peers = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
    for (const peer of peers) await peer.untilEnd();
    await eventually(() => failures === 0);
    expect(server.listenerErrors).toEqual([new Error('listen EADDRINUSE'), new Error('listen EADDRINUSE')]);
    expect(server.errors).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const late = await server.connect();
    await late.untilText('failure\n');
  } finally {
    spy.mockRestore();
  }
});

test('a few calls that waited while the machine stood still are answered', async () => {
  let handled = 0;
  const server = await startServer(
    async (session) => {
      handled += 1;
      // Longer than anybody may wait, once.
      if (handled === 1) work(800);
      session.fail();
    },
    { deadlineMs: 1000, maxSessions: 100 },
  );
  const peers = await Promise.all(Array.from({ length: 15 }, () => server.connect()));
  for (const peer of peers) await peer.untilEnd();
  expect(peers.map((peer) => peer.text)).toEqual(Array(15).fill('failure\n'));
  expect(server.queueResets).toBe(0);
});

test('a queue that is never empty, but short, is let be', async () => {
  let handled = 0;
  const server = await startServer(
    async (session) => {
      handled += 1;
      work(5);
      session.fail();
    },
    { deadlineMs: 2000 },
  );
  // Longer than anybody may wait, with always somebody in the queue.
  const end = performance.now() + 2500;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const peer = await RawPeer.connect(server.port);
      await peer.untilEnd();
      expect(peer.text).toBe('failure\n');
      peer.end();
    }
  };
  await Promise.all(Array.from({ length: 6 }, caller));
  expect(handled).toBeGreaterThan(50);
  expect(server.queueResets).toBe(0);
  // Our own connections to the queue are nobody's calls.
  expect(server.errors).toEqual([]);
  expect(server.refused).toEqual([]);
});

test('another machine’s connection is no measurement, though its port is that of one', () => {
  const own = { localAddress: '127.0.0.1', localPort: 4000, destroy: () => undefined };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all of a socket that is looked at
  const probe = Object.assign(new EventEmitter(), own) as unknown as Socket;
  const queue = new AcceptQueue({ measureAfterMs: 1, connect: () => probe });
  queue.accepted({ remoteAddress: '192.0.2.1', remotePort: 1 });
  // The queue was never empty meanwhile: now it is measured.
  work(5);
  queue.accepted({ remoteAddress: '192.0.2.1', remotePort: 2 });
  expect(queue.accepted({ remoteAddress: '192.0.2.1', remotePort: 4000 })).toBeGreaterThan(1);
  expect(queue.accepted({ remoteAddress: '127.0.0.1', remotePort: 4000 })).toBeUndefined();
});
