import { afterEach, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import type { RefusalReason } from '../../../src/door/options.ts';
import {
  action,
  COURIER,
  DOOR_SECRET,
  LOGIN,
  OFFICE_LOGIN,
  OPERATORS,
  RECIPIENT,
  startDoor,
  vendorsRequest,
} from './parts.ts';

/*
 * What must not pass. After each of them a request that is good still passes, over another connection, and what came to
 * Asterisk is that one call and not a byte more.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

const originate = (...lines: readonly string[]): string =>
  LOGIN +
  action(
    'Action: Originate',
    `Channel: SIP/trunk/${COURIER}`,
    `Exten: ${RECIPIENT}`,
    'Context: courier',
    'Priority: 1',
    ...lines,
  );
const between = (channel: string, exten: string): string =>
  vendorsRequest({ channel: `SIP/trunk/${channel}`, exten });
const through = (channel: string): string => vendorsRequest({ channel });
const may = (...lines: readonly string[]): string => LOGIN + action(...lines);

const REFUSED: readonly (readonly [what: string, request: string, reason: RefusalReason])[] = [
  // Who.
  ['a stranger in place of a courier', between('+79990001122', RECIPIENT), 'not-a-courier'],
  ['a recipient in place of a courier', between(RECIPIENT, COURIER), 'not-a-courier'],
  ['a client in place of a courier', between('+74952000201', RECIPIENT), 'not-a-courier'],
  ['a courier who has left', between('+79161000016', '+79162000013'), 'courier-left'],
  ['a courier who has left, and the office', between('+79161000016', '100'), 'courier-left'],
  // Whom.
  ['two numbers of nobody', between('+79990001122', '+79990001123'), 'not-a-courier'],
  ['a number of nobody', between(COURIER, '+79990001122'), 'not-a-recipient'],
  ['a client', between(COURIER, '+74952000201'), 'not-a-recipient'],
  ['a colleague', between(COURIER, '+79161000012'), 'not-a-recipient'],
  ["another courier's recipient", between('+79161000012', RECIPIENT), 'not-in-hand'],
  ['a recipient whose shipment was delivered', between('+79161000013', '+79162000006'), 'not-in-hand'],
  ['a recipient whose shipment is in the warehouse', between(COURIER, '+79162000005'), 'not-in-hand'],
  ['a shipment that another one took over', between('+79161000013', '+79162000002'), 'not-in-hand'],
  ['an extension that is not the office’s', between(COURIER, '104'), 'not-a-recipient'],
  ['a service number', between(COURIER, '112'), 'not-a-recipient'],
  ['a premium number', between(COURIER, '+78095552233'), 'not-a-recipient'],
  ['satellite telephones', between(COURIER, '+881612345678'), 'not-a-recipient'],
  ['the courier’s own number', between(COURIER, COURIER), 'number'],
  // Numbers that are none.
  ['no number', between(COURIER, ''), 'number'],
  ['letters', between(COURIER, 'operator'), 'number'],
  ['a pattern', between(COURIER, '_X.'), 'number'],
  ['a second number behind &', between(COURIER, `${RECIPIENT}&79990001122`), 'number'],
  ['an option of Dial()', between(COURIER, `${RECIPIENT},30,gG`), 'number'],
  ['a variable', between(COURIER, '${EXTEN}'), 'number'],
  ['a device in place of a number', between(COURIER, 'SIP/79990001122@trunk'), 'number'],
  ['another context behind @', between(COURIER, `${RECIPIENT}@from-internal`), 'number'],
  ['a number with a keypad tone', between(COURIER, `${RECIPIENT}*1`), 'number'],
  ['digits without end', between(COURIER, '7'.repeat(400)), 'number'],
  ['digits of another script', between(COURIER, '٧٩١٦٢٠٠٠٠٠١'), 'number'],
  // Channels.
  ['no channel', through(''), 'form'],
  ['a channel without a number', through('SIP/trunk'), 'number'],
  ['a second device behind &', through(`SIP/trunk/${COURIER}&SIP/trunk/+79990001122`), 'form'],
  ['a second device before &', through(`SIP/trunk/+79990001122&SIP/trunk/${COURIER}`), 'form'],
  ['a Local channel', through(`Local/${COURIER}@from-internal`), 'form'],
  ['a Local channel in other letters', through(`lOcAl/${COURIER}@from-internal/n`), 'form'],
  ['a number as technology', through(`${COURIER}/trunk`), 'form'],
  ['an expression in the channel', through(`SIP/\${SHELL(id)}/${COURIER}`), 'form'],
  ['an option in the channel', through(`SIP/trunk/${COURIER},30,g`), 'form'],
  ['a caret in the channel', through(`SIP/trunk/${COURIER}^x`), 'form'],
  ['two numbers in the channel', through(`SIP/+79990001122/${COURIER}@trunk`), 'form'],
  // More than a call needs.
  ['an application', originate('Application: System', 'Data: id'), 'form'],
  ['an innocent application', originate('Application: Playback', 'Data: hello'), 'form'],
  ['a variable', originate('Variable: CALLERID(num)=100'), 'form'],
  ['a variable that runs a command', originate('Variable: X=${SHELL(id)}'), 'form'],
  ['an account', originate('Account: boss'), 'form'],
  ['a channel id', originate('ChannelId: courier-1'), 'form'],
  ['another channel id', originate('OtherChannelId: courier-1'), 'form'],
  ['early media', originate('EarlyMedia: true'), 'form'],
  ['a subroutine', originate('PreDialGoSub: evil,s,1'), 'form'],
  ['codecs', originate('Codecs: alaw'), 'form'],
  ['a header that nobody knows', originate('X-Hello: world'), 'form'],
  ['a line without a colon', originate('hello'), 'form'],
  // Other actions.
  ['a command', may('Action: Command', 'Command: core show channels'), 'dangerous-action'],
  ['a file of the configuration', may('Action: GetConfig', 'Filename: manager.conf'), 'dangerous-action'],
  [
    'a change of the configuration',
    may('Action: UpdateConfig', 'SrcFilename: manager.conf'),
    'dangerous-action',
  ],
  ['a module', may('Action: ModuleLoad', 'LoadType: load', 'Module: app_system.so'), 'dangerous-action'],
  ['a reload', may('Action: Reload'), 'dangerous-action'],
  [
    'a transfer of somebody’s call',
    may('Action: Redirect', 'Channel: SIP/101-1', 'Exten: 1'),
    'dangerous-action',
  ],
  ['a recording', may('Action: MixMonitor', 'Channel: SIP/101-1', 'Command: id'), 'dangerous-action'],
  ['a variable of somebody’s call', may('Action: Getvar', 'Variable: SHELL(id)'), 'dangerous-action'],
  ['the list of calls', may('Action: CoreShowChannels'), 'action'],
  ['a hang-up', may('Action: Hangup', 'Channel: /.*/'), 'action'],
  ['the end of a queue', may('Action: QueueReset'), 'action'],
  ['a bridge’s end', may('Action: BridgeDestroy', 'BridgeUniqueid: 1'), 'dangerous-action'],
  ['events', may('Action: Events', 'EventMask: on'), 'action'],
  ['what a session may do', may('Action: ListCommands'), 'action'],
  ['a second login', LOGIN + OFFICE_LOGIN, 'action'],
  ['an action without a name', may('ActionID: 1'), 'unreadable'],
  // Without a login.
  [
    'a call before the login',
    action('Action: Originate', `Channel: SIP/trunk/${COURIER}`, `Exten: ${RECIPIENT}`),
    'action',
  ],
  ['a command before the login', action('Action: Command', 'Command: id'), 'action'],
  ['a wrong secret', vendorsRequest().replace(DOOR_SECRET, 'guess'), 'login'],
  ['an empty secret', vendorsRequest().replace(DOOR_SECRET, ''), 'login'],
  ['a user whom there is not', vendorsRequest().replace('measoft', 'admin'), 'login'],
  [
    'a key of another challenge',
    vendorsRequest().replace(/Secret:.*/, 'AuthType: MD5\r\nKey: d41d8cd98f00b204e9800998ecf8427e'),
    'login',
  ],
  [
    'a login in the body of a request',
    action('Action: Originate', 'Action: Login', 'Username: measoft', `Secret: ${DOOR_SECRET}`),
    'action',
  ],
  // What is no AMI.
  ['a NUL in a number', between(COURIER, `${RECIPIENT}\0`), 'unreadable'],
  ['a bare CR that could begin a line', originate('CallerID: 0\rApplication: System'), 'unreadable'],
  ['an escape in the id', originate('ActionID: \u001B[2J'), 'unreadable'],
  ['a line that is too long', originate(`ActionID: ${'x'.repeat(1020)}`), 'unreadable'],
  [
    '1,000 lines',
    originate(...Array.from({ length: 1000 }, (_none, index) => `ActionID: ${index}`)),
    'unreadable',
  ],
  ['an endless line', LOGIN + `Channel: ${'x'.repeat(200_000)}`, 'unreadable'],
  ['an HTTP request', 'POST / HTTP/1.1\r\nHost: x\r\n\r\nAction: Originate\r\n\r\n', 'unreadable'],
  ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 'unreadable'],
];

