/**
 * What a vanilla handler on ding-dong 0.1.7 suffers under real traffic, each shown on a raw socket not to
 * happen here.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AgiEnvironment } from '../../../src/agi/environment.ts';
import {
  AgiClosedError,
  AgiCommandError,
  AgiEncodingError,
  AgiHangupError,
  AgiProtocolError,
  AgiTimeoutError,
} from '../../../src/agi/errors.ts';
import type { AgiSession } from '../../../src/agi/session.ts';
import { eventually, type RawPeer, startServer, stopServers, type TestServer } from './raw-peer.ts';
import { ENVIRONMENT } from './wire.ts';

afterEach(stopServers);

/** After whatever a test has done, the next call must be served as if nothing had been. */
async function expectGoodCall(server: TestServer): Promise<void> {
  const peer = await server.connect();
  peer.send(ENVIRONMENT);
  await peer.untilEnd();
  expect(peer.text).not.toBe('');
  peer.end();
  await peer.untilClosed();
  expect(peer.error).toBeUndefined();
}

const nothing = async (): Promise<void> => undefined;

describe('the environment', () => {
  test('is not cut at the second colon', async () => {
    let environment: AgiEnvironment | undefined;
    const server = await startServer(async (session) => {
      environment = await session.readEnvironment();
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(environment?.get('agi_request')).toBe('agi://127.0.0.1:4573/route?number=79161234567');
  });

  test('does not take bytes after the blank line for variables', async () => {
    let environment: AgiEnvironment | undefined;
    let failure: unknown;
    const server = await startServer(async (session) => {
      environment = await session.readEnvironment();
      failure = await session.getVariable('A').catch((error: unknown) => error);
    });
    const peer = await server.connect();
    peer.send(`${ENVIRONMENT}agi_forged: yes\n`);
    await peer.untilEnd();
    expect(environment?.get('agi_forged')).toBeUndefined();
    expect(failure).toBeInstanceOf(AgiProtocolError);
    expect(peer.text).toBe('failure\n');
  });
});

test('a partial line after a whole one waits for its rest', async () => {
  const values: unknown[] = [];
  const server = await startServer(async (session) => {
    await session.readEnvironment();
    values.push(await session.getVariable('A'));
    values.push(await session.getVariable('B'));
  });
  const peer = await server.connect();
  peer.send(ENVIRONMENT);
  await peer.untilText('"A"\n');
  peer.send('200 res');
  peer.send('ult=1 (one)\n');
  await peer.untilText('"B"\n');
  peer.send('100 result=0 Trying...\n200 result=1 (tw');
  await new Promise(setImmediate);
  peer.send('o)\n');
  await peer.untilEnd();
  expect(values).toEqual(['one', 'two']);
});

test('a 5xx rejects its own command, and the next reply belongs to the next command', async () => {
  const outcomes: unknown[] = [];
  const server = await startServer(async (session) => {
    await session.readEnvironment();
    outcomes.push(await session.command('noop').catch((error: unknown) => error));
    outcomes.push(await session.getVariable('A'));
  });
  const peer = await server.connect();
  peer.send(ENVIRONMENT);
  await peer.untilText('NOOP\n');
  peer.send('510 Invalid or unknown command\n');
  await peer.untilText('GET VARIABLE "A"\n');
  peer.send('200 result=1 (next)\n');
  await peer.untilEnd();
  expect(outcomes[0]).toBeInstanceOf(AgiCommandError);
  expect(outcomes[0]).toMatchObject({
    status: 510,
    message: 'noop was refused: 510 Invalid or unknown command',
  });
  expect(outcomes[1]).toBe('next');
});

describe('a pending promise settles', () => {
  const ends: [string, (peer: RawPeer) => void, new (message: string) => Error][] = [
    ['on a close', (peer) => peer.socket.destroy(), AgiClosedError],
    ['on a half-close', (peer) => peer.end(), AgiClosedError],
    ['on an RST', (peer) => peer.reset(), AgiClosedError],
    ['on a hangup', (peer) => peer.send('HANGUP\n'), AgiHangupError],
  ];

  test.each(ends)(
    '%s while a command is in flight, and those that wait behind it',
    async (_what, end, type) => {
      let settled: ((outcomes: PromiseSettledResult<unknown>[]) => void) | undefined;
      const outcomes = new Promise<PromiseSettledResult<unknown>[]>((resolve) => (settled = resolve));
      const server = await startServer(async (session) => {
        await session.readEnvironment();
        const all = [session.getVariable('A'), session.getVariable('B'), session.command('verbose', 'C')];
        settled?.(await Promise.allSettled(all));
        settled?.([]);
      });
      const peer = await server.connect();
      peer.send(ENVIRONMENT);
      await peer.untilText('"A"\n');
      end(peer);
      for (const outcome of await outcomes) {
        expect(outcome).toEqual({ status: 'rejected', reason: expect.any(type) });
      }
      expect(await outcomes).toHaveLength(3);
    },
  );

  test.each(ends.slice(0, 3))('%s before the environment is whole', async (_what, end, type) => {
    let caught: ((error: unknown) => void) | undefined;
    const failure = new Promise((resolve) => (caught = resolve));
    const server = await startServer(async (session) => {
      await session.readEnvironment().catch((error: unknown) => caught?.(error));
    });
    const peer = await server.connect();
    peer.send('agi_network: yes\nagi_req');
    await new Promise(setImmediate);
    end(peer);
    expect(await failure).toBeInstanceOf(type);
  });
});

/** Breaks the first call and serves the others. */
function breakFirst(breakIt: (session: AgiSession) => Promise<void>): (session: AgiSession) => Promise<void> {
  let calls = 0;
  return async (session) => {
    calls += 1;
    if (calls === 1) {
      await breakIt(session);
      return;
    }
    await session.readEnvironment();
    // The reply never comes; that the command is written is enough.
    void session.command('verbose', 'served');
  };
}

describe('the process and the other calls live on', () => {
  test('when the peer resets the connection', async () => {
    const server = await startServer(breakFirst(async (session) => void (await session.readEnvironment())));
    const peer = await server.connect();
    peer.send('agi_network: yes\n');
    peer.reset();
    await peer.untilClosed();
    await expectGoodCall(server);
  });

  test('when the peer resets the connection while we write', async () => {
    const server = await startServer(
      breakFirst(async (session) => {
        await session.readEnvironment();
        await session.setVariables([['A', '1']]);
      }),
    );
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    peer.reset();
    await peer.untilClosed();
    await expectGoodCall(server);
  });

  test('when an async handler throws: its own call gets the failure line, and the error is reported', async () => {
    const mistake = new Error('a mistake in the handler');
    const server = await startServer(breakFirst(() => Promise.reject(mistake)));
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(peer.text).toBe('failure\n');
    expect(server.errors).toEqual([{ error: mistake, session: expect.anything() }]);
    await expectGoodCall(server);
  });

  test('when a handler throws before it returns a promise', async () => {
    const server = await startServer(
      breakFirst(() => {
        throw new Error('not even a promise');
      }),
    );
    const peer = await server.connect();
    await peer.untilEnd();
    expect(peer.text).toBe('failure\n');
    expect(server.errors).toHaveLength(1);
    await expectGoodCall(server);
  });

  test('when a handler forgets a promise that is rejected', async () => {
    const server = await startServer(
      breakFirst(async (session) => {
        void session.readEnvironment();
        void session.getVariable('A');
        void session.setVariables([['not a name', 'x']]);
        void session.command('verbose', 'x\ny');
        void session.exec('NoOp');
      }),
    );
    const peer = await server.connect();
    await peer.untilEnd();
    peer.reset();
    await expectGoodCall(server);
    expect(server.errors).toEqual([]);
  });

  test('when the one who gets the errors throws himself', async () => {
    const server = await startServer(
      breakFirst(() => Promise.reject(new Error('first'))),
      {
        onError: () => {
          throw new Error('second');
        },
      },
    );
    const peer = await server.connect();
    await peer.untilEnd();
    await expectGoodCall(server);
  });
});

describe('what a caller chose cannot become a command', () => {
  test('a newline in a value is refused, and nothing is written', async () => {
    let failure: unknown;
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      failure = await session
        .setVariables([['A', 'x\nEXEC System "rm -rf /"']])
        .catch((error: unknown) => error);
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(failure).toBeInstanceOf(AgiEncodingError);
    expect(peer.text).toBe('');
  });

  test('quotes, backslashes, commas and brackets are escaped on both levels', async () => {
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      await session.setVariables([['A', '",B="(\\']]);
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilText('\n');
    expect(peer.text).toBe(String.raw`EXEC "MSet" "A=\\\"\\,B=\\\"\\(\\\\"` + '\n');
  });

  test('a value that would forge a second reply ends the session instead', async () => {
    const outcomes: unknown[] = [];
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      outcomes.push(await session.getVariable('NAME').catch((error: unknown) => error));
      outcomes.push(await session.getVariable('TRUSTED').catch((error: unknown) => error));
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilText('"NAME"\n');
    peer.send('200 result=1 (x)\n200 result=1 (forged)\n');
    await peer.untilEnd();
    expect(outcomes).toEqual([expect.any(AgiProtocolError), expect.any(AgiProtocolError)]);
    expect(peer.text).toMatch(/^GET VARIABLE "NAME"\nfailure\n$/);
  });

  test.each(['200 result=1 (x)\n520-)\n', '200 result=1 (x)\n200 result=1 (y\n'])(
    'nor can a value begin a reply that swallows the next one: %j',
    async (wire) => {
      let failure: unknown;
      const server = await startServer(async (session) => {
        await session.readEnvironment();
        failure = await session.getVariable('NAME').catch((error: unknown) => error);
      });
      const peer = await server.connect();
      peer.send(ENVIRONMENT);
      await peer.untilText('"NAME"\n');
      peer.send(wire);
      await peer.untilEnd();
      expect(failure).toBeInstanceOf(AgiProtocolError);
    },
  );
});

describe('size and time have limits:', () => {
  test('a slow drip ends at the deadline, with the failure line', async () => {
    let failure: unknown;
    const server = await startServer(
      async (session) => {
        failure = await session.readEnvironment().catch((error: unknown) => error);
      },
      { deadlineMs: 150 },
    );
    const peer = await server.connect();
    const drip = setInterval(() => peer.send('a'), 10);
    await peer.untilEnd();
    clearInterval(drip);
    expect(failure).toBeInstanceOf(AgiTimeoutError);
    expect(peer.text).toBe('failure\n');
  });

  test('a command that Asterisk never answers ends at the deadline', async () => {
    const server = await startServer(
      async (session) => {
        await session.readEnvironment();
        await session.getVariable('A');
      },
      { deadlineMs: 100 },
    );
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(peer.text).toBe('GET VARIABLE "A"\nfailure\n');
    expect(server.errors.map(({ error }) => error)).toEqual([expect.any(AgiTimeoutError)]);
  });

  test('a handler that never comes back does not hold the caller, and is reported', async () => {
    const server = await startServer(() => new Promise(() => undefined), { deadlineMs: 100 });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(peer.text).toBe('failure\n');
    peer.end();
    await peer.untilClosed();
    await eventually(() => server.errors.length > 0);
    expect(server.errors.map(({ error }) => error)).toEqual([expect.any(AgiTimeoutError)]);
  });

  test.each<[string, string]>([
    ['a line without an end', 'x'.repeat(70_000)],
    ['an environment of 201 lines', 'agi_x: y\n'.repeat(201)],
    [
      'an environment of long lines',
      Array.from({ length: 150 }, (_, i) => `agi_${i}: ${'x'.repeat(5000)}\n`).join(''),
    ],
    ['a NUL', 'agi_network: y\0s\n'],
  ])('%s is refused with the failure line', async (_what, bytes) => {
    let failure: unknown;
    const server = await startServer(async (session) => {
      failure = await session.readEnvironment().catch((error: unknown) => error);
    });
    const peer = await server.connect();
    peer.send(bytes);
    await peer.untilEnd();
    expect(failure).toBeInstanceOf(AgiProtocolError);
  });

  test('a flood is cut off: 60 MB are not read', async () => {
    const server = await startServer(async (session) => void (await session.readEnvironment()));
    const peer = await server.connect();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 60; i += 1) peer.send(chunk);
    await peer.untilClosed();
    expect(peer.socket.bytesWritten - peer.socket.writableLength).toBeLessThan(60 * chunk.length);
    await server.server.stop(1000);
  });

  test('a reply without an end is refused', async () => {
    let failure: unknown;
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      failure = await session.getVariable('A').catch((error: unknown) => error);
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilText('"A"\n');
    peer.send(`200 result=1 (${'x'.repeat(1000)}\n`);
    for (let i = 0; i < 100; i += 1) peer.send(`${'x'.repeat(1000)}\n`);
    await peer.untilEnd();
    expect(failure).toBeInstanceOf(AgiProtocolError);
  });
});

describe('the end of a session', () => {
  test('closes our side, then reads the HANGUP that Asterisk sends, so that no RST reaches it', async () => {
    const server = await startServer(nothing);
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    expect(peer.text).toBe('');
    peer.send('HANGUP\n');
    await new Promise(setImmediate);
    peer.send('200 result=0\n');
    expect(server.server.sessions).toBe(1);
    peer.end();
    await peer.untilClosed();
    expect(peer.error).toBeUndefined();
    expect(peer.gotEnd).toBe(true);
  });

  test('drops a peer that never closes its side', async () => {
    const server = await startServer(nothing, { lingerMs: 50 });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    await peer.untilEnd();
    await eventually(() => server.server.sessions === 0);
  });

  test('drops a peer that never closes its side after the deadline either', async () => {
    const server = await startServer(() => new Promise(() => undefined), { deadlineMs: 50, lingerMs: 50 });
    const peer = await server.connect();
    await peer.untilText('failure\n');
    await eventually(() => server.server.sessions === 0);
  });
});
