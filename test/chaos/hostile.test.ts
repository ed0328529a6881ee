import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { playCall, type CallResult } from '../../src/simulator/asterisk.ts';
import { RawPeer } from '../unit/agi/raw-peer.ts';
import { Served } from './parts/served.ts';

const COURIER = '79161000011';
const RECIPIENT = '79162000001';
const DEADLINE_MS = 1500;
/** Grown by so much at most, whatever is sent; a V8 that is busy takes some of it anyway. */
const BOUND_MB = 80;

let database: DatabaseServer;
let served: Served;

beforeAll(async () => {
  database = await startMariadb();
  await createCourierDatabase(database);
  await insertDemoCompany(database);
  served = await Served.start(`
listen: { port: 0 }
http: { enabled: false }
database: { url: "mysql://root@127.0.0.1:${database.port}/courier" }
snapshot: { enabled: false }
routing: { deadlineMs: ${DEADLINE_MS} }
`);
  for (let i = 0; i < 50; i += 1) await call(COURIER);
}, SERVER_START_MS);
afterAll(async () => {
  await served?.kill();
  await database?.stop();
});

const call = (callerId: string, more: readonly (readonly [string, string])[] = []): Promise<CallResult> =>
  playCall(
    { host: '127.0.0.1', port: served.port },
    { environment: new Map([['agi_callerid', callerId], ...more]), presets: new Map() },
  );
const expectGoodService = async () => {
  expect((await call(COURIER)).variables.get('ROUTE_STATUS')).toBe('OK');
};

/** Sends without end, or as much as it may. @returns what was sent, in bytes, and what came back */
async function pour(chunk: Buffer, bytes: number, pauseMs = 0): Promise<{ sent: number; text: string }> {
  const socket: Socket = createConnection({ host: '127.0.0.1', port: served.port });
  let text = '';
  let gone = false;
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', () => {});
  socket.once('close', () => (gone = true));
  const isGone = (): boolean => gone;
  while (!isGone() && socket.bytesWritten < bytes) {
    const isRoom = socket.write(chunk);
    if (pauseMs > 0) await sleep(pauseMs);
    else if (!isRoom) {
      await Promise.race([
        new Promise((resolve) => socket.once('drain', resolve)),
        new Promise((resolve) => socket.once('close', resolve)),
      ]);
    }
  }
  const sent = socket.bytesWritten;
  socket.destroy();
  return { sent, text };
}

const MB = 1_000_000;
const FLOODS: readonly (readonly [string, Buffer, number])[] = [
  ['60 MB without a newline', Buffer.alloc(65_536, 'x'), 60 * MB],
  ['60 MB of lines', Buffer.from('agi_x: y\n'.repeat(5000)), 60 * MB],
  ['60 MB of one key', Buffer.from(`agi_callerid: ${'7'.repeat(2000)}\n`.repeat(20)), 60 * MB],
  ['60 MB of blank lines', Buffer.alloc(65_536, '\n'), 60 * MB],
  ['60 MB of NUL', Buffer.alloc(65_536), 60 * MB],
  ['60 MB of invalid UTF-8', Buffer.alloc(65_536, 0xff), 60 * MB],
  ['60 MB of HANGUP', Buffer.from('HANGUP\n'.repeat(5000)), 60 * MB],
  ['60 MB of replies', Buffer.from(`agi_network: yes\n\n${'200 result=1 (x\n'.repeat(3000)}`), 60 * MB],
];

describe('a peer that sends', () => {
  test.each(FLOODS)('%s is cut off, and costs no memory', async (_what, chunk, bytes) => {
    const before = served.memoryMb;
    const floods = await Promise.all(Array.from({ length: 8 }, () => pour(chunk, bytes)));
    // What the kernel's buffers take, and what is thrown away before the connection is dropped.
    for (const { sent } of floods) expect(sent).toBeLessThan(20 * MB);
    expect(served.memoryMb - before).toBeLessThan(BOUND_MB);
    await expectGoodService();
  });

  test.each([
    ['a byte at a time', Buffer.from('a')],
    ['a line at a time', Buffer.from('agi_x: y\n')],
    ['a newline at a time', Buffer.from('\r')],
  ])('%s, slowly, is cut off at the deadline', async (_what, chunk) => {
    const before = served.memoryMb;
    const startedAt = performance.now();
    const drips = Array.from({ length: 100 }, () => pour(chunk, MB, 30));
    await sleep(300);
    // They take no one's place.
    await expectGoodService();
    await Promise.all(drips);
    // The deadline, the time to close afterwards, and what a busy machine adds. Without a limit: 8 hours.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(served.memoryMb - before).toBeLessThan(BOUND_MB);
    await expectGoodService();
  });
});

/** What nobody but us may write on the line: one MSet. */
function expectOneHarmlessAnswer({ commands, problems }: CallResult): void {
  expect(problems).toEqual([]);
  expect(commands).toHaveLength(1);
  expect(commands[0]).toMatch(/^EXEC "MSet" "(?:ROUTE_[A-Z_]+\d?=[\w@/&+*.-]*,?)+"$/);
}

