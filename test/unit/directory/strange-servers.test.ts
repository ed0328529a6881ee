import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { ManagedDirectory } from '../../../src/directory/directory.ts';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../../../src/directory/directory.ts';
import { parseDatabaseUrl } from '../../../src/directory/mysql/database-url.ts';
import { QueryPool } from '../../../src/directory/mysql/query.pool.ts';
import { openDirectory } from '../../../src/directory/open.ts';
import { eventually } from '../../lab/eventually.ts';

/** A packet of the MySQL protocol: three bytes of length, a sequence number, the rest. */
const packet = (sequence: number, ...parts: readonly (string | number[])[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);
};

const GREETING = packet(
  0,
  [10],
  '8.0.36\0',
  [1, 0, 0, 0],
  'saltsalt\0',
  [0xff, 0xf7, 0xff, 2, 0, 0xff, 0xdf, 21],
  '\0'.repeat(10),
  'saltsaltsalt\0',
  'mysql_native_password\0',
);
const OK = packet(2, [0, 0, 0, 2, 0, 0, 0]);
const SETTING_OK = packet(1, [0, 0, 0, 2, 0, 0, 0]);
const TOO_MANY = packet(0, [0xff, 0x10, 0x04], '#08004Too many connections');

describe('a server that is not what it should be', () => {
  let server: Server;
  let directory: ManagedDirectory;
  let url: string;
  const sockets = new Set<Socket>();

  afterEach(async () => {
    await directory.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    jest.restoreAllMocks();
  });

  const open = async (behave: (socket: Socket) => void) => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      behave(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const database = { poolSize: 2, contactPersonClientColumn: 'client', inHandStates: [1] };
    url = `mysql://agi:S3cret@127.0.0.1:${port}/courier`;
    directory = openDirectory({ ...database, url }, { maxBudgetMs: 150 });
  };

  test.each<[string, (socket: Socket) => void]>([
    ['hangs up at once', (socket) => socket.end()],
    ['resets the connection at once', (socket) => socket.resetAndDestroy()],
    ['says nothing', () => {}],
    ['speaks SSH', (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
    ['sends zeros', (socket) => socket.write(Buffer.alloc(100_000))],
    ['sends 0xff', (socket) => socket.write(Buffer.alloc(100_000, 0xff))],
    ['has too many connections', (socket) => socket.end(TOO_MANY)],
    ['greets by half', (socket) => socket.write(GREETING.subarray(0, 30))],
    ['greets by half and hangs up', (socket) => socket.end(GREETING.subarray(0, 30))],
    ['greets and hangs up', (socket) => socket.end(GREETING)],
    ['greets and says no more', (socket) => socket.write(GREETING)],
    ['greets twice', (socket) => socket.write(Buffer.concat([GREETING, GREETING]))],
    ['greets, and hangs up on the answer', answering(GREETING, (socket) => socket.end())],
    ['greets, and resets on the answer', answering(GREETING, (socket) => socket.resetAndDestroy())],
    ['greets, and answers garbage', answering(GREETING, (socket) => socket.write('garbage, garbage'))],
    [
      'lets in and says no more',
      answering(
        GREETING,
        once((socket) => socket.write(OK)),
      ),
    ],
    ['lets in and hangs up', answering(GREETING, (socket) => socket.end(OK))],
    [
      'lets in, then talks garbage',
      answering(GREETING, (socket) => socket.write(Buffer.concat([OK, TOO_MANY]))),
    ],
  ])('that %s is unavailable, again and again, and harms nobody', async (_what, behave) => {
    // mysql2 prints a warning of its own for packets out of order.
    jest.spyOn(console, 'error').mockImplementation(() => {});
    await open(behave);

    expect(await directory.start()).toMatchObject({ state: 'unavailable', version: null });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => directory.find('7916', 150)));
    for (const result of results) {
      expect(result.status).toBe('rejected');
      const reason: unknown = result.status === 'rejected' ? result.reason : undefined;
      const isExpected =
        reason instanceof DirectoryTimeoutError || reason instanceof DirectoryUnavailableError;
      expect(isExpected ? 'expected' : reason).toBe('expected');
      expect(String(reason)).not.toContain('S3cret');
    }
    // The check of the schema may outlive those who waited for it, by its own budget at the most.
    const atWork = () => directory.stats().used + directory.stats().waiting;
    await eventually('nothing at work', () => atWork() === 0);
  });

  test.each<[string, (socket: Socket) => void, number, string]>([
    [
      'that says nothing is told of as one that does not answer',
      () => {},
      0,
      'could be opened within 150 ms: it does not answer. Does it run, is it stuck, or is a firewall in between?',
    ],
    [
      'whose connections are all at work is told of as one that is slow',
      answering(GREETING, lettingIn()),
      1,
      'became free within 150 ms: as many as database.poolSize (1) were at work. If the database is idle, raise that',
    ],
  ])('%s', async (_what, behave, used, text) => {
    await open(behave);
    const pool = new QueryPool(parseDatabaseUrl(url), { poolSize: 1 });
    const first = pool.run('select 1', [], 2_000).catch(() => {});
    await eventually('a statement at work', () => pool.stats().used >= used);
    await expect(pool.run('select 1', [], 150)).rejects.toThrow(text);
    await pool.close();
    for (const socket of sockets) socket.destroy();
    await first;
  });
});

/** Says something, and does something else each time the other side speaks. */
function answering(first: Buffer, then: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write(first);
    socket.on('data', () => then(socket));
  };
}

/** Grants the login and the settings, and says no more. */
function lettingIn(): (socket: Socket) => void {
  let answers = 0;
  return (socket) => {
    answers += 1;
    if (answers <= 3) socket.write(answers === 1 ? OK : SETTING_OK);
  };
}

function once(action: (socket: Socket) => void): (socket: Socket) => void {
  const done = new WeakSet<Socket>();
  return (socket) => {
    if (done.has(socket)) return;
    done.add(socket);
    action(socket);
  };
}
