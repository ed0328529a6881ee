import { afterEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { action, COURIER, DOOR_SECRET, LOGIN, RECIPIENT, startDoor, vendorsRequest } from './parts.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

/** As Asterisk answers it, byte for byte. */
const ANSWERS = [
  'Asterisk Call Manager/5.0.4\r\n',
  'Response: Success\r\nMessage: Authentication accepted\r\n\r\n',
  'Response: Success\r\nMessage: Originate successfully queued\r\n\r\n',
  'Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n',
].join('');

const CALL = {
  by: 'door',
  key: null,
  from: { kind: 'number', number: '79161000011' },
  to: { kind: 'number', number: '79162000001' },
  requester: { name: 'courier 11', user: null, telephones: [], mayActForOthers: false },
};

describe('the request of the source document', () => {
  test('makes the call, in one packet', async () => {
    const { connect, calls, bytes } = await startDoor(cleanups);
    const program = await connect();
    program.send(vendorsRequest());
    expect(await program.ended()).toBe(ANSWERS);
    expect(calls).toEqual([expect.objectContaining(CALL)]);
    expect(bytes()).toMatch(/^Action: Originate\r\n/);
  });

  test('makes the call, in twenty packets', async () => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.socket.setNoDelay(true);
    const request = vendorsRequest();
    const size = Math.ceil(request.length / 20);
    for (let start = 0; start < request.length; start += size) {
      program.send(request.slice(start, start + size));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await program.ended()).toBe(ANSWERS);
    expect(calls).toHaveLength(1);
  });

  test.each([
    ['closes at once', (socket: { end: () => void }) => socket.end()],
    ['resets the connection at once', (socket: { resetAndDestroy: () => void }) => socket.resetAndDestroy()],
  ])('makes the call of a client that never reads and %s', async (_what, leave) => {
    const { connect, calls } = await startDoor(cleanups);
    const { socket } = await connect();
    socket.pause();
    await eventually('the connection', () => !socket.connecting);
    await new Promise<void>((resolve) => {
      socket.write(vendorsRequest(), () => resolve());
    });
    leave(socket);
    await eventually('the call', () => calls.length === 1);
  });

  test('makes the call of a client that stays and never reads', async () => {
    const { connect, calls } = await startDoor(cleanups);
    const { socket } = await connect();
    socket.pause();
    socket.write(vendorsRequest());
    await eventually('the call', () => calls.length === 1);
  });

  test('waits for no end: the login alone is answered at once, and an unfinished action never', async () => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.send(LOGIN);
    await program.until('Authentication accepted');
    program.send(`Action: originate\r\nChannel: SIP/trunk/${COURIER}\r\nExten: ${RECIPIENT}\r\n`);
    program.socket.end();
    await program.ended();
    expect(calls).toEqual([]);
  });

  test.each([
    ['with bare LF', (text: string) => text.replaceAll('\r\n', '\n')],
    [
      'with names in any case and no blank behind the colon',
      (text: string) =>
        text
          .replaceAll(': ', ':')
          .toUpperCase()
          .replace(DOOR_SECRET.toUpperCase(), DOOR_SECRET)
          .replace('MEASOFT', 'measoft'),
    ],
    ['with surplus empty lines', (text: string) => text.replaceAll('\r\n\r\n', '\r\n\r\n\r\n')],
    [
      'with headers that repeat: the first counts',
      (text: string) =>
        text
          .replace('Exten:', `Exten: ${RECIPIENT}\r\nExten:`)
          .replace(/(Exten: .*\r\nExten:).*/, '$1 +79990001122'),
    ],
    ['with the digits alone', (text: string) => text.replaceAll('+7', '7')],
    ['with eight before the numbers', (text: string) => text.replaceAll('+7', '8')],
    [
      'as a driver that is newer has it',
      (text: string) => text.replace(/Channel: .*/, `Channel: PJSIP/${COURIER}@trunk`),
    ],
    [
      'with Async and a timeout',
      (text: string) => text.replace('WaitTime: 30', 'Async: true\r\nTimeout: 30000'),
    ],
  ])('makes the call %s', async (_how, change) => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.send(change(vendorsRequest()));
    await program.ended();
    expect(calls).toEqual([expect.objectContaining(CALL)]);
  });

  test('makes the call with what the vendor’s settings put before the numbers', async () => {
    const { connect, calls } = await startDoor(cleanups, { courierPrefix: '99', recipientPrefix: '8#' });
    const program = await connect();
    program.send(vendorsRequest({ channel: `SIP/gsm/99${COURIER}`, exten: `8#${RECIPIENT}` }));
    await program.ended();
    expect(calls).toEqual([expect.objectContaining(CALL)]);
  });

  test.each([
    ['the office', '100', { kind: 'extension', extension: '100' }],
    ['their manager', '102', { kind: 'extension', extension: '102' }],
  ])('puts a courier through to %s', async (_who, exten, to) => {
    const { connect, calls } = await startDoor(cleanups);
    const program = await connect();
    program.send(vendorsRequest({ exten }));
    await program.ended();
    expect(calls).toEqual([expect.objectContaining({ ...CALL, to })]);
  });

  test('uses nothing of it but the two numbers', async () => {
    const { connect, calls, bytes } = await startDoor(cleanups);
    const program = await connect();
    program.send(vendorsRequest({ channel: `SIP/somewhere/${COURIER}` }));
    await program.ended();
    expect(JSON.stringify(calls) + bytes()).not.toMatch(/somewhere|Context|courier"|WaitTime/);
  });

  test('is the same call when it is repeated at once, and another one when it failed', async () => {
    let works = false;
    const placed: unknown[] = [];
    const { connect, door } = await startDoor(cleanups, {
      placeCall: async (call) => {
        placed.push(call);
        if (!works) throw new Error('Asterisk is away');
        return { id: 'call' };
      },
    });
    const failed = await connect();
    failed.send(vendorsRequest());
    expect(await failed.ended()).toContain('Response: Error\r\nMessage: Originate failed\r\n');
    works = true;
    const programs = await Promise.all([connect(), connect(), connect()]);
    for (const program of programs) program.send(vendorsRequest());
    for (const program of programs) expect(await program.ended()).toBe(ANSWERS);
    expect(placed).toHaveLength(2);
    expect(door.counters.calls).toBe(3);
  });
});

