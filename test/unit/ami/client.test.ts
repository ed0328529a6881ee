import { afterEach, describe, expect, test } from '@jest/globals';
import type { AmiClientOptions } from '../../../src/ami/options.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import {
  BOOTED,
  error,
  FakeAmi,
  type FakeAmiOptions,
  header,
  type ReceivedAction,
  SECRET,
  success,
  until,
} from './fake-ami.ts';
import { recordedEvents, wireText } from './streams.ts';
import { WatchedClient } from './watched-client.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function fake(options: FakeAmiOptions = {}, port = 0): Promise<FakeAmi> {
  const ami = await new FakeAmi(options).start(port);
  cleanups.add(() => ami.stop());
  return ami;
}

function watch(port: number, options: Partial<AmiClientOptions> = {}): WatchedClient {
  const watched = new WatchedClient(port, options);
  cleanups.add(() => watched.client.stop());
  return watched;
}

async function connected(server: FakeAmiOptions = {}, options: Partial<AmiClientOptions> = {}) {
  const ami = await fake(server);
  const watched = watch(ami.port, options);
  await watched.ready();
  return { ami, watched, client: watched.client };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 'none', message: '' }),
    (thrown: { code: string; message: string }) => thrown,
  );
const [newchannel = {}] = recordedEvents('22-a');
const NEWCHANNEL = wireText(newchannel);
const channelEvent = (uniqueid: string) => wireText({ ...newchannel, Uniqueid: uniqueid });

