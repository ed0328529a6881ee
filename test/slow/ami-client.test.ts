import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { AmiClientOptions } from '../../src/ami/options.ts';
import { Cleanups } from '../lab/cleanups.ts';
import {
  FakeAmi,
  type FakeAmiOptions,
  type FakePeer,
  type ReceivedAction,
  success,
  until,
} from '../unit/ami/fake-ami.ts';
import { recordedEvents, wireText } from '../unit/ami/streams.ts';
import { WatchedClient } from '../unit/ami/watched-client.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function connected(server: FakeAmiOptions = {}, options: Partial<AmiClientOptions> = {}) {
  const ami = await new FakeAmi(server).start();
  cleanups.add(() => ami.stop());
  const watched = new WatchedClient(ami.port, options);
  cleanups.add(() => watched.client.stop());
  await watched.ready();
  return { ami, watched, client: watched.client };
}

const [newchannel = {}] = recordedEvents('22-a');
const numbered = (number: number) => wireText({ ...newchannel, Uniqueid: String(number) });
const MEGABYTE = 1 << 20;
/** 180 kB. */
const huge = Object.fromEntries(['A', 'B', 'C'].map((name) => [name, 'x'.repeat(60_000)]));

/** Sends as fast as the other side reads, and never keeps more than a piece. */
async function pour(ami: FakeAmi, pieces: number, piece: string | Buffer): Promise<void> {
  const { socket } = ami.peer;
  for (let count = 0; count < pieces && !socket.destroyed; count += 1) {
    if (socket.write(piece)) continue;
    await until('room', () => socket.destroyed || !socket.writableNeedDrain, 60_000);
  }
}

describe('a consumer that takes its time', () => {
  test('gets all events, one after the other', async () => {
    let running = 0;
    const { ami, watched } = await connected(
      {},
      {
        onEvent: async () => {
          running += 1;
          await new Promise((resolve) => setImmediate(resolve));
          expect(running).toBe(1);
          running -= 1;
        },
      },
    );
    for (let number = 0; number < 500; number += 1) ami.peer.send(numbered(number));
    await watched.untilEvent('Newchannel', 500);
    const ids = watched.events.slice(1).map((event) => event.get('Uniqueid'));
    expect(ids).toEqual(Array.from({ length: 500 }, (_, number) => String(number)));
  });

  test('an error of it is told, and the next event comes', async () => {
    const { ami, watched } = await connected(
      {},
      {
        onEvent: (event) => {
          if (event.event === 'FullyBooted') throw new Error('at once');
          return Promise.reject(new Error('later'));
        },
      },
    );
    ami.peer.send(numbered(1) + numbered(2));
    await watched.untilEvent('Newchannel', 2);
    await until('the errors', () => watched.problems.length === 3);
    expect(watched.problems.map(({ message }) => message)).toEqual(['at once', 'later', 'later']);
  });

  test('the end of a connection is told after the events before it', async () => {
    let goOn: () => void = () => undefined;
    const { ami, watched } = await connected(
      {},
      {
        onEvent: (event) =>
          event.get('Uniqueid') === '1' ? new Promise<void>((resolve) => (goOn = resolve)) : undefined,
      },
    );
    ami.peer.send(numbered(1) + numbered(2));
    ami.peer.socket.end();
    await until('the next connection', () => ami.peers.length === 2);
    expect(watched.story).toEqual(['ready', 'FullyBooted', 'Newchannel']);
    goOn();
    await watched.ready(2);
    expect(watched.story.slice(2, 6)).toEqual(['Newchannel', 'Newchannel', 'down', 'ready']);
  });

  test('one that is stalled: the connection is dropped, the gap is told, memory stays', async () => {
    let goOn: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => (goOn = resolve));
    const { ami, watched, client } = await connected({}, { maxWaiting: 5000, onEvent: () => stalled });
    const before = process.memoryUsage();
    await pour(ami, 200, numbered(1).repeat(500));
    await until('the drop', () => client.counters.dropped > 0);
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(100 * MEGABYTE);
    expect(client.counters.dropped).toBeGreaterThan(5000);
    goOn();
    await until('down', () => watched.downs.length > 0);
    expect(watched.downs[0]).toMatchObject({
      code: 'AMI_BEHIND',
      message: expect.stringMatching(/^5000 events wait to be taken: the connection was dropped/),
    });
    await watched.ready(2);
  });

  test('an answer in front of many events does not make a quick consumer late', async () => {
    const status = (action: ReceivedAction) => success(action) + numbered(1).repeat(3000);
    const { watched, client } = await connected({ answers: { status } }, { maxWaiting: 10 });
    await client.action('Status');
    await watched.untilEvent('Newchannel', 3000);
    expect(watched.downs).toEqual([]);
  });

  test('events that are few and huge are bounded, too', async () => {
    const { ami, client } = await connected({}, { onEvent: () => new Promise<void>(() => undefined) });
    await pour(ami, 400, wireText({ Event: 'Foo', Privilege: 'call,all', ...huge }));
    await until('the drop', () => client.counters.dropped > 0);
    expect(client.counters.dropped).toBeLessThan(250);
  });

  test('a ping whose answer stays behind other messages', async () => {
    const timing = { pingMs: 20, deadMs: 60, behindMs: 180 };
    const { ami, watched } = await connected({ answers: { ping: () => '' } }, { timing });
    const busy = setInterval(() => ami.peers[0]?.send(numbered(1)), 10);
    cleanups.add(async () => clearInterval(busy));
    await until('down', () => watched.downs.length > 0);
    expect(watched.downs[0]).toMatchObject({
      code: 'AMI_BEHIND',
      message: expect.stringMatching(/still behind other/),
    });
  });

  test('what comes late by less than a minute is read: dropping it would lose it', async () => {
    const answers: string[] = [];
    const late = (action: ReceivedAction) => {
      answers.push(success(action));
      return '';
    };
    const { ami, watched } = await connected(
      { answers: { ping: late } },
      { timing: { pingMs: 20, deadMs: 60 } },
    );
    const busy = setInterval(() => ami.peers[0]?.send(numbered(1)), 10);
    cleanups.add(async () => clearInterval(busy));
    await until('a ping', () => answers.length === 1);
    // Several times as long as a connection may be silent.
    await watched.untilEvent('Newchannel', 40);
    ami.peers[0]?.send(answers[0] ?? '');
    await until('the next ping', () => answers.length === 2);
    expect(watched.downs).toEqual([]);
  });
});

