import { afterEach, describe, expect, test } from '@jest/globals';
import {
  AgiClosedError,
  AgiCommandError,
  AgiDeadChannelError,
  AgiEncodingError,
  AgiEnvironmentError,
  AgiHangupError,
  AgiProtocolError,
} from '../../../src/agi/errors.ts';
import type { Variable } from '../../../src/agi/mset.ts';
import type { AgiSession } from '../../../src/agi/session.ts';
import { eventually, type RawPeer, startServer, stopServers } from './raw-peer.ts';
import { ENVIRONMENT, GLUED_USAGE_BLOCK, USAGE_BLOCK } from './wire.ts';

afterEach(stopServers);

const asCaught = (error: unknown): unknown => error;

/** Runs a story against a peer that has sent the environment; what the story returns comes out at the end. */
async function withSession<T>(
  story: (session: AgiSession) => Promise<T>,
): Promise<{ peer: RawPeer; outcome: Promise<T> }> {
  let settle!: (value: Promise<T>) => void;
  const outcome = new Promise<T>((resolve) => (settle = resolve));
  const server = await startServer(async (session) => {
    await session.readEnvironment();
    const told = story(session);
    settle(told);
    await told;
  });
  const peer = await server.connect();
  peer.send(ENVIRONMENT);
  return { peer, outcome };
}