describe('where npm clients lose, mix or repeat messages:', () => {
  test('a name that comes byte by byte', async () => {
    const { ami, watched } = await connected();
    for (const byte of Buffer.from(NEWCHANNEL)) ami.peer.send(Buffer.from([byte]));
    await watched.untilEvent('Newchannel');
    expect(watched.events.at(-1)?.get('CallerIDName')).toBe(String.raw`Anna \"Q\" Иванова`);
  });

  test('three headers of one name', async () => {
    const command = (action: ReceivedAction) => success(action, 'Output: a', 'Output: b', 'Output: c');
    const { client } = await connected({ answers: { command } });
    const answer = await client.action('Command', [['Command', 'core show uptime']]);
    expect(answer.all('Output')).toEqual(['a', 'b', 'c']);
  });

  test('twenty actions at once, answered in the opposite order', async () => {
    const waiting: ReceivedAction[] = [];
    const getvar = (action: ReceivedAction, peer: { send: (text: string) => void }) => {
      waiting.push(action);
      if (waiting.length === 20) {
        for (const one of waiting.toReversed()) peer.send(success(one, `Value: ${header(one, 'Variable')}`));
      }
      return '';
    };
    const { client } = await connected({ answers: { getvar } });
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    const answers = await Promise.all(numbers.map((one) => client.action('Getvar', [['Variable', one]])));
    expect(answers.map((answer) => answer.get('Value'))).toEqual(numbers);
    expect(new Set(waiting.map((action) => header(action, 'ActionID'))).size).toBe(20);
  });

  test('an event in the packet of the answer to the login', async () => {
    const login = (action: ReceivedAction) => success(action) + BOOTED + NEWCHANNEL + NEWCHANNEL;
    const { watched } = await connected({ answers: { login } });
    await watched.untilEvent('Newchannel', 2);
    expect(watched.story).toEqual(['ready', 'FullyBooted', 'Newchannel', 'Newchannel']);
  });

  test('bare line ends', async () => {
    const { ami, watched } = await connected();
    const agents =
      'Event: Agents\r\nPrivilege: agent,all\r\nCallStarted: 1\nLoggedInTime: 2\r\nChannel: c\r\n\r\n';
    const map = 'Event: Foo\r\nPrivilege: call,all\r\nA: b\r\n\n';
    ami.peer.send(`${agents}${map}${NEWCHANNEL}`);
    await watched.untilEvent('Newchannel');
    expect(watched.events.map(({ event }) => event)).toEqual(['FullyBooted', 'Agents', 'Foo', 'Newchannel']);
    expect(watched.events[1]?.get('CallStarted')).toBe('1\nLoggedInTime: 2');
  });

  test('a line end in a value is no second action', async () => {
    const { ami, client } = await connected();
    const hostile = client.action('Originate', [['Exten', '1\r\n\r\nAction: Command\r\nCommand: x']]);
    expect((await failure(hostile)).code).toBe('AMI_ENCODING');
    await client.action('Ping');
    expect(ami.peer.names()).toEqual(['Challenge', 'Login', 'Ping']);
  });

  test('a connection that dies within an event', async () => {
    const { ami, watched } = await connected();
    ami.peer.send(NEWCHANNEL.slice(0, 200));
    ami.peer.socket.end();
    await watched.ready(2);
    ami.peer.send(channelEvent('second'));
    await watched.untilEvent('Newchannel');
    expect(watched.events.map(({ event }) => event)).toEqual(['FullyBooted', 'FullyBooted', 'Newchannel']);
    expect(watched.flaws).toEqual([]);
  });

  test('an action in flight when the connection dies', async () => {
    const { ami, client } = await connected({ answers: { status: () => '', coreshowchannels: () => '' } });
    const both = [failure(client.action('Status')), failure(client.list('CoreShowChannels'))];
    await until('the actions', () => ami.peer.names().includes('CoreShowChannels'));
    ami.peer.socket.resetAndDestroy();
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual(['AMI_CLOSED', 'AMI_CLOSED']);
  });

  test('an originate while Asterisk is away fails at once, and nobody is rung later', async () => {
    const port = await freeTcpPort();
    const watched = watch(port);
    await watched.problem();
    const before = performance.now();
    const { code, message } = await failure(watched.client.action('Originate', [['Channel', 'PJSIP/101']]));
    expect(performance.now() - before).toBeLessThan(50);
    expect(code).toBe('AMI_AWAY');
    expect(message).toMatch(/Originate was not sent: Asterisk at 127.0.0.1:\d+ is away. .*ECONNREFUSED/);
    const ami = await fake({}, port);
    await watched.ready();
    await watched.client.action('Ping');
    expect(ami.peer.names()).toEqual(['Challenge', 'Login', 'Ping']);
  });

  test('a server that accepts and says nothing', async () => {
    const { port } = await fake({ banner: '' });
    const { code, message } = await watch(port, { timing: { greetingMs: 50 } }).problem();
    expect(code).toBe('AMI_TIMEOUT');
    expect(message).toMatch(/accepts and says nothing. If it is the port of TLS, switch tls on/);
  });

  test('a live connection that falls silent', async () => {
    const timing = { pingMs: 30, deadMs: 100 };
    const { watched, client } = await connected(
      { answers: { ping: () => '', status: () => '' } },
      { timing },
    );
    const waiting = failure(client.action('Status'));
    await until('down', () => watched.downs.length > 0);
    expect(watched.downs[0]).toMatchObject({
      code: 'AMI_TIMEOUT',
      message: expect.stringMatching(/a ping within 100 ms/),
    });
    expect((await waiting).code).toBe('AMI_TIMEOUT');
    await watched.ready(2);
  });

  describe('a process that stood still', () => {
    /** Longer than two ticks. What comes meanwhile waits in the kernel. */
    const standStill = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);

    test('and was dropped meanwhile has seen nothing since, whatever it reads when it wakes up', async () => {
      const { ami, watched } = await connected();
      const before = Date.now();
      ami.peer.send(NEWCHANNEL);
      ami.peer.socket.end();
      standStill();
      await until('down', () => watched.downs.length > 0);
      expect(watched.events.at(-1)?.event).toBe('Newchannel');
      const since = watched.downs[0]?.since.getTime() ?? 0;
      expect([since >= before - 1100, since <= before + 1000]).toEqual([true, true]);
    });

    test('and was not dropped has seen all that came, once a ping is answered', async () => {
      const { ami, watched } = await connected({}, { timing: { pingMs: 20 } });
      standStill();
      const awake = Date.now();
      const pings = () => ami.peer.names().filter((name) => name === 'Ping').length;
      const sent = pings();
      await until('pings that are answered', () => pings() > sent + 3);
      ami.peer.socket.end();
      await until('down', () => watched.downs.length > 0);
      expect(watched.downs[0]?.since.getTime()).toBeGreaterThanOrEqual(awake);
    });
  });

  test('the mask of events and the filters are set again at each login', async () => {
    const { ami, watched } = await connected({}, { filters: ['!Event: VarSet', '!Event: RTCP'] });
    ami.peer.socket.end();
    await watched.ready(2);
    for (const peer of ami.peers) {
      const [, login, ...filters] = peer.actions;
      expect(header(login ?? new Map(), 'Events')).toBe('system,call');
      expect(filters.map((one) => [header(one, 'Operation'), header(one, 'Filter')])).toEqual([
        ['Add', '!Event: VarSet'],
        ['Add', '!Event: RTCP'],
      ]);
    }
  });

  test('back after a restart, however often it was refused in between', async () => {
    const { ami, watched } = await connected();
    await ami.stop();
    await until('forty tries', () => watched.problems.length > 40);
    await fake({}, ami.port);
    await watched.ready(2);
    expect(watched.story.slice(0, 4)).toEqual(['ready', 'FullyBooted', 'down', 'ready']);
    expect(watched.downs[0]?.code).toBe('AMI_CLOSED');
  });
});

