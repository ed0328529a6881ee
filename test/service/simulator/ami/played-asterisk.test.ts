import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import type { AmiClientOptions } from '../../../../src/ami/options.ts';
import { PlayedAsterisk, type PlayedAsteriskOptions } from '../../../../src/simulator/ami/played-asterisk.ts';
import { recording } from '../../../../src/simulator/ami/recording.ts';
import { inbound, originated } from '../../../../src/simulator/ami/stories.ts';
import { Cleanups } from '../../../lab/cleanups.ts';
import { SECRET, until } from '../../../unit/ami/fake-ami.ts';
import { recordedEvents } from '../../../unit/ami/streams.ts';
import { WatchedClient } from '../../../unit/ami/watched-client.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function started(options: Partial<PlayedAsteriskOptions> = {}): Promise<PlayedAsterisk> {
  const account = { username: 'desk', secret: SECRET };
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account, speed: 100, ...options });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  return asterisk;
}

async function followed(
  options: Partial<PlayedAsteriskOptions> = {},
  client: Partial<AmiClientOptions> = {},
) {
  const asterisk = await started(options);
  const watched = new WatchedClient(asterisk.port, client);
  cleanups.add(() => watched.client.stop());
  await watched.ready();
  return { asterisk, watched, client: watched.client };
}

const CALL = {
  from: '79162000001',
  to: '1000',
  rings: ['101', '102'],
  answeredBy: '101',
  ringSeconds: 3,
  talkSeconds: 20,
  endedBy: 'caller',
} as const;
const ORIGINATE = [
  ['Channel', 'PJSIP/101'],
  ['ChannelId', 'mine-1'],
  ['Context', 'courier-call'],
  ['Exten', '79162000001'],
  ['Priority', '1'],
  ['CallerID', '"Company" <74951234567>'],
  ['Async', 'true'],
] as const;

