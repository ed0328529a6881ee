import { afterEach, describe, expect, test } from '@jest/globals';
import type { AmiClientOptions } from '../../../src/ami/options.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { FakeAmi, header, type ReceivedAction, success, until } from './fake-ami.ts';
import { recordedEvents, wireText } from './streams.ts';
import { WatchedClient } from './watched-client.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

const [newchannel = {}] = recordedEvents('22-a');
const { Event: _event, Privilege: _privilege, Timestamp: _timestamp, ...SNAPSHOT } = newchannel;

function item(action: ReceivedAction, changes: Readonly<Record<string, string>> = {}): string {
  const end = { Application: 'Dial', ApplicationData: 'x', Duration: '00:00:01', BridgeId: '' };
  return wireText({
    Event: 'CoreShowChannel',
    ActionID: header(action, 'ActionID'),
    ...SNAPSHOT,
    ...end,
    ...changes,
  });
}

function start(action: ReceivedAction): string {
  return success(action, 'EventList: start', 'Message: Channels will follow');
}

function complete(action: ReceivedAction, items: number): string {
  return wireText({
    Event: 'CoreShowChannelsComplete',
    ActionID: header(action, 'ActionID'),
    EventList: 'Complete',
    ListItems: String(items),
  });
}

async function connected(
  coreshowchannels: (action: ReceivedAction, ami: FakeAmi) => string,
  options: Partial<AmiClientOptions> = {},
) {
  const ami: FakeAmi = await new FakeAmi({
    answers: { coreshowchannels: (action) => coreshowchannels(action, ami) },
  }).start();
  cleanups.add(() => ami.stop());
  const watched = new WatchedClient(ami.port, options);
  cleanups.add(() => watched.client.stop());
  await watched.ready();
  return { ami, watched, client: watched.client };
}

describe('a list', () => {
  test('comes with its answer, its items and its end', async () => {
    const { client, watched } = await connected(
      (action) => start(action) + item(action) + item(action, { Uniqueid: '2' }) + complete(action, 2),
    );
    const list = await client.list('CoreShowChannels');
    expect(list.answer.get('Message')).toBe('Channels will follow');
    expect(list.items.map((one) => one.get('Uniqueid'))).toEqual([newchannel['Uniqueid'], '2']);
    expect(list.complete?.get('ListItems')).toBe('2');
    expect(list.flaws).toBe(0);
    expect(watched.story).toEqual(['ready', 'FullyBooted']);
  });

  test('of nothing', async () => {
    const { client } = await connected((action) => start(action) + complete(action, 0));
    expect((await client.list('CoreShowChannels')).items).toEqual([]);
  });

  test('that is none: the answer alone', async () => {
    const { client } = await connected((action) => success(action));
    expect(await client.list('CoreShowChannels')).toMatchObject({ items: [], complete: undefined });
  });

  test('two at once', async () => {
    const { client } = await connected((action) => start(action) + item(action) + complete(action, 1));
    const lists = await Promise.all([client.list('CoreShowChannels'), client.list('CoreShowChannels')]);
    expect(lists.map(({ items }) => items.length)).toEqual([1, 1]);
  });

  test('events behind it are handed on after whoever awaits it has acted', async () => {
    const event = wireText(newchannel);
    const { client, watched } = await connected(
      (action) => event + start(action) + item(action) + complete(action, 1) + event,
    );
    await client.list('CoreShowChannels');
    watched.story.push('list');
    await watched.untilEvent('Newchannel', 2);
    expect(watched.story.slice(2)).toEqual(['Newchannel', 'list', 'Newchannel']);
  });

  test('with more items than allowed is given up, and what still comes of it is no event', async () => {
    const { client, watched } = await connected(
      (action) => start(action) + item(action).repeat(5) + complete(action, 5),
    );
    await expect(client.list('CoreShowChannels', [], 3)).rejects.toMatchObject({
      code: 'AMI_ACTION',
      message: 'The list of CoreShowChannels has more than 3 items.',
    });
    await client.action('Ping');
    expect(watched.events.map(({ event }) => event)).toEqual(['FullyBooted']);
    expect(client.counters.unexpected).toBe(2);
  });

  test('that never ends', async () => {
    const { client } = await connected((action) => start(action) + item(action), { timing: { listMs: 30 } });
    await expect(client.list('CoreShowChannels')).rejects.toMatchObject({ code: 'AMI_TIMEOUT' });
  });

  test('with an item torn by its caller says that it is not whole', async () => {
    const hostile = `1\r\n\r\n${wireText({ ...newchannel, Uniqueid: 'forged' })}X: `;
    const { client, watched } = await connected(
      (action) => start(action) + item(action, { CallerIDNum: hostile }) + item(action) + complete(action, 2),
    );
    const list = await client.list('CoreShowChannels');
    expect(list.items).toHaveLength(1);
    expect(list.flaws).toBe(3);
    expect(watched.flaws.map(({ kind }) => kind)).toEqual(['torn', 'distrusted', 'distrusted']);
    expect(watched.events.map(({ event }) => event)).toEqual(['FullyBooted']);
  });
});

