import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AllowList } from '../../../src/net/allow-list.ts';
import { AgiListenError } from '../../../src/agi/errors.ts';
import type { AgiSession } from '../../../src/agi/session.ts';
import { eventually, RawPeer, startServer, stopServers } from './raw-peer.ts';
import { ENVIRONMENT } from './wire.ts';

afterEach(stopServers);

/** A handler that goes on when the test says so. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('the addresses that may connect', () => {
  test.each<[string[], string, boolean]>([
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '::ffff:127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['127.0.0.1'], '::1', false],
    [['::1'], '::1', true],
    [['::1'], '127.0.0.1', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['192.0.2.0/25', '198.51.100.7'], '192.0.2.128', false],
    [['192.0.2.0/25', '198.51.100.7'], '198.51.100.7', true],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['2001:db8::/32'], '2001:db8:1::5', true],
    [['2001:db8::/32'], '2001:db9::5', false],
    [['fe80::/10'], 'fe80::1', true],
    [['192.0.2.1/32'], '192.0.2.1', true],
    [['127.0.0.1'], '', false],
    [['127.0.0.1'], 'localhost', false],
  ])('%j lets %j in: %p', (allow, address, expected) => {
    expect(new AllowList(allow).has(address)).toBe(expected);
  });

  test('others are dropped before a byte is read, and named', async () => {
    let handled = 0;
    const server = await startServer(
      async () => {
        handled += 1;
      },
      { allow: ['192.0.2.1'] },
    );
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(peer.text).toBe('');
    expect(handled).toBe(0);
    expect(server.refused).toEqual(['127.0.0.1 not allowed']);
    expect(server.server.sessions).toBe(0);
  });

  test('an IPv4 peer counts on a listener for both families', async () => {
    const server = await startServer(async (session) => session.fail(), { host: '::', allow: ['127.0.0.1'] });
    const peer = await server.connect();
    await peer.untilEnd();
    expect(peer.text).toBe('failure\n');
  });
});

async function readThenSet(session: AgiSession): Promise<void> {
  await session.readEnvironment();
  await session.setVariables([['A', '1']]);
}

describe('a connection that carries no call', () => {
  test.each<[string, (peer: RawPeer) => void]>([
    ['closed', (peer) => peer.socket.destroy()],
    ['half-closed', (peer) => peer.end()],
    ['reset', (peer) => peer.reset()],
  ])('connected and %s at once: a health check, harmless and quiet', async (_how, end) => {
    const server = await startServer(readThenSet);
    for (let i = 0; i < 5; i += 1) end(await server.connect());
    await eventually(() => server.server.sessions === 0);
    expect(server.errors).toEqual([]);
    expect(server.refused).toEqual([]);
  });

  test('and says nothing until the deadline is told of, and one that says something is not', async () => {
    const server = await startServer(readThenSet, { deadlineMs: 50 });
    const silent = await server.connect();
    const slow = await server.connect();
    slow.send('agi_network: yes\n');
    for (const peer of [silent, slow]) {
      await peer.untilEnd();
      expect(peer.text).toBe('failure\n');
      peer.end();
    }
    await eventually(() => server.server.sessions === 0);
    expect(server.silent).toEqual(['127.0.0.1']);
  });

  test('cut off in the middle of the environment is reported', async () => {
    const server = await startServer(readThenSet);
    const peer = await server.connect();
    peer.send('agi_network: yes\n');
    peer.end();
    await eventually(() => server.errors.length > 0);
    expect(server.errors).toEqual([
      { error: expect.objectContaining({ code: 'AGI_CLOSED' }), session: expect.anything() },
    ]);
  });
});

describe('more calls than maxSessions', () => {
  test('get the prepared line at once, and beyond twice as many are dropped unseen', async () => {
    const calls = gate();
    let handled = 0;
    const server = await startServer(
      async () => {
        handled += 1;
        await calls.opened;
      },
      { maxSessions: 2 },
    );
    const first = await server.connect();
    const second = await server.connect();
    await eventually(() => handled === 2);
    const turnedAway = [await server.connect(), await server.connect()];
    for (const peer of turnedAway) {
      peer.send(ENVIRONMENT);
      await peer.untilEnd();
      expect(peer.text).toBe('SET VARIABLE "ROUTE_STATUS" "ERROR"\n');
      expect(peer.error).toBeUndefined();
    }
    expect(server.overloads).toBe(2);

    // They have not closed their side: there are four connections.
    const fifth = await server.connect();
    await fifth.untilEnd();
    expect(fifth.text).toBe('');
    expect(server.refused).toEqual(['127.0.0.1 too many']);
    expect(server.server.sessions).toBe(2);

    // Those turned away take no place of a call.
    calls.open();
    for (const peer of [first, second]) {
      await peer.untilEnd();
      peer.end();
    }
    await eventually(() => server.server.sessions === 0);
    await server.connect();
    await eventually(() => handled === 3);
    expect(server.errors).toEqual([]);
  });

  test('may answer the line and hang up afterwards, without an RST', async () => {
    const calls = gate();
    const server = await startServer(() => calls.opened, { maxSessions: 1 });
    const first = await server.connect();
    const second = await server.connect();
    await second.untilEnd();
    second.send(`${ENVIRONMENT}200 result=0\nHANGUP\n`);
    second.end();
    await second.untilClosed();
    expect(second.error).toBeUndefined();
    calls.open();
    await first.untilEnd();
    expect(first.text).toBe('');
  });

  test.each<[string, (peer: RawPeer) => void]>([
    ['never close', () => undefined],
    ['reset', (peer) => peer.reset()],
  ])('make room after a while though they %s', async (_how, end) => {
    const calls = gate();
    const server = await startServer(() => calls.opened, { maxSessions: 1, lingerMs: 20 });
    const first = await server.connect();
    for (let turnedAway = 1; turnedAway <= 3; turnedAway += 1) {
      const peer = await server.connect();
      await peer.untilEnd();
      end(peer);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(server.overloads).toBe(turnedAway);
    }
    expect(server.refused).toEqual([]);
    calls.open();
    await first.untilEnd();
  });
});

describe('start', () => {
  test('says where it listens', async () => {
    const server = await startServer(async () => undefined);
    expect(server.port).toBeGreaterThan(0);
  });

  test('on a port that is taken is an error that says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const starting = startServer(async () => undefined, { port });
      await expect(starting).rejects.toBeInstanceOf(AgiListenError);
      await expect(starting).rejects.toThrow(
        new RegExp(`^Cannot listen on 127\\.0\\.0\\.1 port ${port}: .*EADDRINUSE`),
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

describe('stop', () => {
  test('accepts nothing more, lets a call end and comes back when it has', async () => {
    const calls = gate();
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      await calls.opened;
      await session.setVariables([['ROUTE_STATUS', 'OK']]);
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await eventually(() => server.server.sessions === 1);
    let stopped = false;
    const stopping = server.server.stop(10_000).then(() => (stopped = true));

    // Until it has closed it takes whoever comes.
    let late: RawPeer;
    do {
      late = await RawPeer.connect(server.port);
      late.reset();
      // It closes as soon as nobody comes for a moment.
      await sleep(5);
    } while (late.error === undefined);
    calls.open();
    await peer.untilText('ROUTE_STATUS=OK');
    expect(stopped).toBe(false);
    peer.send('200 result=0\n');
    await peer.untilEnd();
    peer.end();
    await stopping;
    expect(server.server.sessions).toBe(0);
    expect(server.errors).toEqual([]);
  });

  test('first answers the calls that wait in the queue: to them the connection stands', async () => {
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      await session.setVariables([['ROUTE_STATUS', 'OK']]);
    });
    const calling = Array.from({ length: 8 }, () => server.connect());
    // By then the kernel has made the connections, and the loop has not turned to accept one.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const stopping = server.server.stop(10_000);
    for (const peer of await Promise.all(calling)) {
      peer.send(ENVIRONMENT);
      await peer.untilText('ROUTE_STATUS=OK');
      peer.send('200 result=0\n');
      peer.end();
    }
    await stopping;
    expect(server.errors).toEqual([]);
  });

  test('drops the calls that have not ended within the grace', async () => {
    const server = await startServer(async (session) => void (await session.readEnvironment()));
    const peer = await server.connect();
    peer.send('agi_network: yes\n');
    await eventually(() => server.server.sessions === 1);
    await server.server.stop(20);
    expect(server.server.sessions).toBe(0);
    await peer.untilEnd();
  });

  test('comes back though a handler never does', async () => {
    const server = await startServer(() => new Promise(() => undefined));
    await server.connect();
    await eventually(() => server.server.sessions === 1);
    await server.server.stop(20);
    expect(server.server.sessions).toBe(0);
  });

  test('asked again with less grace, ends sooner for both who asked', async () => {
    const server = await startServer(async (session) => void (await session.readEnvironment()));
    const peer = await server.connect();
    await eventually(() => server.server.sessions === 1);
    const patient = server.server.stop(60_000);
    await server.server.stop(20);
    await patient;
    await peer.untilEnd();
  });

  test('is harmless twice, and before start', async () => {
    const server = await startServer(async () => undefined);
    await Promise.all([server.server.stop(100), server.server.stop(100)]);
    await server.server.stop(100);
  });
});
