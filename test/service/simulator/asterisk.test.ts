import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { playCall, type CallScript } from '../../../src/simulator/asterisk.ts';
import { closedPort, withServer, type Peer } from './scripted-server.ts';

const call = (rest: Partial<CallScript> = {}, environment: Record<string, string> = {}): CallScript => ({
  environment: new Map(Object.entries(environment)),
  presets: new Map(),
  ...rest,
});

/** Plays one call against a server that behaves as scripted. */
const play = (script: (peer: Peer) => void | Promise<void>, of: CallScript = call(), timeoutMs = 5_000) =>
  withServer(script, async (target, peers) => {
    const result = await playCall(target, of, { timeoutMs });
    // The last HANGUP is on its way when the call is over.
    await peers[0]?.closed;
    return { result, peer: peers[0], port: target.port };
  });

const environmentEnd = '\n\n';

describe('playCall', () => {
  test('plays a good call from the environment to the last HANGUP', async () => {
    const { result, peer, port } = await play(
      async ({ until, ask, socket }) => {
        await until(environmentEnd);
        await ask('EXEC MSet "ROUTE_COUNT=1,ROUTE_DIAL_1=PJSIP/101&PJSIP/102,ROUTE_STATUS=OK"');
        socket.end();
      },
      call({ presets: new Map([['MENU', '2']]) }, { agi_callerid: '7916', agi_calleridname: 'Ёж: "x"' }),
    );
    expect(result).toMatchObject({ agiStatus: 'SUCCESS', problems: [] });
    expect(result.commands).toEqual([
      'EXEC MSet "ROUTE_COUNT=1,ROUTE_DIAL_1=PJSIP/101&PJSIP/102,ROUTE_STATUS=OK"',
    ]);
    expect(Object.fromEntries(result.variables)).toEqual({
      MENU: '2',
      ROUTE_COUNT: '1',
      ROUTE_DIAL_1: 'PJSIP/101&PJSIP/102',
      ROUTE_STATUS: 'OK',
      AGISTATUS: 'SUCCESS',
    });
    expect(result.connectMs).not.toBeNull();
    const lines = peer?.received().split('\n') ?? [];
    expect(lines.map((line) => line.split(':', 1)[0])).toEqual([
      'agi_network',
      'agi_network_script',
      'agi_request',
      'agi_channel',
      'agi_language',
      'agi_type',
      'agi_uniqueid',
      'agi_version',
      'agi_callerid',
      'agi_calleridname',
      'agi_callingpres',
      'agi_callingani2',
      'agi_callington',
      'agi_callingtns',
      'agi_dnid',
      'agi_rdnis',
      'agi_context',
      'agi_extension',
      'agi_priority',
      'agi_enhanced',
      'agi_accountcode',
      'agi_threadid',
      '',
      '200 result=0',
      'HANGUP',
      '',
    ]);
    expect(lines).toContain(`agi_request: agi://127.0.0.1:${port}/route`);
    expect(lines).toContain('agi_network_script: route');
    expect(lines).toContain('agi_callerid: 7916');
    expect(lines).toContain('agi_calleridname: Ёж: "x"');
    expect(lines).toContain('agi_type: PJSIP');
  });

  test.each([
    ['agi://127.0.0.1', undefined],
    ['agi://127.0.0.1/', undefined],
    ['agi://127.0.0.1:4573/route?number=1&only=a,b', 'route?number=1&only=a,b'],
    ['hagi://agi.example/a/b', 'a/b'],
  ])('derives the script of %s as Asterisk does', async (request, script) => {
    const { peer } = await play(
      async ({ until, socket }) => {
        await until(environmentEnd);
        socket.end();
      },
      call({}, { agi_request: request, agi_arg_1: 'x', agi_arg_2: 'y' }),
    );
    const lines = peer?.received().split('\n') ?? [];
    expect(lines.find((line) => line.startsWith('agi_network_script'))?.slice(20)).toBe(script);
    expect(lines).toContain(`agi_request: ${request}`);
    expect(lines.filter((line) => line.startsWith('agi_arg'))).toEqual(['agi_arg_1: x', 'agi_arg_2: y']);
  });

  test('presets ROUTE_STATUS=ERROR, and a server that closes without a word leaves it with SUCCESS', async () => {
    const { result } = await play(({ socket }) => void socket.end());
    expect(result).toMatchObject({ agiStatus: 'SUCCESS', commands: [], problems: [] });
    expect(result.variables.get('ROUTE_STATUS')).toBe('ERROR');
    expect(result.variables.get('AGISTATUS')).toBe('SUCCESS');
  });

  test('takes a reset after the connection for the end, as Asterisk does', async () => {
    const { result } = await play(async ({ until, socket }) => {
      await until(environmentEnd);
      socket.resetAndDestroy();
    });
    expect(result.agiStatus).toBe('SUCCESS');
  });

  test.each(['failure\n', 'FAILURE: overloaded\n', 'failure'])(
    'ends with FAILURE at the line %p',
    async (line) => {
      const { result, peer } = await play(async ({ until, socket }) => {
        await until(environmentEnd);
        socket.end(line);
        await until('HANGUP\n');
      });
      expect(result).toMatchObject({ agiStatus: 'FAILURE', commands: [], problems: [] });
      expect(peer?.received().endsWith('\n\nHANGUP\n')).toBe(true);
    },
  );

  test('ends with FAILURE when nobody listens', async () => {
    const port = await closedPort();
    const result = await playCall({ host: '127.0.0.1', port }, call());
    expect(result).toMatchObject({ agiStatus: 'FAILURE', connectMs: null, commands: [] });
    expect(result.problems).toEqual([expect.stringContaining('no connection')]);
    expect(result.variables.get('ROUTE_STATUS')).toBe('ERROR');
  });

  test('gives up on a silent server and says that Asterisk would not', async () => {
    const { result } = await play(() => undefined, call(), 50);
    expect(result.agiStatus).toBe('HANGUP');
    expect(result.problems).toEqual(['no end of the session after 50 ms: Asterisk would wait for ever']);
  });

  test('answers bad commands as Asterisk does and names them', async () => {
    const replies: string[] = [];
    const { result } = await play(async ({ until, ask, socket }) => {
      await until(environmentEnd);
      replies.push(await ask('SET VARIABEL A 1'), await ask('GET VARIABLE'));
      await until('520 End of proper usage.\n');
      socket.end();
    });
    expect(replies[0]).toBe('510 Invalid or unknown command\n');
    expect(replies[1]).toMatch(/^520-Invalid command syntax\. {2}/);
    expect(result.problems).toEqual([
      'Asterisk refuses «SET VARIABEL A 1»: 510 Invalid or unknown command',
      expect.stringContaining('Asterisk refuses «GET VARIABLE»: 520-'),
    ]);
  });

  test('cuts a line that is too long', async () => {
    const value = 'x'.repeat(3000);
    const { result } = await play(async ({ until, ask, socket }) => {
      await until(environmentEnd);
      await ask(`SET VARIABLE A "${value}"`);
      socket.end();
    });
    expect(result.variables.get('A')).toBe(value.slice(0, 2047 - 'SET VARIABLE A "'.length));
    expect(result.commands).toHaveLength(2);
    expect(result.problems[0]).toContain('too long for Asterisk and was cut');
  });

  test('lets pipelined commands stall until the server closes', async () => {
    const { result, peer } = await play(async ({ until, socket }) => {
      await until(environmentEnd);
      socket.write('SET VARIABLE A 1\nSET VARIABLE B 2\n');
      await until('200 result=1\n');
      await sleep(20);
      socket.end();
    });
    expect(peer?.received().match(/200 result=1/g)?.length).toBe(2);
    expect(result.variables.get('B')).toBe('2');
    expect(result.problems).toEqual([
      'the server did not wait for the reply to «SET VARIABLE A 1»: Asterisk stalls',
    ]);
  });

  test('executes the tail of a line in which the server closed', async () => {
    const { result } = await play(async ({ until, socket }) => {
      await until(environmentEnd);
      socket.end('SET VARIABLE A 1');
    });
    expect(result.variables.get('A')).toBe('1');
    expect(result.problems).toEqual(['the server closed in the middle of a line: «SET VARIABLE A 1»']);
  });

  test('hangs up before the first command and still serves a dead channel', async () => {
    const replies: string[] = [];
    const { result, peer } = await play(
      async ({ until, ask, socket }) => {
        await until('\n\nHANGUP\n');
        replies.push(await ask('ANSWER'), await ask('EXEC MSet ROUTE_STATUS=OK'));
        socket.end();
      },
      call({ hangupAfter: 0 }),
    );
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['511', '200']);
    expect(result).toMatchObject({ agiStatus: 'HANGUP', problems: [] });
    expect(result.variables.get('ROUTE_STATUS')).toBe('OK');
    expect(peer?.received().match(/HANGUP\n/g)?.length).toBe(2);
  });

  test('hangs up behind the reply to the Nth command', async () => {
    const { result, peer } = await play(
      async ({ until, ask, socket }) => {
        await until(environmentEnd);
        await ask('NOOP');
        await ask('NOOP');
        await until('HANGUP\n');
        socket.end();
      },
      call({ hangupAfter: 2 }),
    );
    expect(result.agiStatus).toBe('HANGUP');
    expect(peer?.received()).toContain('\n\n200 result=0\n200 result=0\nHANGUP\nHANGUP\n');
  });

  test('does not wait for the server after a hangup with AGIEXITONHANGUP', async () => {
    const { result, peer } = await play(
      () => undefined,
      call({ hangupAfter: 0, presets: new Map([['AGIEXITONHANGUP', 'yes']]) }),
    );
    expect(result).toMatchObject({ agiStatus: 'HANGUP', problems: [] });
    expect(peer?.socket.destroyed).toBe(true);
  });

  test('sends no HANGUP with AGISIGHUP=no', async () => {
    const { peer } = await play(
      async ({ until, socket }) => {
        await until(environmentEnd);
        socket.end();
      },
      call({ presets: new Map([['AGISIGHUP', 'no']]) }),
    );
    expect(peer?.received()).not.toContain('HANGUP');
  });

  test('hangs up when the server asks for it', async () => {
    const { result } = await play(async ({ until, ask, socket }) => {
      await until(environmentEnd);
      await ask('HANGUP');
      await until('HANGUP\n');
      socket.end();
    });
    expect(result.agiStatus).toBe('HANGUP');
  });

  test('reads a command that comes byte by byte', async () => {
    const { result } = await play(async ({ until, socket }) => {
      await until(environmentEnd);
      for (const byte of Buffer.from('SET VARIABLE A "Ж"\n')) {
        socket.write(Buffer.of(byte));
        await sleep(1);
      }
      await until('200 result=1\n');
      socket.end();
    });
    expect(result.variables.get('A')).toBe('Ж');
    expect(result.problems).toEqual([]);
  });
});