describe('what is not believed', () => {
  test('a forged answer needs an ActionID that nobody can guess', async () => {
    const { ami, client, watched } = await connected(() => '');
    const list = client.list('CoreShowChannels');
    ami.peer.send('Response: Success\r\nActionID: 1\r\n\r\nResponse: Error\r\nMessage: x\r\n\r\n');
    ami.peer.send(wireText({ Event: 'CoreShowChannelsComplete', ActionID: '1', EventList: 'Complete' }));
    await client.action('Ping');
    expect(client.counters.unexpected).toBe(3);
    expect(watched.story).toEqual(['ready', 'FullyBooted']);
    await client.stop();
    await expect(list).rejects.toMatchObject({ code: 'AMI_CLOSED' });
  });

  test('is counted and told, and the events after it are handed on', async () => {
    const { ami, client, watched } = await connected(() => '');
    ami.peer.send(wireText(newchannel).replace('Exten: ', 'Foo: bar\r\nExten: ') + wireText(newchannel));
    await watched.untilEvent('Newchannel');
    expect(watched.flaws).toEqual([{ kind: 'malformed', what: 'Newchannel has "Foo" in place of Exten' }]);
    expect(client.counters).toMatchObject({ malformed: 1, events: 2, dropped: 0 });
    expect(client.ready).toBe(true);
  });

  test('an answer to what was asked ends the distrust, since nobody can guess its id', async () => {
    const { ami, client, watched } = await connected(() => '');
    ami.peer.send('Event: Newchannel\r\nPrivilege: call,all\r\nChannel: x\r\n\r\n');
    ami.peer.send(`Response: Success\r\nActionID: 1\r\n\r\n${wireText(newchannel)}`);
    await until('the flaws', () => watched.flaws.length === 3);
    await client.action('Ping');
    ami.peer.send(wireText(newchannel));
    await watched.untilEvent('Newchannel');
    expect(watched.flaws.map(({ kind }) => kind)).toEqual(['torn', 'distrusted', 'distrusted']);
    expect(watched.story).toEqual(['ready', 'FullyBooted', 'Newchannel']);
  });

  test('when a torn event is never completed, the connection is made anew', async () => {
    const { ami, watched } = await connected(() => '');
    ami.peer.send('Event: Newchannel\r\nPrivilege: call,all\r\nChannel: x\r\n\r\n');
    ami.peer.send(wireText(newchannel).repeat(120));
    await watched.ready(2);
    expect(watched.downs[0]).toMatchObject({
      code: 'AMI_PROTOCOL',
      message: expect.stringMatching(/other half/),
    });
    expect(watched.story.slice(0, 4)).toEqual(['ready', 'FullyBooted', 'down', 'ready']);
  });
});