describe('the played Asterisk', () => {
  test.each(['22-a', '22-c2', '22-b', '16-e3'])('plays the recorded stream %s to a client', async (name) => {
    const { asterisk, watched } = await followed({ speed: Infinity }, { events: ['all'] });
    await asterisk.play(recording(asterisk.ids, recordedEvents(name)));
    const names = recordedEvents(name).map(({ Event }) => Event);
    await until('all events', () => watched.events.length > names.length);
    expect(watched.events.slice(1).map(({ event }) => event)).toEqual(names);
    expect(watched.flaws).toEqual([]);
    expect(asterisk.channels).toBe(0);
  });

  test('tells the time as it would be in life', async () => {
    const { asterisk, watched } = await followed({ speed: Infinity });
    const before = Date.now() / 1000;
    await asterisk.play(inbound(asterisk.ids, CALL));
    await watched.untilEvent('Hangup', 3);
    const last = Number(watched.events.at(-1)?.get('Timestamp'));
    expect(last - before).toBeGreaterThan(23);
    expect(last - before).toBeLessThan(26);
  });

  test('sends only the classes that were asked for', async () => {
    const { asterisk, watched } = await followed({ speed: Infinity }, { events: ['system', 'cdr'] });
    await asterisk.play(recording(asterisk.ids, recordedEvents('22-a')));
    await watched.untilEvent('Cdr', 2);
    expect(new Set(watched.events.map(({ event }) => event))).toEqual(new Set(['FullyBooted', 'Cdr']));
  });

  test('lists the channels that there are', async () => {
    const { asterisk, watched, client } = await followed({ speed: 10 });
    void asterisk.play(inbound(asterisk.ids, CALL));
    await watched.untilEvent('BridgeEnter', 2);
    const list = await client.list('CoreShowChannels');
    expect(list.flaws).toBe(0);
    const bridges = list.items.map((item) => item.get('BridgeId'));
    expect(bridges).toHaveLength(2);
    expect(new Set(bridges).size).toBe(1);
    expect(list.items.map((item) => item.get('ChannelStateDesc'))).toEqual(['Up', 'Up']);
    expect((await client.action('CoreStatus')).get('CoreCurrentCalls')).toBe('1');
  });

  test('makes a call that was asked for', async () => {
    const { asterisk, watched, client } = await followed();
    const answer = await client.action('Originate', ORIGINATE);
    expect(answer.get('Message')).toBe('Originate successfully queued');
    await watched.untilEvent('OriginateResponse');
    await watched.untilEvent('Hangup', 2);
    const response = watched.events.find(({ event }) => event === 'OriginateResponse');
    expect(response?.toJSON()).toMatchObject({
      Response: 'Success',
      Reason: '4',
      Uniqueid: 'mine-1',
      CallerIDNum: '74951234567',
    });
    expect(response?.get('ActionID')).toBe(answer.get('ActionID'));
    expect(asterisk.channels).toBe(0);
  });

  test('lets a test say what becomes of it', async () => {
    const onOriginate: PlayedAsteriskOptions['onOriginate'] = (ids, request) =>
      originated(ids, { ...request, ringSeconds: 1, outcome: 'first is busy', talkSeconds: 0 });
    const { watched, client } = await followed({ onOriginate });
    await client.action('Originate', ORIGINATE);
    await watched.untilEvent('Hangup');
    expect(watched.events.find(({ event }) => event === 'DialEnd')?.get('DialStatus')).toBe('BUSY');
  });

  test.each([
    ['while it rings', 'DialState', ['DialEnd', 'OriginateResponse', 'Hangup']],
    ['while they talk', 'BridgeEnter', ['BridgeLeave', 'BridgeLeave', 'Hangup', 'Hangup']],
  ] as const)('hangs up a call %s', async (_title, when, ending) => {
    const { asterisk, watched, client } = await followed({ speed: 4 });
    await client.action('Originate', ORIGINATE);
    await watched.untilEvent(when);
    if (when === 'BridgeEnter') await watched.untilEvent(when, 2);
    const seen = watched.events.length;
    await client.action('Hangup', [['Channel', 'mine-1']]);
    await watched.untilEvent('Hangup', when === 'BridgeEnter' ? 2 : 1);
    expect(watched.events.slice(seen).map(({ event }) => event)).toEqual(ending);
    expect(watched.flaws).toEqual([]);
    expect(asterisk.channels).toBe(0);
  });

  test.each([
    ['an unknown action', 'Foo', [], /Invalid\/unknown command: Foo/],
    ['a channel that is gone', 'Hangup', [['Channel', 'x']], /No such channel/],
    ['an Originate without a channel', 'Originate', [['Async', 'true']], /Channel not specified/],
    ['one with a channel that is none', 'Originate', [['Channel', 'x']], /Invalid channel/],
    ['one that would wait', 'Originate', [['Channel', 'a/b']], /Originate failed/],
    [
      'one to an extension that there is not',
      'Originate',
      [
        ['Channel', 'a/b'],
        ['Context', 'c'],
        ['Exten', '1'],
      ],
      /Extension does not exist/,
    ],
  ] as const)('refuses %s', async (_title, action, headers, message) => {
    const { client } = await followed({ unknownExtensions: ['c,1'] });
    await expect(client.action(action, headers)).rejects.toMatchObject({
      code: 'AMI_ACTION',
      message: expect.stringMatching(message),
    });
  });

  test('refuses a wrong secret', async () => {
    const asterisk = await started();
    const watched = new WatchedClient(asterisk.port, { secret: 'wrong' });
    cleanups.add(() => watched.client.stop());
    expect(await watched.problem()).toMatchObject({ code: 'AMI_LOGIN' });
  });

  test('breaks the connection, stops and starts again', async () => {
    const { asterisk, watched } = await followed();
    asterisk.disconnect();
    await watched.ready(2);
    void asterisk.play(inbound(asterisk.ids, CALL));
    await asterisk.stop();
    expect(asterisk.channels).toBe(0);
    await until('down', () => watched.downs.length === 2);
    await asterisk.start();
    await watched.ready(3);
  });

  test('cuts off a reader that stalls', async () => {
    const asterisk = await started({ speed: Infinity });
    const socket = connect(asterisk.port, '127.0.0.1');
    let text = '';
    let closed = false;
    socket.on('error', () => undefined).on('close', () => (closed = true));
    socket.on('data', (part) => (text += String(part)));
    socket.write(`Action: Login\r\nUsername: desk\r\nSecret: ${SECRET}\r\n\r\n`);
    await until('the login', () => text.includes('Authentication accepted'));
    socket.pause();
    for (let count = 0; count < 2000; count += 1) await asterisk.play(inbound(asterisk.ids, CALL));
    socket.resume();
    await until('the end', () => closed);
  });

  test('reads actions as Asterisk does', async () => {
    const asterisk = await started();
    const socket = connect(asterisk.port, '127.0.0.1').setEncoding('utf8');
    cleanups.add(async () => void socket.destroy());
    let text = '';
    socket.on('data', (part: string) => (text += part));
    socket.write('action:login\nusername:   desk\nUsername: other\n');
    socket.write(`secret:${SECRET}\nevents: off\n\n`);
    await until('the login', () => text.includes('Authentication accepted'));
    expect(text).not.toContain('FullyBooted');
    socket.write(`Action: Ping\r\nX: ${'x'.repeat(1020)}\r\n\r\n`);
    await until('the refusal', () => text.includes('line too long'));
    socket.write(`Action: Ping\r\n${'X: y\r\n'.repeat(128)}\r\n`);
    await until('the refusal', () => text.includes('Too many lines'));
    socket.write('Action: Logoff\r\n\r\n');
    await until('the end', () => text.includes('Response: Goodbye'));
  });
});