describe('commands', () => {
  test('are written one at a time, each when the one before has its reply', async () => {
    const { peer, outcome } = await withSession((session) =>
      Promise.all([session.getVariable('A'), session.getVariable('B'), session.command('verbose', 'C', 3)]),
    );
    await peer.untilText('\n');
    await new Promise(setImmediate);
    expect(peer.text).toBe('GET VARIABLE "A"\n');
    peer.send('200 result=1 (a)\n');
    await peer.untilText('"B"\n');
    expect(peer.text).not.toContain('VERBOSE');
    peer.send('200 result=0\n');
    await peer.untilText('VERBOSE "C" "3"\n');
    peer.send('200 result=1\n');
    expect(await outcome).toEqual(['a', undefined, expect.objectContaining({ result: '1' })]);
    await peer.untilEnd();
  });

  test('get their replies however the replies are cut', async () => {
    const { peer, outcome } = await withSession((session) =>
      Promise.all([session.command('streamFile', 'f', '#'), session.getVariable('A')]),
    );
    await peer.untilText('STREAM FILE "f" "#"\n');
    for (const byte of Buffer.from('200 result=35 endpos=160\n')) {
      peer.send(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await peer.untilText('"A"\n');
    for (const byte of Buffer.from('200 result=1 (Иван\r\nПетров)\n')) {
      peer.send(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(await outcome).toEqual([expect.objectContaining({ result: '35', endpos: 160 }), 'Иван\nПетров']);
  });

  test('may be sent without waiting for the environment', async () => {
    const server = await startServer((session) => session.setVariables([['ROUTE_STATUS', 'ERROR']]));
    const peer = await server.connect();
    await peer.untilText('EXEC "MSet" "ROUTE_STATUS=ERROR"\n');
    peer.send(`${ENVIRONMENT}200 result=0\n`);
    await peer.untilEnd();
    expect(server.errors).toEqual([]);
  });

  test('have a limit on how many may wait', async () => {
    const { peer, outcome } = await withSession((session) => {
      const all = Array.from({ length: 102 }, () => session.command('noop'));
      return Promise.race(all).catch(asCaught);
    });
    expect(await outcome).toBeInstanceOf(AgiProtocolError);
    expect(await outcome).toHaveProperty('message', '100 commands are waiting already.');
    await peer.untilEnd();
  });
});

describe('each kind of reply', () => {
  const replies: [string, string, object][] = [
    ['510', '510 Invalid or unknown command\n', { code: 'AGI_COMMAND', status: 510 }],
    [
      '511',
      '511 Command Not Permitted on a dead channel or intercept routine\n',
      { code: 'AGI_DEAD_CHANNEL', status: 511 },
    ],
    [
      '520 of one line',
      '520 Invalid command syntax.  Proper usage not available.\n',
      { code: 'AGI_COMMAND', status: 520 },
    ],
    ['520 of several lines', USAGE_BLOCK, { code: 'AGI_COMMAND', status: 520 }],
    ['520 with its end glued on', GLUED_USAGE_BLOCK, { code: 'AGI_COMMAND', status: 520 }],
    ['503', '503 result=-2 Memory allocation failure\n', { code: 'AGI_COMMAND', status: 503 }],
    ['100, then 200', '100 result=0 Trying...\n200 result=0 Gosub complete\n', { code: 200, result: '0' }],
    ['200 with a failure', '200 result=-1\n', { code: 200, result: '-1' }],
  ];

  test.each(replies)('%s settles its command and leaves the session good', async (_what, wire, expected) => {
    const { peer, outcome } = await withSession(async (session) => [
      await session.command('gosub', 'a', 's', 1).catch(asCaught),
      await session.getVariable('NEXT'),
    ]);
    await peer.untilText('GOSUB "a" "s" "1"\n');
    peer.send(wire);
    await peer.untilText('"NEXT"\n');
    peer.send('200 result=1 (good)\n');
    expect(await outcome).toEqual([expect.objectContaining(expected), 'good']);
  });

  test('a usage text does not fill the error: its first line is enough', async () => {
    const { peer, outcome } = await withSession((session) => session.command('exec').catch(asCaught));
    await peer.untilText('EXEC\n');
    peer.send(USAGE_BLOCK);
    expect(await outcome).toHaveProperty(
      'message',
      'exec was refused: 520-Invalid command syntax.  Proper usage follows:',
    );
  });

  test('511 is a type of its own', async () => {
    const { peer, outcome } = await withSession((session) => session.command('answer').catch(asCaught));
    await peer.untilText('ANSWER\n');
    peer.send('511 Command Not Permitted on a dead channel\n');
    expect(await outcome).toBeInstanceOf(AgiDeadChannelError);
    expect(await outcome).not.toBeInstanceOf(AgiCommandError);
  });
});

describe('EXEC', () => {
  test.each([
    ['in the same packet', false],
    ['after the next command is written', true],
  ])('a usage text that follows its result=1 %s is no reply to the next command', async (_when, late) => {
    const { peer, outcome } = await withSession(async (session) => [
      (await session.exec('Odd')).result,
      await session.command('noop').catch(asCaught),
      await session.getVariable('A'),
    ]);
    await peer.untilText('EXEC "Odd" ""\n');
    peer.send(`200 result=1\n${late ? '' : USAGE_BLOCK}`);
    await peer.untilText('NOOP\n');
    // The next command's own 520 still counts.
    peer.send(`${late ? USAGE_BLOCK : ''}520 Invalid command syntax.  Proper usage not available.\n`);
    await peer.untilText('"A"\n');
    peer.send('200 result=1 (a)\n');
    expect(await outcome).toEqual(['1', expect.any(AgiCommandError), 'a']);
  });

  test('a usage text that is due but never comes takes nothing from later commands', async () => {
    const { peer, outcome } = await withSession(async (session) => [
      (await session.exec('Odd')).result,
      (await session.command('noop')).result,
      await session.command('noop').catch(asCaught),
    ]);
    await peer.untilText('EXEC');
    peer.send('200 result=1\n');
    await peer.untilText('NOOP\n');
    peer.send('200 result=0\n');
    await peer.untilText('NOOP\nNOOP\n');
    peer.send(USAGE_BLOCK);
    expect(await outcome).toEqual(['1', '0', expect.any(AgiCommandError)]);
  });

  test('an application that does not exist is an error', async () => {
    const { peer, outcome } = await withSession((session) => session.exec('NoSuch', 'x').catch(asCaught));
    await peer.untilText('EXEC "NoSuch" "x"\n');
    peer.send('200 result=-2\n');
    expect(await outcome).toMatchObject({
      code: 'AGI_COMMAND',
      message: 'Asterisk has no application NoSuch.',
    });
  });
});

describe('setVariables', () => {
  test('sets all in one line, in their order', async () => {
    const { peer, outcome } = await withSession((session) =>
      session.setVariables([
        ['ROUTE_COUNT', '1'],
        ['ROUTE_DIAL_1', 'PJSIP/101&PJSIP/102'],
        ['ROUTE_STATUS', 'OK'],
      ]),
    );
    await peer.untilText('\n');
    expect(peer.text).toBe('EXEC "MSet" "ROUTE_COUNT=1,ROUTE_DIAL_1=PJSIP/101&PJSIP/102,ROUTE_STATUS=OK"\n');
    peer.send('200 result=0\n');
    await expect(outcome).resolves.toBeUndefined();
  });

  test.each([
    ['200 result=-2\n', AgiCommandError],
    ['200 result=-1\n', AgiCommandError],
    ['200 result=\n', AgiCommandError],
    [USAGE_BLOCK, AgiCommandError],
    ['511 Command Not Permitted\n', AgiDeadChannelError],
    ['HANGUP\n', AgiHangupError],
  ])('is rejected on %j', async (wire, type) => {
    const { peer, outcome } = await withSession((session) =>
      session.setVariables([['A', '1']]).catch(asCaught),
    );
    await peer.untilText('\n');
    peer.send(wire);
    expect(await outcome).toBeInstanceOf(type);
  });

  test.each<{ variables: Variable[] }>([
    { variables: [] },
    { variables: [['A)', '1']] },
    { variables: [['A', 'x\ny']] },
    { variables: [['A', 'x'.repeat(2100)]] },
  ])('refuses what cannot be written: case %#', async ({ variables }) => {
    const { peer, outcome } = await withSession((session) => session.setVariables(variables).catch(asCaught));
    expect(await outcome).toBeInstanceOf(AgiEncodingError);
    await peer.untilEnd();
    expect(peer.text).toBe('');
  });
});

test.each([
  ['200 result=0\n', undefined],
  ['200 result=1 ()\n', ''],
  ['200 result=1 (HANGUP)\n', 'HANGUP'],
  ['200 result=1 (a\nHANGUP\nb)\n', 'a\nHANGUP\nb'],
])('getVariable reads %j as %j', async (wire, expected) => {
  const { peer, outcome } = await withSession((session) => session.getVariable('A'));
  await peer.untilText('GET VARIABLE "A"\n');
  peer.send(wire);
  expect(await outcome).toBe(expected);
});

describe('a hangup', () => {
  test('before a command rejects the command, aborts the signal and closes the session', async () => {
    let signal: AbortSignal | undefined;
    const { peer, outcome } = await withSession(async (session) => {
      signal = session.signal;
      await new Promise((resolve) => session.signal.addEventListener('abort', resolve));
      return session.getVariable('A').catch(asCaught);
    });
    await eventually(() => signal !== undefined);
    peer.send('HANGUP\n');
    expect(await outcome).toBeInstanceOf(AgiHangupError);
    expect(signal?.reason).toBeInstanceOf(AgiHangupError);
    await peer.untilEnd();
    expect(peer.text).toBe('');
  });

  test('during a command rejects it; the reply that may follow harms nothing', async () => {
    const { peer, outcome } = await withSession((session) => session.getVariable('A').catch(asCaught));
    await peer.untilText('"A"\n');
    peer.send('HANGUP\n');
    expect(await outcome).toBeInstanceOf(AgiHangupError);
    peer.send('200 result=1 (late)\nHANGUP\n');
    await peer.untilEnd();
    peer.end();
    await peer.untilClosed();
    expect(peer.error).toBeUndefined();
  });

  test('in one packet with the reply leaves the reply good', async () => {
    const { peer, outcome } = await withSession(async (session) => [
      await session.getVariable('A'),
      await session.getVariable('B').catch(asCaught),
    ]);
    await peer.untilText('"A"\n');
    peer.send('200 result=1 (a)\nHANGUP\n');
    expect(await outcome).toEqual(['a', expect.any(AgiHangupError)]);
  });

  test('in the middle of the environment ends the session', async () => {
    const server = await startServer(async (session) => void (await session.readEnvironment()));
    const peer = await server.connect();
    peer.send('agi_network: yes\nHANGUP\n');
    await peer.untilEnd();
    expect(peer.text).toBe('');
    expect(server.errors).toEqual([]);
  });

  test('is never reported as an error, even when the handler lets it through', async () => {
    const server = await startServer(async (session) => {
      await session.readEnvironment();
      await session.getVariable('A');
    });
    const peer = await server.connect();
    peer.send(`${ENVIRONMENT}HANGUP\n`);
    await peer.untilEnd();
    expect(server.errors).toEqual([]);
  });
});

describe('the environment', () => {
  test('can be asked for twice and after it has come', async () => {
    const { outcome } = await withSession(async (session) => {
      const [first, second] = await Promise.all([session.readEnvironment(), session.readEnvironment()]);
      return first === second && first.callerId === '79162000001';
    });
    expect(await outcome).toBe(true);
  });

  test('that is malformed is an error; the session still takes commands', async () => {
    const outcomes: unknown[] = [];
    const server = await startServer(async (session) => {
      outcomes.push(await session.readEnvironment().catch(asCaught));
      outcomes.push(await session.readEnvironment().catch(asCaught));
      await session.setVariables([['ROUTE_STATUS', 'ERROR']]);
      session.fail();
    });
    const peer = await server.connect();
    peer.send('agi_network: yes\nagi_network: yes\n\n');
    await peer.untilText('ROUTE_STATUS=ERROR"\n');
    peer.send('200 result=0\n');
    await peer.untilEnd();
    expect(peer.text.endsWith('failure\n')).toBe(true);
    expect(outcomes).toEqual([expect.any(AgiEnvironmentError), expect.any(AgiEnvironmentError)]);
  });

  test('that is asked for only after the connection has gone is rejected at once', async () => {
    let failure: unknown;
    const server = await startServer(async (session) => {
      await eventually(() => session.closing);
      failure = await session.readEnvironment().catch(asCaught);
    });
    const peer = await server.connect();
    peer.end();
    await eventually(() => failure !== undefined);
    expect(failure).toBeInstanceOf(AgiClosedError);
  });

  test('is read from a peer that then closes its side, and what cannot be answered is rejected', async () => {
    const outcomes: unknown[] = [];
    const server = await startServer(async (session) => {
      outcomes.push((await session.readEnvironment()).get('agi_extension'));
      await eventually(() => session.closing);
      outcomes.push(await session.getVariable('A').catch(asCaught));
    });
    const peer = await server.connect();
    peer.send(ENVIRONMENT);
    peer.end();
    await peer.untilClosed();
    await eventually(() => outcomes.length === 2);
    expect(outcomes).toEqual(['s', expect.any(AgiClosedError)]);
    expect(peer.gotEnd).toBe(true);
    expect(peer.error).toBeUndefined();
    expect(server.errors).toEqual([]);
  });
});

describe('the end', () => {
  test('fail() writes the failure line after the command in flight, never inside it', async () => {
    const { peer, outcome } = await withSession(async (session) => {
      const pending = session.getVariable('A').catch(asCaught);
      session.fail();
      session.close();
      return pending;
    });
    await peer.untilEnd();
    expect(peer.text).toBe('GET VARIABLE "A"\nfailure\n');
    expect(await outcome).toBeInstanceOf(AgiClosedError);
  });

  test('close() rejects later commands and aborts the signal, whether it is asked for before or after', async () => {
    const { outcome } = await withSession(async (session) => {
      const { signal } = session;
      session.close();
      return [signal.aborted, session.closing, await session.command('noop').catch(asCaught)];
    });
    expect(await outcome).toEqual([true, true, expect.any(AgiClosedError)]);
    const later = await withSession(async (session) => {
      session.close();
      return [session.signal.aborted, session.signal.reason];
    });
    expect(await later.outcome).toEqual([true, expect.any(AgiClosedError)]);
  });

  test('the end is told by its reason, an RST with what the network said', async () => {
    const { peer, outcome } = await withSession((session) => session.getVariable('A').catch(asCaught));
    await peer.untilText('"A"\n');
    peer.reset();
    expect(await outcome).toMatchObject({ code: 'AGI_CLOSED', cause: { code: 'ECONNRESET' } });
  });
});

test('a session knows its peer, its beginning and its deadline', async () => {
  const before = performance.now();
  const { outcome } = await withSession(async (session) => ({
    address: session.remoteAddress,
    acceptedAt: session.acceptedAt,
    budget: session.deadline - session.acceptedAt,
  }));
  const { address, acceptedAt, budget } = await outcome;
  expect(address).toBe('127.0.0.1');
  expect(acceptedAt).toBeGreaterThanOrEqual(before);
  expect(budget).toBeCloseTo(20_000);
});

test('a deadline that is set anew replaces the old one, sooner or later', async () => {
  const { peer, outcome } = await withSession(async (session) => {
    session.setDeadline(60_000);
    const longer = session.deadline - performance.now();
    session.setDeadline(50);
    return [longer, await session.getVariable('A').catch(asCaught)];
  });
  await peer.untilText('failure\n');
  expect(await outcome).toEqual([
    expect.closeTo(60_000, -3),
    expect.objectContaining({ code: 'AGI_TIMEOUT' }),
  ]);
});