describe('login', () => {
  test('by MD5, which never shows the secret', async () => {
    const { ami } = await connected();
    expect(ami.peer.names()).toEqual(['Challenge', 'Login']);
    expect(ami.peer.text).not.toContain(SECRET);
  });

  test('plain', async () => {
    const { ami } = await connected({}, { login: 'plain' });
    expect(ami.peer.names()).toEqual(['Login']);
    expect(ami.peer.text).toContain(`Secret: ${SECRET}\r\n`);
  });

  test('with the secret of that moment: one that was changed is taken at the next connection', async () => {
    let secret = 'battery staple';
    const { port } = await fake();
    const watched = watch(port, { secret: () => secret });
    expect((await watched.problem()).code).toBe('AMI_LOGIN');
    secret = SECRET;
    await watched.ready();
  });

  test('a secret that cannot be read is told, and tried again', async () => {
    const ami = await fake();
    const watched = watch(ami.port, {
      secret: () => {
        if (ami.peers.length < 3) throw new Error('/etc/secret: cannot be read');
        return SECRET;
      },
    });
    expect((await watched.problem()).message).toBe('/etc/secret: cannot be read');
    await watched.ready();
  });

  test('without events', async () => {
    const { ami } = await connected({}, { events: [] });
    expect(header(ami.peer.actions.at(-1) ?? new Map(), 'Events')).toBe('off');
  });

  test.each<[string, FakeAmiOptions, Partial<AmiClientOptions>, string, RegExp]>([
    [
      'a wrong secret',
      {},
      { secret: 'battery staple' },
      'AMI_LOGIN',
      /refuses the login of "desk": the user or the secret is wrong/,
    ],
    [
      'a second login of a user who may have one',
      { answers: { login: (action) => error(action, 'Login Already In Use') } },
      {},
      'AMI_LOGIN',
      /allowmultiplelogin = no/,
    ],
    [
      'no answer to the login',
      { answers: { login: () => '' } },
      { timing: { loginMs: 50 } },
      'AMI_TIMEOUT',
      /did not answer Login within 50 ms/,
    ],
    [
      'a filter that the user must not set',
      { answers: { filter: (action) => error(action, 'Permission denied') } },
      { filters: ['!x'] },
      'AMI_RIGHTS',
      /refuses Filter: Permission denied. Give the user of manager.conf the class system in write/,
    ],
    [
      'a banner of something else',
      { banner: 'SSH-2.0-OpenSSH_9.2\r\n' },
      {},
      'AMI_PROTOCOL',
      /no AMI: it begins with "SSH-2.0/,
    ],
    [
      'the beginning of a web page',
      { banner: 'HTTP/1.1 400' },
      {},
      'AMI_PROTOCOL',
      /no AMI: it begins with "HTTP/,
    ],
    ['endless bytes', { banner: 'x'.repeat(300_000) }, {}, 'AMI_PROTOCOL', /no AMI: it begins with "x+…"/],
    [
      'a connection that is closed without a word',
      { onConnection: (peer) => peer.socket.destroy() },
      {},
      'AMI_CONNECT',
      /closed the connection without a word.*authlimit/,
    ],
    [
      'a user with a line end',
      {},
      { username: 'desk\r\nEvents: on' },
      'AMI_ENCODING',
      /Username of "Login" holds/,
    ],
  ])('%s is told', async (_title, server, options, code, message) => {
    const { port } = await fake(server);
    const watched = watch(port, options);
    const problem = await watched.problem();
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
    expect(problem.message).not.toContain(options.secret ?? SECRET);
    // It goes on trying, and what is asked of it meanwhile fails at once.
    await until('the next try', () => watched.problems.length > 1);
    expect((await failure(watched.client.action('Ping'))).code).toBe('AMI_AWAY');
    expect(watched.downs).toEqual([]);
  });

  test('an unknown host is told', async () => {
    const { code, message } = await watch(5038, { host: 'no-such-host.invalid' }).problem();
    expect(code).toBe('AMI_CONNECT');
    expect(message).toMatch(/no-such-host.invalid:5038/);
  });

  test('without FullyBooted it is ready after a while, and the missing right is told', async () => {
    const login = (action: ReceivedAction) => success(action);
    const { watched } = await connected({ answers: { login } }, { timing: { bootMs: 30 } });
    expect(watched.readies).toEqual([{ protocol: '11.0.0', booted: false }]);
    expect(watched.problems).toEqual([
      { code: 'AMI_RIGHTS', message: expect.stringMatching(/lacks the class system, or there are blanks/) },
    ]);
  });

  test('without the class system nothing is told', async () => {
    const login = (action: ReceivedAction) => success(action);
    const { watched } = await connected({ answers: { login } }, { events: ['call'] });
    expect(watched.readies[0]?.booted).toBe(false);
    expect(watched.problems).toEqual([]);
  });

  test('an Asterisk that is still starting is waited for', async () => {
    const ami = await fake({ answers: { login: (action) => success(action) } });
    const watched = watch(ami.port);
    watched.client.start();
    await until('the login', () => ami.peers.at(-1)?.names().includes('Login') === true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watched.client.ready).toBe(false);
    ami.peer.send(NEWCHANNEL + BOOTED);
    await watched.ready();
    await watched.untilEvent('FullyBooted');
    expect(watched.story).toEqual(['ready', 'Newchannel', 'FullyBooted']);
  });
});

