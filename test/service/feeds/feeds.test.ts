import { afterEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { parse } from 'csv-parse/sync';
import { pino } from 'pino';
import { ConfigError, parseConfig } from '../../../src/config/load.ts';
import { openFeeds } from '../../../src/desk/open-feeds.ts';
import { CsvFolder } from '../../../src/feeds/csv-folder.ts';
import type { FeedMessage } from '../../../src/feeds/receiver.ts';
import { readSigningKey } from '../../../src/feeds/signing-key.ts';
import { Webhook } from '../../../src/feeds/webhook.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { describeFeeds } from '../../lab/journal/feed-behaviour.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(MEMORY, 'courier-agi-feeds-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describeFeeds('sqlite', async (listener) => {
  const path = join(await makeFolder(), 'journal.db');
  const store = await openJournalOn('sqlite', () => sqliteInProcess(path), listener);
  cleanups.add(() => store.close());
  return store;
});

const CALL = {
  ...answeredCall(1, '79161234567'),
  note: '=HYPERLINK("http://evil") «Позвонит завтра» 🚚',
  recordings: [
    {
      id: 'courier-1.wav',
      from: '2026-01-12T08:00:00.000Z',
      until: null,
      bytes: 4711,
      seconds: 27.5,
      state: 'ready' as const,
    },
  ],
  survey: [{ question: 'courier', value: 5, at: '2026-01-12T08:10:00.000Z' }],
};
const message = (kind: FeedMessage['kind'], subject: string): FeedMessage => ({
  id: `id of ${kind}`,
  kind,
  at: 0,
  subject,
  call: CALL,
});
const MESSAGES = [
  message('call.ended', CALL.id),
  message('recording.ready', 'courier-1.wav'),
  message('survey.answered', `${CALL.id} courier`),
];

test.each([
  ['utf-8', '=HYPERLINK("http://evil") «Позвонит завтра» 🚚'],
  ['cp1251', '=HYPERLINK("http://evil") «Позвонит завтра» ??'],
] as const)('a folder gets whole files in %s, whose formulas are texts', async (encoding, note) => {
  const folder = join(await makeFolder(), 'export');
  const receiver = new CsvFolder({ folder, everyMs: 1000, encoding, timeZone: 'Europe/Moscow' });
  await receiver.send(MESSAGES);
  const names = (await readdir(folder)).toSorted();
  expect(names).toEqual([
    expect.stringMatching(/^calls-\d{8}-\d{6}-[0-9a-f]{8}\.csv$/),
    expect.stringMatching(/^recordings-/),
    expect.stringMatching(/^surveys-/),
  ]);
  const tables = await Promise.all(
    names.map(async (name): Promise<Record<string, string>[]> => {
      const bytes = await readFile(join(folder, name));
      const text = encoding === 'cp1251' ? iconv.decode(bytes, 'win1251') : bytes.toString();
      return parse(text, { delimiter: ';', columns: true, bom: true });
    }),
  );
  expect(tables[0]).toMatchObject([
    { event: 'id of call.ended', id: CALL.id, started: '2026-01-12 11:00:01', note: `'${note}` },
  ]);
  expect(tables[1]).toMatchObject([{ recording: 'courier-1.wav', bytes: '4711', shipments: '70001' }]);
  expect(tables[2]).toMatchObject([{ question: 'courier', mark: '5', at: '2026-01-12 11:10:00' }]);
});

test('a folder that cannot be written is told, and leaves nothing behind', async () => {
  const folder = await makeFolder();
  const file = join(folder, 'a file');
  await writeFile(file, '');
  const receiver = new CsvFolder({
    folder: file,
    everyMs: 1000,
    encoding: 'utf-8',
    timeZone: 'Europe/Moscow',
  });
  await expect(receiver.send(MESSAGES)).rejects.toThrow(/EEXIST|ENOTDIR/);
  await chmod(folder, 0o700);
  expect(await readdir(folder)).toEqual(['a file']);
});

test.each([
  ['says nothing', undefined, /did not answer within 100 ms/],
  ['points at somebody else', 302, /answered 302/],
])('a webhook whose receiver %s is not taken', async (_what, status, problem) => {
  const server = createServer((_request, response) => {
    if (status !== undefined) response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.add(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const { port } = server.address() as AddressInfo;
  const webhook = new Webhook({
    url: `http://127.0.0.1:${port}/?token=secret`,
    key: Buffer.from('x'),
    timeoutMs: 100,
  });
  const sent = webhook.send(MESSAGES);
  await expect(sent).rejects.toThrow(problem);
  await expect(sent).rejects.not.toThrow(/secret/);
});

test('a webhook whose receiver is away says where it is, and no more of the address', async () => {
  const webhook = new Webhook({ url: 'http://127.0.0.1:1/?token=secret', key: Buffer.from('x') });
  await expect(webhook.send(MESSAGES)).rejects.toThrow(/^127\.0\.0\.1:1 cannot be reached: /);
});

test.each([
  ['text', 'a key of some bytes'],
  ['text in another alphabet', 'ключ'],
  ['base64', `whsec_${Buffer.from('a key of some bytes').toString('base64')}`],
  ['base64 for addresses', `whsec_${Buffer.from([251, 255, 254, 1]).toString('base64url')}`],
])('a key that is %s', async (what, secret) => {
  const file = join(await makeFolder(), 'crm-secret');
  await writeFile(file, `${secret}\n`);
  const expected = what.startsWith('text')
    ? Buffer.from(secret)
    : Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(readSigningKey(file, 'feeds.0.secretFile')).toEqual(expected);
});

test.each(['', 'whsec_', 'whsec_???', 'whsec_abcde', 'whsec_YWJj ZGVm', 'whsec_a key'])(
  'nothing is signed with the secret %j: it is a mistake of the configuration',
  async (secret) => {
    const folder = await makeFolder();
    const secretFile = join(folder, 'crm-secret');
    await writeFile(secretFile, `${secret}\n`);
    const config = parseConfig(
      JSON.stringify({ feeds: [{ folder }, { url: 'https://crm.example/?token=x', secretFile }] }),
      'test',
    );
    const open = () => openFeeds(config, () => undefined, pino({ level: 'silent' }));
    expect(open).toThrow(ConfigError);
    expect(open).toThrow(`${secretFile}: feeds.1.secretFile: `);
  },
);