describe('a caller who calls himself', () => {
  test.each([
    `${COURIER}"\\nEXEC System "reboot`,
    '${SHELL(reboot)}',
    '$[1+1]',
    "' OR '1'='1",
    `${COURIER}' -- `,
    `${COURIER}; DROP TABLE contacts`,
    `${COURIER}&PJSIP/evil`,
    `${COURIER}@evil,30,A(x)`,
    'Local/s@evil/n',
    '../../etc/passwd',
    '%s%n',
    '\u202E79161000011',
    'Ｆｕｌｌ９１６',
    '7'.repeat(5000),
  ])('%j gets one harmless answer', async (text) => {
    for (const key of ['agi_callerid', 'agi_calleridname', 'agi_dnid', 'agi_uniqueid', 'agi_accountcode']) {
      const result = await call(COURIER, [[key, text]]);
      expectOneHarmlessAnswer(result);
      const expected = key === 'agi_callerid' ? /^(?:INVALID|UNKNOWN)$/ : /^OK$/;
      // Digits with something else around may be read as a number; then it is that number and nothing else.
      const { variables } = result;
      if (key !== 'agi_callerid' || variables.get('ROUTE_STATUS') !== 'OK') {
        expect(variables.get('ROUTE_STATUS')).toMatch(expected);
      } else expect(variables.get('ROUTE_NUMBER')).toBe(COURIER);
    }
    await database.sql('SELECT 1 FROM courier.contacts LIMIT 1');
  });

  test.each([
    ['a second number', `x\nagi_callerid: ${COURIER}`],
    ['another script', `x\nagi_network_script: route?number=${COURIER}`],
    ['an argument', 'x\nagi_arg_1: y'],
    ['the end of the environment and a reply', `x\n\n200 result=1 (${COURIER})`],
    ['a hangup', 'x\n\nHANGUP'],
    ['no key', 'x\nno key'],
    ['a NUL', 'x\0y'],
  ])('something with a line break that forges %s gains nothing', async (_what, name) => {
    const { variables, commands } = await call('79990000000', [['agi_calleridname', name]]);
    expect(variables.get('ROUTE_STATUS')).toMatch(/^(?:ERROR|UNKNOWN)$/);
    expect(variables.has('ROUTE_DIAL_1')).toBe(false);
    for (const command of commands) expect(command).toMatch(/^EXEC "MSet" "ROUTE_/);
    await expectGoodService();
  });
});

/** Devices of the templates, and nothing else. */
const DIAL = /^PJSIP\/(?:\d+@trunk|\d{2,6})(?:&PJSIP\/(?:\d+@trunk|\d{2,6}))*$/;

describe('a courier’s telephone in the database that reads', () => {
  test.each([
    '89161000099&PJSIP/evil',
    '89161000099,30,A(x)',
    '89161000099@evil',
    'PJSIP/evil',
    '${SHELL(reboot)}',
    '8 916 100 00 99/n',
    '89161000099"),EXEC(System,reboot',
    '89161000099\nEXEC System reboot',
    'доб. 12',
    '',
  ])('%j leads to numbers of the trunk, or to nobody', async (phone) => {
    await database.sql('UPDATE courier.kurier SET phonem = ?, phonek = ? WHERE code = 11', [phone, phone]);
    await database.sql("UPDATE courier.users SET extPhone = ? WHERE user = 'olga'", [phone]);
    for (const caller of [RECIPIENT, COURIER]) {
      const result = await call(caller);
      expectOneHarmlessAnswer(result);
      const dials = [...result.variables].filter(([name]) => name.startsWith('ROUTE_DIAL'));
      for (const [, dial] of dials) expect(dial).toMatch(DIAL);
    }
  });
});

test('an address that is not in listen.allow is cut off before a byte is read', async () => {
  const strict = await Served.start(
    'listen: { port: 0, allow: [192.0.2.1] }\nhttp: { enabled: false }\ndatabase: { url: "demo:" }\n',
  );
  try {
    for (let i = 0; i < 20; i += 1) {
      const peer = await RawPeer.connect(strict.port);
      peer.send(`agi_network: yes\nagi_callerid: ${COURIER}\n\n`);
      await peer.untilEnd();
      expect(peer.text).toBe('');
    }
    expect(strict.log).not.toContain('"msg":"call"');
    const MESSAGE = 'connection refused: its address is not in listen.allow';
    strict.signal('SIGTERM');
    expect(await strict.exit).toBe(0);
    const lines = strict.log.split('\n').filter((line) => line.includes(MESSAGE));
    expect(lines[0]).toContain('"address":"127.0.0.1"');
    // A line a second at most, and in all of them each one that was cut off.
    expect(lines.length).toBeLessThan(10);
    const counts = lines.map((line) => Number(/"count":(\d+)/.exec(line)?.[1]));
    expect(counts.reduce((sum, count) => sum + count)).toBe(20);
  } finally {
    await strict.kill();
  }
});
