import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as company from '../../src/directory/demo/company.ts';
import type { ManagedDirectory } from '../../src/directory/directory.ts';
import { parseDatabaseUrl } from '../../src/directory/mysql/database-url.ts';
import { MysqlDirectory } from '../../src/directory/mysql/mysql.directory.ts';
import { takeSnapshot } from '../../src/directory/snapshot/take-snapshot.ts';
import { openResilientDirectory, type SnapshotOptions } from '../../src/directory/open.ts';
import type { SnapshotEvent } from '../../src/directory/snapshot/refresher.ts';
import type { Match } from '../../src/directory/match.ts';
import { eventually } from '../lab/eventually.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy, type TcpProxy } from '../lab/databases/tcp-proxy.ts';

const COURIER = '79161000011';
const NUMBERS = [
  ...new Set(company.contacts.map(({ VALUE }) => VALUE.replace(/^8\D/, '7').replaceAll(/\D/g, ''))),
];
const ENOUGH_MS = 10_000;

describe.each(DATABASE_SERVERS)('the snapshot of %s', (_name, startServer) => {
  let server: DatabaseServer;
  let proxy: TcpProxy;
  let folder: string;
  let file: string;
  let directory: ManagedDirectory;
  let events: SnapshotEvent[];
  let breaker: boolean[];

  beforeAll(async () => {
    server = await startServer();
    await createCourierDatabase(server);
    await insertDemoCompany(server);
    // What contacts holds besides telephone numbers.
    await server.sql(
      "INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES (201, 2, 'knigi@example.org')",
    );
  }, SERVER_START_MS);
  beforeEach(async () => {
    proxy = await startTcpProxy(server);
    folder = mkdtempSync(join(tmpdir(), 'courier-agi-snapshot-'));
    file = join(folder, 'snapshot');
    events = [];
    breaker = [];
  });
  afterEach(async () => {
    await directory?.close();
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });
  afterAll(() => server?.stop());

  const open = async (changes: Partial<SnapshotOptions> = {}, inHandStates = [1], old?: ManagedDirectory) => {
    directory = openResilientDirectory(
      {
        url: `mysql://root@127.0.0.1:${proxy.port}/courier`,
        poolSize: 4,
        contactPersonClientColumn: 'client',
        inHandStates,
      },
      { enabled: true, file, refreshSeconds: 3600, maxAgeSeconds: 3600, liveBudgetMs: 300, ...changes },
      {
        maxBudgetMs: 1000,
        onSnapshot: (event) => events.push(event),
        onProblem: () => breaker.push(true),
        onBack: () => breaker.push(false),
      },
    );
    if (old !== undefined) directory.inherit?.(old);
    return directory.start();
  };
  const seen = (kind: SnapshotEvent['kind']) => until(() => events.some((event) => event.kind === kind));
  const away = () => proxy.stop();

  test('holds the numbers of a contacts table whose VALUE is binary', async () => {
    const numbers = async () => {
      await open();
      await seen('taken');
      return events.flatMap((event) => (event.kind === 'taken' ? [event.numbers] : []));
    };
    const ofText = await numbers();
    await directory.close();
    events = [];
    rmSync(file);
    await server.sql('ALTER TABLE contacts MODIFY VALUE varbinary(100) NOT NULL');
    try {
      expect(await numbers()).toEqual(ofText);
      await away();
      expect(await directory.find(COURIER, ENOUGH_MS)).toMatchObject({
        source: 'snapshot',
        matches: [{ kind: 'courier', courier: 11 }],
      });
    } finally {
      await server.sql('ALTER TABLE contacts MODIFY VALUE varchar(100) NOT NULL');
    }
  });

  test('tells in which rare ways numbers are written, and a reload forgets none', async () => {
    await server.sql("INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES (201, 2, '916-200-99-99')");
    try {
      await open();
      const old = directory;
      await seen('taken');
      const live = { source: 'live', matches: [{ kind: 'client' }] };
      expect(await old.find('79162009999', ENOUGH_MS)).toMatchObject(live);
      await open({ liveBudgetMs: 400 }, [1], old);
      await old.close();
      expect(await directory.find('79162009999', ENOUGH_MS)).toMatchObject(live);
    } finally {
      await server.sql("DELETE FROM contacts WHERE VALUE = '916-200-99-99'");
    }
  });

  test('that is being taken keeps no stop waiting for a database that says nothing more', async () => {
    await open({ file: undefined });
    // The first page has been asked for, at once where no file is written.
    proxy.delay(60_000);
    const closed = directory.close();
    // Its connections get a second; the page alone would have five.
    expect(await Promise.race([closed.then(() => 'closed'), sleep(3000).then(() => 'waits')])).toBe('closed');
    expect(events).toEqual([]);
  });

  test('says of every number what the database says', async () => {
    await open();
    await seen('taken');
    const live = new Map<string, unknown>();
    for (const number of NUMBERS) {
      const answer = await directory.find(number, ENOUGH_MS);
      expect(answer).toMatchObject({ source: 'live', ageSeconds: 0 });
      live.set(number, withoutWriting(answer.matches));
    }
    await away();
    for (const number of NUMBERS) {
      const answer = await directory.find(number, ENOUGH_MS);
      expect(answer.source).toBe('snapshot');
      expect(answer.matches).toEqual(live.get(number));
    }
    expect(events).toMatchObject([{ kind: 'taken', numbers: NUMBERS.length }]);
  });

  test.each([1, 2, 3, 7, 1000])('is the same in pages of %i', async (pageSize) => {
    const live = new MysqlDirectory({
      address: parseDatabaseUrl(`mysql://root@127.0.0.1:${proxy.port}/courier`),
      poolSize: 1,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
      maxBudgetMs: 10_000,
      pageSize,
    });
    try {
      const snapshot = await takeSnapshot(live, null, new AbortController().signal, 'soon');
      expect(snapshot.size).toBe(NUMBERS.length);
      for (const number of NUMBERS) {
        const { matches } = await live.find(number, ENOUGH_MS);
        expect(snapshot.find(number)).toEqual(withoutWriting(matches));
      }
    } finally {
      await live.close();
    }
  });

  test('answers after a restart with the database still away', async () => {
    await open();
    await seen('taken');
    await directory.close();
    await away();
    expect(await open()).toMatchObject({ state: 'unavailable' });
    await seen('failed');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'loaded', numbers: NUMBERS.length }));
    expect(await directory.find(COURIER, ENOUGH_MS)).toMatchObject({
      source: 'snapshot',
      matches: [{ kind: 'courier', courier: 11 }],
    });
  });

  test('spares callers the wait, and steps back when the database is there again', async () => {
    await open();
    await seen('taken');
    server.freeze();
    try {
      const sources = [];
      for (let call = 0; call < 4; call += 1) sources.push((await directory.find(COURIER, ENOUGH_MS)).source);
      expect(sources).toEqual(Array(4).fill('snapshot'));
      // The first three waited for the database; the fourth did not ask it.
      expect(breaker).toEqual([true]);
    } finally {
      server.thaw();
    }
    await until(() => breaker.length === 2);
    expect(breaker).toEqual([true, false]);
    expect(await directory.find(COURIER, ENOUGH_MS)).toMatchObject({ source: 'live' });
  });

  test('is not used when it is too old, and there is an error instead', async () => {
    await open();
    await seen('taken');
    await directory.close();
    await away();
    const [header = '', ...rest] = readFileSync(file, 'utf8').split('\n');
    const old = JSON.stringify({ ...JSON.parse(header), takenAt: Date.now() - 3_700_000 });
    writeFileSync(file, [old, ...rest].join('\n'));
    await open();
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
    await directory.close();
    await open({ maxAgeSeconds: 7200 });
    expect((await directory.find(COURIER, ENOUGH_MS)).ageSeconds).toBeGreaterThanOrEqual(3700);
  });

  test('of a database asked in another way is not used', async () => {
    await open();
    await seen('taken');
    await directory.close();
    await away();
    await open({}, [1, 2]);
    expect(events.map(({ kind }) => kind)).not.toContain('loaded');
    await expect(directory.find(COURIER, ENOUGH_MS)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
  });

  test.each([
    ['is cut off', (text: string) => text.slice(0, -20)],
    ['is no snapshot', () => '{"hello": 1}\n'],
    ['is rubbish', () => '\u0000\u0001'],
  ])('in a file that %s is reported and replaced', async (_case, damage) => {
    await open();
    await seen('taken');
    await directory.close();
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    events = [];
    await open();
    await seen('taken');
    expect(events.map(({ kind }) => kind)).toEqual(['file-failed', 'taken']);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toMatch(/^\{"entries":\d+\}$/);
  });

  test('stays in memory where its file cannot be written', async () => {
    writeFileSync(file, 'a file, not a folder');
    await open({ file: join(file, 'snapshot') });
    await seen('taken');
    expect(events.map(({ kind }) => kind)).toContain('file-failed');
    await away();
    expect(await directory.find(COURIER, ENOUGH_MS)).toMatchObject({ source: 'snapshot' });
  });

  test('is for the server alone, and holds no name, address or password', async () => {
    await open();
    await seen('taken');
    expect(statSync(file).mode & 0o077).toBe(0);
    const text = readFileSync(file, 'utf8');
    const secrets = [
      ...company.kurier.map(({ name }) => name),
      ...company.clients.flatMap(({ company: name, pass }) => [name, pass]),
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test('can be switched off', async () => {
    await open({ enabled: false });
    await away();
    await expect(directory.find(COURIER, 500)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
    expect(events).toEqual([]);
  });
});

/** The snapshot does not tell how a number is written. */
function withoutWriting(matches: readonly Match[]): Match[] {
  return matches.map((match) => {
    const { writtenAs, ...rest } = match;
    return writtenAs === undefined ? match : rest;
  });
}

function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return eventually('the change is told', condition, 30_000);
}
