import { afterEach, describe, expect, test } from '@jest/globals';
import { AmiMessage } from '../../../src/ami/message.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { action, COURIER, OFFICE_LOGIN, OPERATORS, RECIPIENT, startDoor } from './parts.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

const call = (channel: string, exten: string, ...lines: readonly string[]): string =>
  action(
    'Action: Originate',
    `Channel: ${channel}`,
    `Exten: ${exten}`,
    'Context: office',
    'Priority: 1',
    ...lines,
  );

const event = (headers: Readonly<Record<string, string>>) =>
  new AmiMessage(Object.keys(headers), Object.values(headers));

describe('an account of the office', () => {
  test.each([
    ['SIP/101', '101'],
    ['PJSIP/102', '102'],
    ['SIP/102@phones', '102'],
  ])('calls from %s, a telephone of a user, to any number', async (channel, extension) => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.send(OFFICE_LOGIN + call(channel, '+79990001122'));
    await program.until('Originate successfully queued');
    expect(calls).toEqual([
      {
        requester: { name: 'olga', user: 'olga', telephones: ['101', '102'], mayActForOthers: false },
        by: 'door',
        deadline: expect.anything(),
        key: null,
        from: { kind: 'extension', extension },
        to: { kind: 'number', number: '79990001122' },
      },
    ]);
  });

  test('calls from a mobile of the list, and a colleague', async () => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.send(OFFICE_LOGIN + call('SIP/trunk/+79035550004', '101'));
    await program.until('Originate successfully queued');
    expect(calls).toMatchObject([
      { from: { kind: 'number', number: '79035550004' }, to: { kind: 'extension', extension: '101' } },
    ]);
  });

  test.each([
    ['an extension of nobody', call('SIP/105', RECIPIENT), 'not-an-operator'],
    ['a courier’s telephone', call(`SIP/trunk/${COURIER}`, RECIPIENT), 'not-an-operator'],
    ['a stranger’s number', call('SIP/trunk/+79990001122', RECIPIENT), 'not-an-operator'],
    ['a Local channel', call('Local/101@from-internal', RECIPIENT), 'form'],
    ['two telephones', call('SIP/101&SIP/102', RECIPIENT), 'form'],
    ['a variable', call('SIP/101', RECIPIENT, 'Variable: X=1'), 'form'],
    ['an application', call('SIP/101', RECIPIENT, 'Application: ChanSpy', 'Data: SIP/103'), 'form'],
    ['a number with more behind it', call('SIP/101', `${RECIPIENT}&SIP/102`), 'number'],
    ['a command', action('Action: Command', 'Command: x'), 'dangerous-action'],
    ['what others do', action('Action: CoreShowChannels'), 'action'],
    ['a hang-up of somebody’s call', action('Action: Hangup', 'Channel: /.*/'), 'action'],
  ])('is refused %s', async (_what, request, reason) => {
    const { connect, calls, refusals, bytes } = await startDoor(cleanups);
    const program = await connect();
    program.send(OFFICE_LOGIN + request);
    await program.until('Permission denied');
    expect(refusals.map((refusal) => refusal.reason)).toEqual([reason]);
    expect(calls).toEqual([]);
    expect(bytes()).toBe('');
  });

  test('is one user’s from the first call on', async () => {
    const { connect, calls, refusals } = await startDoor(cleanups);
    const program = await connect();
    program.send(
      OFFICE_LOGIN + call('SIP/101', RECIPIENT) + call('SIP/103', RECIPIENT) + call('SIP/102', RECIPIENT),
    );
    await eventually('three answers', () => program.text().split('Response:').length === 5);
    expect(calls.map(({ from }) => from)).toEqual([
      { kind: 'extension', extension: '101' },
      { kind: 'extension', extension: '102' },
    ]);
    expect(refusals).toMatchObject([{ reason: 'not-an-operator', from: '103' }]);
  });

  test('of one user calls from no telephone of others', async () => {
    const { connect, refusals } = await startDoor(cleanups, { accounts: [{ ...OPERATORS, user: 'pavel' }] });
    const program = await connect();
    program.send(OFFICE_LOGIN + call('SIP/101', RECIPIENT));
    await program.until('Permission denied');
    expect(refusals).toMatchObject([{ reason: 'not-an-operator' }]);
  });
});

