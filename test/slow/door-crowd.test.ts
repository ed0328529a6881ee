import { afterEach, describe, expect, test } from '@jest/globals';
import { connect as connectTls } from 'node:tls';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { selfSigned } from '../lab/certificate.ts';
import {
  action,
  DOOR_SECRET,
  LOGIN,
  OFFICE_LOGIN,
  startDoor,
  vendorsRequest,
  watchProgram,
} from '../service/door/parts.ts';

/** Connections that get in the way of those who have something to say. */
const cleanups = new Cleanups();
afterEach(cleanups.run);

/** Half of what those may take who do not log in. */
const QUICK_MS = 5000;

/** A courier's call, from the connection to the answer. In ms. */
async function courierCall(connect: Awaited<ReturnType<typeof startDoor>>['connect']): Promise<number> {
  const begun = performance.now();
  const program = await connect();
  program.send(vendorsRequest());
  await program.until('Originate successfully queued');
  return performance.now() - begun;
}

describe('connections that say nothing, or little', () => {
  test('500 idle and 100 dripping ones do not hold up a courier, from the same address', async () => {
    const { connect, door } = await startDoor(cleanups);
    const crowd = await Promise.all(Array.from({ length: 600 }, () => connect()));
    const dripping = crowd.slice(500);
    let dripped = 0;
    const drip = setInterval(() => {
      for (const { socket } of dripping)
        if (!socket.destroyed) socket.write('Action: login\r\n'[dripped % 15] ?? '');
      dripped += 1;
    }, 20);
    cleanups.add(async () => clearInterval(drip));
    await eventually('the crowd', () => crowd.filter(({ socket }) => !socket.connecting).length === 600);
    for (let index = 0; index < 10; index += 1) expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
    // Of one address there are no more without a login than it may have.
    await eventually('the oldest have gone', () => door.connections <= 201);
    expect(door.counters.dropped).toBeGreaterThanOrEqual(400);
  });

  test('nor do those who fill every place of the door, from several addresses', async () => {
    const { connect, door } = await startDoor(cleanups, { maxConnections: 100, maxPerAddress: 60 });
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];
    const crowd = await Promise.all(
      Array.from({ length: 200 }, (_none, index) => connect(addresses[index % 4] ?? '')),
    );
    await eventually('the crowd', () => crowd.every(({ socket }) => !socket.connecting));
    await eventually('the first have gone', () => door.connections <= 100);
    expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
  });

  test('who has logged in keeps the place', async () => {
    const { connect } = await startDoor(cleanups, { maxConnections: 5 });
    const office = await connect();
    office.send(OFFICE_LOGIN);
    await office.until('accepted');
    for (let index = 0; index < 20; index += 1) await (await connect()).until('Asterisk Call Manager');
    office.send(action('Action: Ping'));
    await office.until('Pong');
  });

  test('one account leaves room for the others', async () => {
    const { connect, door } = await startDoor(cleanups, { maxConnections: 20 });
    for (let index = 0; index < 30; index += 1) {
      const program = await connect();
      program.send(OFFICE_LOGIN);
      await program.until('accepted');
    }
    expect(door.connections).toBeLessThanOrEqual(11);
    expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
  });

  test('who does not log in in time is closed without a word, however the bytes drip', async () => {
    const { connect, door } = await startDoor(cleanups, { loginSeconds: 1 });
    const idle = await connect();
    const dripping = await connect();
    const drip = setInterval(() => {
      if (!dripping.socket.destroyed) dripping.socket.write('X: y\r\n');
    }, 50);
    cleanups.add(async () => clearInterval(drip));
    const banner = 'Asterisk Call Manager/5.0.4\r\n';
    expect([await idle.ended(), await dripping.ended()]).toEqual([banner, banner]);
    expect(door.connections).toBe(0);
  });

  test('who sends without end and reads nothing is cut off, and takes no memory', async () => {
    const { connect, door } = await startDoor(cleanups);
    const flood = await connect();
    flood.socket.pause();
    flood.send(LOGIN);
    const pings = action('Action: Ping', `ActionID: ${'x'.repeat(900)}`).repeat(1000);
    const send = setInterval(() => {
      if (!flood.socket.destroyed && flood.socket.writableLength < 1_000_000) flood.send(pings);
    }, 5);
    cleanups.add(async () => clearInterval(send));
    await eventually('the end of it', () => door.connections === 0, 30_000);
    expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
  }, 60_000);
});

describe('TLS', () => {
  test('carries the request, and plain connections get nothing', async () => {
    const { cert, key } = await selfSigned('localhost');
    const { port, connect, calls } = await startDoor(cleanups, { tls: { cert, key }, loginSeconds: 2 });
    const socket = connectTls({ port, host: '127.0.0.1', ca: cert, servername: 'localhost' });
    cleanups.add(async () => void socket.destroy());
    const secure = watchProgram(socket);
    secure.send(vendorsRequest());
    expect(await secure.ended()).toContain('Originate successfully queued');
    expect(calls).toHaveLength(1);

    const plain = await connect();
    plain.send(vendorsRequest());
    expect(await plain.ended()).not.toContain('Asterisk');
    expect(calls).toHaveLength(1);
  });

  test('is not held up by those who begin it and go no further', async () => {
    const { cert, key } = await selfSigned('localhost');
    const { port, connect, door } = await startDoor(cleanups, { tls: { cert, key }, maxPerAddress: 50 });
    await Promise.all(Array.from({ length: 300 }, () => connect()));
    await eventually('the oldest have gone', () => door.connections <= 50);
    const socket = connectTls({ port, host: '127.0.0.1', ca: cert, servername: 'localhost' });
    cleanups.add(async () => void socket.destroy());
    const secure = watchProgram(socket);
    secure.send(vendorsRequest());
    expect(await secure.ended()).toContain('Originate successfully queued');
  });
});

test('while wrong secrets wait for their answer, others are served', async () => {
  const { connect } = await startDoor(cleanups);
  const wrong = await Promise.all(Array.from({ length: 50 }, () => connect()));
  for (const program of wrong) program.send(vendorsRequest().replace(DOOR_SECRET, 'guess'));
  expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
  for (const program of wrong) expect(await program.ended()).toContain('Authentication failed');
});

test('connections that are gone before they are looked at do no harm', async () => {
  const { connect, door } = await startDoor(cleanups);
  // An address that nobody can tell any more is what the kernel leaves of a connection that was reset in its queue.
  for (let round = 0; round < 20; round += 1) {
    const crowd = await Promise.all(Array.from({ length: 20 }, () => connect()));
    for (const { socket } of crowd) socket.once('connect', () => socket.resetAndDestroy());
    await eventually('all have gone', () => crowd.every(({ socket }) => socket.destroyed));
  }
  expect(await courierCall(connect)).toBeLessThan(QUICK_MS);
  await eventually('none is left', () => door.connections === 0);
});