test('there are more than 40 kinds of them', () => {
  expect(REFUSED.length).toBeGreaterThan(60);
});

describe('is refused, and nothing comes to Asterisk:', () => {
  test.each(REFUSED)('%s', async (_what, request, reason) => {
    const { connect, calls, refusals, bytes } = await startDoor(cleanups);
    const program = await connect();
    program.send(request);
    const text = await program.until('Response: Error\r\n');
    await eventually('the refusal', () => refusals.length > 0);
    expect(refusals[0]?.reason).toBe(reason);
    expect(text).not.toContain('queued');
    // None of it tells what the person is: only that it is not allowed.
    expect(text).not.toMatch(/courier|recipient|limit|database|number|entitled/i);
    expect(text).not.toMatch(/7916\d{7}/);
    expect(calls).toEqual([]);
    expect(bytes()).toBe('');

    const good = await connect();
    good.send(vendorsRequest());
    await good.until('Originate successfully queued');
    expect(calls).toHaveLength(1);
    expect(bytes().match(/Action: /g)).toHaveLength(1);
  });
});

describe('who asks learns nothing:', () => {
  test('every refusal that concerns people is the same, byte for byte', async () => {
    const { connect } = await startDoor(cleanups);
    const said = new Set<string>();
    for (const [, request, reason] of REFUSED) {
      if (!/^(?:not-|courier-left)/.test(reason)) continue;
      const program = await connect();
      program.send(request);
      said.add(await program.ended());
    }
    expect(said.size).toBe(1);
  });

  test('an unknown user, a wrong secret and an address that is not theirs look alike, and take a second', async () => {
    const { connect } = await startDoor(cleanups, {
      accounts: [{ ...OPERATORS, secret: DOOR_SECRET, username: 'measoft', allow: ['127.0.0.1'] }, OPERATORS],
      // As it is by default.
      refusalMs: undefined,
    });
    const attempts = [
      [vendorsRequest().replace('measoft', 'nobody'), '127.0.0.1'],
      [vendorsRequest().replace(DOOR_SECRET, 'wrong'), '127.0.0.1'],
      [vendorsRequest(), '127.0.0.7'],
    ] as const;
    const begun = performance.now();
    const said = await Promise.all(
      attempts.map(async ([request, address]) => {
        const program = await connect(address);
        program.send(request);
        return program.ended();
      }),
    );
    expect(performance.now() - begun).toBeGreaterThan(990);
    expect(new Set(said)).toEqual(
      new Set(['Asterisk Call Manager/5.0.4\r\nResponse: Error\r\nMessage: Authentication failed\r\n\r\n']),
    );
  });

  test('an address of no account gets no banner', async () => {
    const { connect, door } = await startDoor(cleanups, {
      accounts: [{ ...OPERATORS, allow: ['127.0.0.9'] }],
    });
    const program = await connect('127.0.0.8');
    expect(await program.ended()).toBe('');
    expect(door.counters.dropped).toBe(1);
  });
});