describe('events', () => {
  const OLGAS = event({
    Event: 'Newstate',
    Privilege: 'call,all',
    Channel: 'PJSIP/101-0000002a',
    ChannelStateDesc: 'Ringing',
    ConnectedLineNum: '79162000001',
    ChanVariable: 'ROUTE_SHIPMENT=70001',
  });
  const RINGS_AT_OLGA = event({
    Event: 'DialBegin',
    Channel: 'PJSIP/trunk-00000001',
    DestChannel: 'SIP/102-00000002',
  });
  const OTHERS = [
    event({ Event: 'Newstate', Channel: 'PJSIP/103-0000002b' }),
    event({ Event: 'Newstate', Channel: 'PJSIP/1010-0000002b' }),
    event({ Event: 'Newstate', Channel: 'PJSIP/trunk-0000002b', CallerIDNum: '101', Exten: '101' }),
    event({ Event: 'DialBegin', Channel: 'PJSIP/trunk-00000001', DestChannel: 'PJSIP/103-00000003' }),
    event({ Event: 'Newstate', Channel: 'Local/101@x-00000001;1' }),
    event({ Event: 'UserEvent', UserEvent: 'X', Channel: '' }),
    event({ Event: 'PeerStatus', Peer: 'PJSIP/101' }),
  ];

  test('go to the user whose telephone it is, without what the dialplan knows, and to nobody else', async () => {
    const { connect, door } = await startDoor(cleanups, {
      accounts: [OPERATORS, { ...OPERATORS, username: 'pavel', user: 'pavel' }],
    });
    const [olga, pavel, unknown] = [await connect(), await connect(), await connect()];
    olga.send(OFFICE_LOGIN + call('SIP/101', RECIPIENT));
    pavel.send(OFFICE_LOGIN.replace('office', 'pavel'));
    unknown.send(OFFICE_LOGIN);
    await olga.until('queued');
    await pavel.until('accepted');
    await unknown.until('accepted');
    for (const one of [...OTHERS, OLGAS, RINGS_AT_OLGA]) door.tell(one);
    const text = (await olga.until('SIP/102')).split('\r\n\r\n').filter((part) => part.startsWith('Event:'));
    expect(text).toEqual([
      'Event: Newstate\r\nPrivilege: call,all\r\nChannel: PJSIP/101-0000002a\r\nChannelStateDesc: Ringing\r\nConnectedLineNum: 79162000001',
      'Event: DialBegin\r\nChannel: PJSIP/trunk-00000001\r\nDestChannel: SIP/102-00000002',
    ]);
    expect((await pavel.until('103-00000003')).match(/Event: \w+/g)).toEqual([
      'Event: Newstate',
      'Event: DialBegin',
    ]);
    expect(unknown.text()).not.toContain('Event:');
  });

  test('cannot be forged by a caller’s name', async () => {
    const { connect, door } = await startDoor(cleanups, { accounts: [{ ...OPERATORS, user: 'olga' }] });
    const program = await connect();
    program.send(OFFICE_LOGIN);
    await program.until('accepted');
    door.tell(
      event({
        Event: 'Newstate',
        Channel: 'PJSIP/101-0000002a',
        ConnectedLineName: 'x\r\n\r\nEvent: Hangup\r\nX: y',
        End: '1',
      }),
    );
    expect((await program.until('End: 1')).match(/\r\nEvent: /g)).toHaveLength(1);
  });

  test('are not sent to whoever wants none, nor to an account of couriers', async () => {
    const { connect, door } = await startDoor(cleanups, { accounts: [{ ...OPERATORS, user: 'olga' }] });
    const program = await connect();
    program.send(OFFICE_LOGIN.replace('\r\n\r\n', '\r\nEvents: off\r\n\r\n'));
    await program.until('accepted');
    door.tell(OLGAS);
    program.send(action('Action: Ping'));
    expect(await program.until('Pong')).not.toContain('Event:');
  });

  test('are not kept for a program that does not read them: it is cut off', async () => {
    const { connect, door } = await startDoor(cleanups, { accounts: [{ ...OPERATORS, user: 'olga' }] });
    const program = await connect();
    program.send(OFFICE_LOGIN);
    await program.until('accepted');
    program.socket.pause();
    for (let index = 0; index < 100_000 && door.connections > 0; index += 1) {
      door.tell(OLGAS);
      if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually('the end of the connection', () => door.connections === 0);
  });
});