test('an event loop that stood still takes no connection for dead', async () => {
  // The answer has come, but the timers are looked at before it is read.
  const slow = (action: ReceivedAction, peer: FakePeer) => {
    peer.send(success(action));
    const end = performance.now() + 100;
    while (performance.now() < end);
    return '';
  };
  const timing = { pingMs: 20, deadMs: 40, actionMs: 40 };
  const { ami, watched, client } = await connected({ answers: { ping: slow, status: slow } }, { timing });
  for (let count = 0; count < 3; count += 1) await client.action('Status');
  await until('some pings', () => ami.peer.names().filter((name) => name === 'Ping').length > 3);
  expect(watched.downs).toEqual([]);
});

test('a clock that is set takes no connection for dead', async () => {
  let pings = 0;
  const ping = (action: ReceivedAction, peer: FakePeer) => {
    pings += 1;
    setTimeout(() => peer.send(success(action)), 150);
    return '';
  };
  const { ami, watched } = await connected({ answers: { ping } }, { timing: { pingMs: 20, deadMs: 100 } });
  const busy = setInterval(() => ami.peer.send(numbered(1)), 20);
  cleanups.add(async () => clearInterval(busy));
  const start = Date.now();
  // It jumps an hour ahead every few ms.
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => start + 3_600_000 * performance.now());
  cleanups.add(async () => clock.mockRestore());
  await until('some pings', () => pings > 3);
  expect(watched.downs).toEqual([]);
});

describe('memory', () => {
  test.each([
    ['an endless line', Buffer.alloc(65_536, 'x')],
    ['an endless message', Buffer.from(`A: ${'x'.repeat(1021)}\r\n`.repeat(64))],
    ['messages that are never events', Buffer.from(`A: ${'x'.repeat(1021)}\r\n\r\n`.repeat(64))],
  ])('%s', async (_title, piece) => {
    const { ami, client } = await connected();
    await pour(ami, 50, piece);
    const before = process.memoryUsage().rss;
    await pour(ami, 500, piece);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MEGABYTE);
    ami.peer.send('\r\n\r\n');
    await client.action('Ping');
    expect(client.counters.malformed).toBeGreaterThan(0);
  });

  test('a thousand connections leave nothing behind', async () => {
    const { ami, watched } = await connected({}, { timing: { firstPauseMs: 1, longestPauseMs: 1 } });
    const roundUntil = async (times: number) => {
      while (watched.readies.length < times) {
        ami.peer.socket.resetAndDestroy();
        await watched.ready(watched.readies.length + 1);
        ami.peers.splice(0, ami.peers.length - 1);
        watched.events.length = 0;
      }
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length };
    };
    const early = await roundUntil(200);
    const late = await roundUntil(1000);
    expect(late.handles).toBeLessThan(early.handles + 10);
    expect(late.heap - early.heap).toBeLessThan(30 * MEGABYTE);
    expect(watched.client.counters.connects).toBe(1000);
    expect(watched.downs).toHaveLength(999);
  }, 60_000);
});