describe('the door speaks AMI', () => {
  test('with a challenge in place of the secret: the same one for the whole connection', async () => {
    const { connect } = await startDoor(cleanups);
    const program = await connect();
    program.send(action('Action: Challenge', 'AuthType: MD5', 'ActionID: a 1'));
    program.send(action('Action: Challenge', 'AuthType: md5'));
    const text = await program.until('Challenge: ');
    await eventually('both', () => program.text().split('Challenge: ').length === 3);
    const [first, second] = [...program.text().matchAll(/Challenge: (\d{1,9})\r\n/g)].map(
      ([, found]) => found,
    );
    expect(first).toBe(second);
    expect(text).toContain('Response: Success\r\nActionID: a 1\r\nChallenge: ');
    const key = createHash('md5').update(`${first}${DOOR_SECRET}`).digest('hex');
    program.send(action('Action: Login', 'AuthType: MD5', 'Username: measoft', `Key: ${key}`));
    await program.until('Authentication accepted');
  });

  test('and says Pong, with the id of the action', async () => {
    const { connect } = await startDoor(cleanups);
    const program = await connect();
    program.send(LOGIN + action('Action: Ping', `ActionID: ${'x'.repeat(900)}`));
    expect(await program.until('Pong')).toMatch(
      /Success\r\nActionID: x{900}\r\nPing: Pong\r\nTimestamp: \d+\.\d{6}\r\n\r\n$/,
    );
  });

  test('answers in order, however many actions come at once', async () => {
    const { connect } = await startDoor(cleanups);
    const program = await connect();
    const pings = Array.from({ length: 2000 }, (_none, index) =>
      action('Action: Ping', `ActionID: ${index}`),
    );
    program.send(LOGIN + pings.join('') + action('Action: Logoff'));
    const ids = [...(await program.ended()).matchAll(/ActionID: (\d+)/g)].map(([, id]) => Number(id));
    expect(ids).toEqual(pings.map((_ping, index) => index));
  });
});