describe('an account with the channel and the context of the other program', () => {
  const exact = { channel: 'SIP/{NUMBER}@trunk', context: 'courier' };

  test('takes these alone', async () => {
    const accounts = [
      { ...OPERATORS, ...exact, username: 'measoft', secret: DOOR_SECRET, may: 'courierCalls' as const },
    ];
    const { connect, refusals, calls } = await startDoor(cleanups, { accounts });
    const ask = async (change: (text: string) => string) => {
      const program = await connect();
      program.send(change(vendorsRequest({ channel: `SIP/${COURIER}@trunk` })));
      return program.ended();
    };
    expect(await ask((text) => text)).toContain('queued');
    for (const change of [
      (text: string) => text.replace('@trunk', '@other'),
      (text: string) => text.replace(/Channel: .*/, `Channel: SIP/trunk/${COURIER}`),
      (text: string) => text.replace('Context: courier', 'Context: from-internal'),
      (text: string) => text.replace('Context: courier\r\n', ''),
    ]) {
      expect(await ask(change)).toContain('Permission denied');
    }
    expect(refusals.map(({ reason }) => reason)).toEqual(['form', 'form', 'form', 'form']);
    expect(calls).toHaveLength(1);
  });
});

describe('the log of refusals', () => {
  test('masks numbers, and holds no secret', async () => {
    const { connect, refusals } = await startDoor(cleanups, {
      placeCall: async () => {
        throw new Error(`AMI said: no such number 79162000001, secret=${DOOR_SECRET}`);
      },
    });
    for (const request of [
      between(COURIER, '+79990001122'),
      vendorsRequest(),
      vendorsRequest().replace(DOOR_SECRET, 'guess-1'),
    ]) {
      const program = await connect();
      program.send(request);
      await program.ended();
    }
    expect(refusals).toHaveLength(3);
    expect(refusals[0]).toEqual({
      reason: 'not-a-recipient',
      account: 'measoft',
      address: '127.0.0.1',
      from: '7916*****11',
      to: '7999*****22',
    });
    expect(JSON.stringify(refusals)).not.toMatch(/7916\d{6}|guess-1|change-me/);
  });
});
