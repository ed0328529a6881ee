import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { checkDoor as checkDoorIn } from '../../../src/doctor/desk/door.check.ts';
import type { DeskHealth } from '../../../src/doctor/desk/desk-health.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { inEnglishLater } from './in-english.ts';

const checkDoor = inEnglishLater(checkDoorIn);
const cleanups = new Cleanups();
let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'stranger', uid: 54_321, gids: [54_321] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-door-'));
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});
afterEach(async () => {
  await cleanups.run();
  rmSync(folder, { recursive: true });
});

const RUNNING: DeskHealth = {
  ready: true,
  role: 'following',
  asterisks: [],
  journal: { problem: null, waiting: 0, damage: null },
  closed: [],
};

interface Around {
  readonly secret?: string;
  readonly user?: ServiceUser;
  /** Null: the section is missing. */
  readonly calls?: object | null;
  /** What a running desk tells of itself. */
  readonly health?: Partial<DeskHealth>;
}

async function check(
  keys: object = {},
  {
    secret = 'a-secret-of-more-than-16',
    user = owner,
    calls = { callerId: '74951234567' },
    health,
  }: Around = {},
) {
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  const door = {
    enabled: true,
    host: '127.0.0.1',
    port: await freeTcpPort(),
    accounts: [{ username: 'measoft', secretFile, allow: ['203.0.113.7'] }],
    ...keys,
  };
  return checkDoor(
    parseConfig(JSON.stringify({ door, ...(calls !== null && { calls }) }), 'test'),
    user,
    health === undefined ? null : { ...RUNNING, ...health },
  );
}

/** @returns the port of a server that says something at once */
async function listen(text: string): Promise<number> {
  const server = createServer((socket) => socket.end(text));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanups.add(async () => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');
  return address.port;
}

describe('the check of the door', () => {
  test('has nothing to say where there is none', async () => {
    expect(await check({ enabled: false })).toMatchObject({ state: 'skipped' });
  });

  test('finds that no call can pass without the section calls', async () => {
    const found = await check({}, { calls: null });
    expect(found).toMatchObject({ state: 'fail', remedy: expect.stringContaining('callerId') });
  });

  test('finds a secret that the service may not read, and one that can be guessed', async () => {
    const unread = await check({}, { user: stranger });
    expect(unread).toMatchObject({
      state: 'fail',
      remedy: expect.stringContaining('install -m 640 -g stranger'),
    });
    expect(await check({}, { secret: 'short' })).toMatchObject({
      state: 'warn',
      message: 'The secret of measoft has 5 characters: it can be guessed.',
    });
    expect(await check({}, { secret: '' })).toMatchObject({ state: 'fail' });
  });

  test.each([
    ['203.0.113.0/24', 'ok'],
    ['203.0.113.7', 'ok'],
    ['2001:db8::/64', 'ok'],
    ['203.0.0.0/16', 'warn'],
    ['0.0.0.0/0', 'warn'],
    ['::/0', 'warn'],
  ])('judges %s as %s', async (allowed, state) => {
    const accounts = [{ username: 'measoft', secretFile: join(folder, 'secret'), allow: [allowed] }];
    expect(await check({ accounts })).toMatchObject({ state });
  });

  test('sees who has its port', async () => {
    expect((await check()).message).toMatch(/^The door opens on port \d+ with the desk\.$/);
    const answering = await listen('Asterisk Call Manager/5.0.4\r\n');
    expect(await check({ port: answering })).toMatchObject({
      state: 'ok',
      message: `The door answers on port ${answering}.`,
    });
    // This machine is in no allow of the account: the door closes without a word.
    const shut = await listen('');
    expect(await check({ port: shut })).toMatchObject({
      state: 'ok',
      message: `The door answers on port ${shut}.`,
    });
    expect(await check({ port: await listen('SSH-2.0\r\n') })).toMatchObject({ state: 'warn' });
  });

  test('sees that a running desk has not opened it, and why', async () => {
    const closed = [{ part: 'door', problem: 'door.port: received 5039; cannot listen.' }];
    const tls = { certFile: '/c', keyFile: '/k' };
    for (const keys of [{}, { tls }]) {
      expect(await check(keys, { health: { closed } })).toMatchObject({
        state: 'warn',
        message: expect.stringMatching(/^The door is not open: door\.port: received 5039/),
      });
    }
    expect(await check({ tls }, { health: { closed: [] } })).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/^The desk has opened the door on port/),
    });
    expect(await check({}, { health: { closed: [] } })).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('does not answer'),
      remedy: expect.stringContaining('systemctl restart courier-agi-desk'),
    });
  });
});
