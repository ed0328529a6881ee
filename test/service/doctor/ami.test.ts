import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Socket } from 'node:net';
import { AmiMessage } from '../../../src/ami/message.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { AmiProbe } from '../../../src/doctor/desk/ami-probe.ts';
import type { AmiView } from '../../../src/doctor/desk/ami-view.ts';
import { checkAmi, type AsteriskSection } from '../../../src/doctor/desk/ami.check.ts';
import { checkAmiAddress } from '../../../src/doctor/desk/ami-address.check.ts';
import { judgeClock, judgeEvents } from '../../../src/doctor/desk/ami-events.check.ts';
import { judgeRights } from '../../../src/doctor/desk/ami-rights.check.ts';
import type { ManagerSettings, ManagerUser } from '../../../src/doctor/desk/manager-settings.ts';
import { PlayedAsterisk } from '../../../src/simulator/ami/played-asterisk.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { english } from './in-english.ts';

/*
 * AMI as it should not be: what listens at its address, and what an account sees. What a real Asterisk says of rights
 * and settings is held by test/asterisk/doctor.test.ts.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

function sectionOf(keys: Partial<AsteriskSection> = {}): AsteriskSection {
  const [section] = parseConfig(JSON.stringify({ asterisk: keys }), 'test').asterisk;
  if (section === undefined) throw new Error('The configuration has no Asterisk.');
  return section;
}

/** A server that does something to whoever connects. @returns its port */
async function listen(onConnection: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  cleanups.add(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

const check = async (
  keys: Partial<AsteriskSection>,
  secret = 'right',
  settings: ManagerSettings | null = null,
) => english(await checkAmi(sectionOf(keys), secret, settings));

describe('the check of AMI', () => {
  test('knows a name that is no host', async () => {
    const found = await check({ host: 'asterisk.invalid' });
    expect(found).toMatchObject({ state: 'fail', view: null });
    expect(found.message).toMatch(/^There is no host asterisk\.invalid \((?:ENOTFOUND|EAI_AGAIN)\)\.$/);
  });

  test('knows a port on which nobody listens', async () => {
    const port = await freeTcpPort();
    const found = await check({ port });
    expect(found).toMatchObject({ state: 'fail', message: `Nobody listens on 127.0.0.1:${port}.` });
    expect(found.remedy).toContain('enabled = yes');
  });

  test('names bindaddr where nobody listens on another machine', async () => {
    const refused: AmiProbe = { state: 'error', code: 'ECONNREFUSED' };
    const there = await checkAmi(sectionOf({ host: '192.0.2.1' }), 'right', null, () =>
      Promise.resolve(refused),
    );
    expect(there.remedy?.en).toContain('bindaddr');
    expect(there.remedy?.ru).toContain('bindaddr');
    const here = await checkAmi(sectionOf(), 'right', null, () => Promise.resolve(refused));
    expect(here.remedy?.en).not.toContain('bindaddr');
  });

  test('knows something that is not AMI', async () => {
    const port = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await check({ port })).toMatchObject({
      state: 'fail',
      message: `127.0.0.1:${port} is no AMI: it says "SSH-2.0-OpenSSH_9.2".`,
    });
  });

  test('knows a port that closes at once, as Asterisk does over authlimit', async () => {
    const port = await listen((socket) => socket.end());
    const found = await check({ port });
    expect(found.message).toContain('closes the connection without a word');
    expect(found.remedy).toContain('authlimit');
  });

  test('knows a port that says nothing', async () => {
    const port = await listen(() => undefined);
    const found = await check({ port });
    expect(found.message).toContain('accepts connections and says nothing');
    expect(found.remedy).toContain('asterisk.tls');
  });

  // No machine that tests drops packets: the look is played.
  test.each([
    [{ state: 'no answer' }, 'dropped on the way', 'firewall'],
    [{ state: 'error', code: 'EHOSTUNREACH' }, 'cannot be reached (EHOSTUNREACH)', 'same network'],
  ] satisfies [AmiProbe, string, string][])('knows an address with %j', async (probe, message, remedy) => {
    const found = english(await checkAmi(sectionOf(), 'right', null, () => Promise.resolve(probe)));
    expect(found).toMatchObject({ state: 'fail', view: null });
    expect(found.message).toContain(message);
    expect(found.remedy).toContain(remedy);
  });

  test('knows a port of TLS that has none', async () => {
    const port = await listen((socket) => socket.end('Asterisk Call Manager/11.0.0\r\n'));
    const found = await check({ port, tls: true });
    expect(found.message).toMatch(/^No TLS with 127\.0\.0\.1:\d+ \(/);
  });

  test('knows a file for the secret that is still empty', async () => {
    const found = await check({ secretFile: '/etc/courier-agi/ami-secret' }, '');
    expect(found.message).toBe('/etc/courier-agi/ami-secret is empty: there is no secret.');
  });

  test('knows a login that is refused, and without such a user why', async () => {
    const asterisk = new PlayedAsterisk({
      host: '127.0.0.1',
      port: 0,
      account: { username: 'courier-agi', secret: 'right' },
      speed: 100,
    });
    await asterisk.start();
    cleanups.add(() => asterisk.stop());
    const { port } = asterisk;
    const wrong = await check({ port }, 'wrong');
    expect(wrong).toMatchObject({ state: 'fail', message: 'Asterisk refuses the login of courier-agi.' });
    expect(wrong.remedy).toMatch(/secret of \[courier-agi\].*permit/);
    const unknown = await check({ port }, 'wrong', settingsOf([userOf({ name: 'desk' })]));
    expect(unknown.remedy).toContain('It has no such user');
  });
});

describe('the check of the address', () => {
  const play = async (host: string): Promise<number> => {
    const asterisk = new PlayedAsterisk({ host, port: 0, account: { username: 'x', secret: 'x' } });
    await asterisk.start();
    cleanups.add(() => asterisk.stop());
    return asterisk.port;
  };
  const look = async (keys: Partial<AsteriskSection>, addresses: readonly string[]) =>
    english(await checkAmiAddress(sectionOf(keys), addresses));

  test('warns of AMI on every address, and says which it tried when it found none', async () => {
    const open = await play('0.0.0.0');
    expect(await look({ port: open }, ['127.0.0.2'])).toMatchObject({
      state: 'warn',
      message: expect.stringContaining(`AMI answers on 127.0.0.2:${open} as well`),
      remedy: expect.stringContaining('bindaddr = 127.0.0.1'),
    });
    const closed = await play('127.0.0.1');
    expect(await look({ port: closed }, ['127.0.0.2', '127.0.0.3'])).toMatchObject({
      state: 'ok',
      message: `AMI is not reached from outside; tried 127.0.0.2:${closed}, 127.0.0.3:${closed}.`,
    });
  });

  test('does not take something else on that port for AMI', async () => {
    const port = await listen((socket) => socket.end('hello\r\n'), '127.0.0.2');
    expect(await look({ port }, ['127.0.0.2'])).toMatchObject({ state: 'ok' });
  });

  test('warns of another machine that is spoken to without TLS', async () => {
    expect(await look({ host: '192.0.2.7' }, [])).toMatchObject({ state: 'warn' });
    expect(await look({ host: '192.0.2.7', tls: true }, [])).toMatchObject({ state: 'ok' });
  });
});

function userOf(keys: Partial<ManagerUser> = {}): ManagerUser {
  return {
    name: 'courier-agi',
    read: ['system', 'call', 'agent', 'user'],
    write: ['call', 'reporting', 'originate'],
    hasAcl: true,
    isInUse: false,
    ...keys,
  };
}

function settingsOf(users: readonly ManagerUser[], keys: Partial<ManagerSettings> = {}): ManagerSettings {
  const channelVars = ['ROUTE_CALLER', 'ROUTE_COURIER', 'ROUTE_CLIENT', 'ROUTE_ORDER', 'ROUTE_SHIPMENT'];
  return { timestampEvents: true, channelVars, users, ...keys };
}

/** Actions as ListCommands tells them to the account of the sample. */
const ACTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['CoreShowChannels', ['system', 'reporting']],
  ['Hangup', ['system', 'call']],
  ['Originate', ['originate']],
  ['Redirect', ['call']],
  ['QueueStatus', []],
];

function viewOf(keys: Partial<AmiView> = {}, without: readonly string[] = []): AmiView {
  return {
    isBooted: true,
    actions: new Map(ACTIONS.filter(([name]) => !without.includes(name))),
    channels: [],
    event: undefined,
    clockAheadMs: 12,
    ...keys,
  };
}

const withAction = (name: string, classes: readonly string[]): AmiView =>
  viewOf({ actions: new Map([...ACTIONS, [name, classes]]) });

describe('the check of the rights', () => {
  const judge = (view: AmiView | null, settings: ManagerSettings | null = null, makesCalls = true) =>
    english(judgeRights(sectionOf(), view, settings, makesCalls));

  test('is content with the account of the sample', () => {
    expect(judge(viewOf())).toMatchObject({ state: 'ok' });
    expect(judge(viewOf(), settingsOf([userOf()]))).toMatchObject({ state: 'ok' });
  });

  test.each([
    ['no events of Asterisk itself', viewOf({ isBooted: false }), null, 'fail', 'FullyBooted'],
    ['no list of channels', viewOf({}, ['CoreShowChannels']), null, 'fail', 'write lacks reporting'],
    ['no Originate', viewOf({}, ['Originate']), null, 'warn', 'write lacks originate'],
    ['no Hangup', viewOf({}, ['Hangup']), null, 'warn', 'write lacks call'],
    ['Command', withAction('Command', ['command']), null, 'warn', 'too much: command'],
    ['UpdateConfig', withAction('UpdateConfig', ['config']), null, 'warn', 'too much: config'],
    ['DBPut', withAction('DBPut', ['system']), null, 'warn', 'too much: system'],
    ['AGI', withAction('AGI', ['agi']), null, 'warn', 'too much: agi'],
    [
      'dialplan in write, which the console tells',
      viewOf(),
      settingsOf([userOf({ write: ['call', 'reporting', 'originate', 'dialplan'] })]),
      'warn',
      'too much: dialplan',
    ],
    [
      'blanks in read, of which the first class is left',
      viewOf(),
      settingsOf([userOf({ read: ['system'] })]),
      'fail',
      'took read as system: call, agent, user is missing. If it stands there, it has blanks',
    ],
    [
      'no events of queues',
      viewOf(),
      settingsOf([userOf({ read: ['system', 'call', 'user'] })]),
      'warn',
      'agent is missing',
    ],
    [
      'another user who may call from anywhere',
      viewOf(),
      settingsOf([userOf(), userOf({ name: 'crm', hasAcl: false })]),
      'warn',
      'From any address crm may log in',
    ],
  ] as const)('sees %s', (_what, view, settings, state, message) => {
    expect(judge(view, settings)).toMatchObject({ state, message: expect.stringContaining(message) });
  });

  test('asks for the rights to call only where the desk makes calls', () => {
    expect(judge(viewOf({}, ['Originate']), null, false)).toMatchObject({ state: 'ok' });
  });

  test('leaves others alone who may call from their own addresses', () => {
    expect(judge(viewOf(), settingsOf([userOf(), userOf({ name: 'crm' })]))).toMatchObject({ state: 'ok' });
  });

  test('says nothing without a session', () => {
    expect(judge(null)).toMatchObject({ state: 'skipped' });
  });
});

describe('the check of the events', () => {
  const judge = (view: AmiView | null, settings: ManagerSettings | null) =>
    english(judgeEvents(view, settings));
  const channel = (...variables: readonly string[]) =>
    new AmiMessage(
      ['Event', ...variables.map(() => 'ChanVariable')],
      ['CoreShowChannel', ...variables.map((name) => `${name}=`)],
    );
  const all = settingsOf([]).channelVars;
  const timed = new AmiMessage(['Event', 'Privilege', 'Timestamp'], ['Newchannel', 'call,all', '1.5']);
  const untimed = new AmiMessage(['Event', 'Privilege'], ['Newchannel', 'call,all']);

  test.each([
    ['the sample, told by the console', viewOf(), settingsOf([]), 'ok', 'Events bear their time'],
    [
      'no times, told by the console',
      viewOf(),
      settingsOf([], { timestampEvents: false }),
      'warn',
      'timestampevents is off',
    ],
    [
      'variables that are missing, told by the console',
      viewOf(),
      settingsOf([], { channelVars: ['ROUTE_CALLER', 'ROUTE_SHIPMENT'] }),
      'warn',
      'channelvars lacks ROUTE_ORDER, ROUTE_CLIENT, ROUTE_COURIER',
    ],
    ['a call with everything', viewOf({ channels: [channel(...all)], event: timed }), null, 'ok', ''],
    [
      'a call without times',
      viewOf({ channels: [channel(...all)], event: untimed }),
      null,
      'warn',
      'timestampevents is off',
    ],
    ['a call without variables', viewOf({ channels: [channel()] }), null, 'warn', 'channelvars lacks'],
    ['no call to look at', viewOf(), null, 'skipped', 'There is no call now'],
    ['a session that may not ask', viewOf({ channels: null }), null, 'skipped', ''],
    ['no session', null, settingsOf([]), 'skipped', ''],
  ] as const)('sees %s', (_what, view, settings, state, message) => {
    expect(judge(view, settings)).toMatchObject({ state, message: expect.stringContaining(message) });
  });
});

describe('the check of the clock', () => {
  test.each([
    [0, 'ok', 'differ by 0.0 s'],
    [-1_900, 'ok', 'differ by 1.9 s'],
    [2_500, 'warn', '2.5 s ahead'],
    [-3_600_000, 'warn', '3600.0 s behind'],
  ] as const)('finds %i ms %s', (clockAheadMs, state, message) => {
    expect(english(judgeClock(viewOf({ clockAheadMs })))).toMatchObject({
      state,
      message: expect.stringContaining(message),
    });
  });
});