describe('actions', () => {
  test('a refusal', async () => {
    const answers = {
      originate: (action: ReceivedAction) => error(action, 'Extension does not exist.'),
      coreshowchannels: (action: ReceivedAction) => error(action, 'Permission denied'),
    };
    const { client } = await connected({ answers });
    expect(await failure(client.action('Originate'))).toMatchObject({
      code: 'AMI_ACTION',
      message: 'Asterisk refuses Originate: "Extension does not exist.".',
    });
    expect(await failure(client.list('CoreShowChannels'))).toMatchObject({
      code: 'AMI_RIGHTS',
      message: expect.stringMatching(/class system or reporting in write/),
    });
  });

  test('one that is not answered in time, and then is', async () => {
    let late: ReceivedAction = new Map();
    const status = (action: ReceivedAction) => {
      late = action;
      return '';
    };
    const { ami, client } = await connected({ answers: { status } }, { timing: { actionMs: 30 } });
    expect((await failure(client.action('Status'))).code).toBe('AMI_TIMEOUT');
    ami.peer.send(success(late));
    await client.action('Ping');
    expect(client.counters.unexpected).toBe(1);
    expect(client.ready).toBe(true);
  });

  test('too many at once', async () => {
    const { client } = await connected({ answers: { status: () => '' } });
    const waiting = Array.from({ length: 1000 }, () => failure(client.action('Status')));
    expect((await failure(client.action('Status'))).code).toBe('AMI_BEHIND');
    await client.stop();
    expect(new Set((await Promise.all(waiting)).map(({ code }) => code))).toEqual(new Set(['AMI_CLOSED']));
  });

  test('one that nobody awaits fails without a sound', async () => {
    const { client } = await connected({ answers: { status: () => '' } });
    void client.action('Status');
    void client.list('Status', [['X', '\n']]);
    await client.stop();
    void client.action('Status');
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('stop in any state', async () => {
    const { port } = await fake({ banner: '' });
    for (const waitMs of [0, 1, 20]) {
      const { client } = watch(port);
      client.start();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await client.stop();
      await client.stop();
      expect((await failure(client.action('Ping'))).code).toBe('AMI_AWAY');
    }
    const never = watch(port);
    await never.client.stop();
  });
});
