import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseConfig } from '../../../src/config/load.ts';
import { openLoggedDirectory } from '../../../src/server/directory-events.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-log-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What is logged when a server with this snapshot.file opens its directory. */
async function logOf(file: string, url = 'mysql://agi@127.0.0.1:1/courier'): Promise<object[]> {
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const config = parseConfig(JSON.stringify({ database: { url }, snapshot: { file } }), 'test');
  await openLoggedDirectory({ config, file: null, databasePassword: undefined }, logger, () => true).close();
  return lines.map((line) => JSON.parse(line) as object);
}

test('a folder of snapshot.file that is not there is made, and told of', async () => {
  const file = join(folder, 'mispelt/snapshot');
  expect(await logOf(file)).toMatchObject([
    { level: 40, folder: join(folder, 'mispelt'), msg: expect.stringContaining('it has been made') },
  ]);
  expect(statSync(join(folder, 'mispelt')).mode & 0o007).toBe(0);
  expect(await logOf(file)).toEqual([]);
});

test.each([
  ['below a file', 'taken/snapshot'],
  ['that is a folder', '.'],
])('a snapshot.file %s is an error at start', async (_what, path) => {
  writeFileSync(join(folder, 'taken'), '');
  expect(await logOf(join(folder, path))).toMatchObject([
    {
      level: 50,
      problem: expect.stringContaining('cannot be written'),
      msg: 'snapshot file could not be used',
    },
  ]);
});

test('the demo database, which needs no snapshot, makes no folder', async () => {
  expect(await logOf(join(folder, 'none/snapshot'), 'demo:')).toEqual([]);
  expect(statSync(join(folder, 'none'), { throwIfNoEntry: false })).toBeUndefined();
});

test('what the database says is logged without the number that it quotes', async () => {
  // A server that turns everybody away, in its first packet: ER_HOST_NOT_PRIVILEGED.
  const text = Buffer.from('\xff\x6a\x04Host of 79162000001 may not connect', 'latin1');
  const header = Buffer.from([text.length, 0, 0, 0]);
  const unfriendly = createServer((socket) => {
    socket.on('error', () => undefined).end(Buffer.concat([header, text]));
  });
  unfriendly.listen(0, '127.0.0.1');
  await once(unfriendly, 'listening');
  const { port } = unfriendly.address() as AddressInfo;
  let log = '';
  const logger = pino({ base: null }, { write: (line: string) => void (log += line) });
  const config = parseConfig(`database: { url: "mysql://agi@127.0.0.1:${port}/courier" }`, 'test');
  const directory = openLoggedDirectory(
    { config, file: null, databasePassword: undefined },
    logger,
    () => true,
  );
  try {
    await directory.start();
    expect(log).toContain('Host of 7916*****01 may not connect');
    expect(log).not.toContain('79162000001');
  } finally {
    await directory.close();
    unfriendly.close();
  }
});
