import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kysely, MysqlDialect } from 'kysely';
import { isJournalAway, isRefusal } from '../../src/journal/errors.ts';
import { limitedPool } from '../../src/journal/mysql/limited-pool.ts';
import { openPool } from '../../src/directory/mysql/open-pool.ts';
import { IDLE_MS, Sessions } from '../../src/accounts/sessions.ts';
import type { JournalStore } from '../../src/journal/journal.store.ts';
import { openJournal, openJournalOn } from '../../src/journal/open.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { answeredCall, time } from '../lab/journal/sample-calls.ts';
import { sqliteInProcess } from '../lab/journal/sqlite-in-process.ts';
import { describeFeeds } from '../lab/journal/feed-behaviour.ts';
import { describeRecordings } from '../lab/journal/recordings-behaviour.ts';
import { describeJournalStore } from '../lab/journal/store-behaviour.ts';
import { buildProgram } from '../lab/build-program.ts';
import { codeBlocks, readDocument } from '../unit/docs/markdown.ts';

interface MigrationDatabase {
  readonly journal_migrations: { readonly name: string };
}

const cleanups = new Cleanups();

/** Behind the header, so that it still looks like a database. */
async function damage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write('damage'.repeat(600), 100);
  await file.close();
}
afterEach(cleanups.run);

describe.each(DATABASE_SERVERS)('a journal on %s', (_name, start) => {
  let server: DatabaseServer;
  let databases = 0;
  beforeAll(async () => {
    server = await start();
  }, SERVER_START_MS);

  const makeUrl = async (): Promise<string> => {
    const name = `journal_${++databases}`;
    await server.sql(`create database ${name}`);
    return server.url(name);
  };

  // To make the tables anew takes a server a second or more, with each test.
  let shared: JournalStore | undefined;
  afterAll(async () => {
    await shared?.close();
    await server.stop();
  });
  describeJournalStore(async () => {
    shared ??= await openJournal(await makeUrl());
    for (const table of [
      'calls',
      'call_keys',
      'gaps',
      'leases',
      'surveys',
      'survey_answers',
      'recordings',
    ] as const) {
      await shared.db.deleteFrom(table).execute();
    }
    return shared;
  });

  describeRecordings(async () => openJournal(await makeUrl()));

  describeFeeds('mysql', async (listener) => {
    const store = await openJournal(await makeUrl(), undefined, listener);
    cleanups.add(() => store.close());
    return store;
  });

  test('is opened by two desks at the same time', async () => {
    const url = await makeUrl();
    const stores = await Promise.all([openJournal(url), openJournal(url)]);
    for (const store of stores) cleanups.add(() => store.close());
    await Promise.all(stores.map((store, desk) => store.save([answeredCall(desk, '79161234567')])));
    expect((await stores[0]?.list({}, 10))?.calls).toHaveLength(2);
  });

  test('gives every call a place of its own, though two desks write the same millisecond at once', async () => {
    const url = await makeUrl();
    const stores = await Promise.all([openJournal(url), openJournal(url)]);
    for (const store of stores) cleanups.add(() => store.close());
    const id = (round: number, desk: number, n: number) => `main-${round}.${desk}${n}`;
    const rounds = 20;
    for (let round = 0; round < rounds; round++) {
      const startedAt = time(round * 1000);
      const calls = (desk: number) =>
        Array.from({ length: 5 }, (_, n) =>
          answeredCall(round, `7916${desk}000000`, { id: id(round, desk, n), startedAt }),
        );
      await Promise.all(stores.map((store, desk) => store.save(calls(desk))));
      // A newer version, while the other one writes new ones.
      await Promise.all(stores.map((store, desk) => store.save(calls(desk))));
    }
    const { calls } = (await stores[0]?.list({}, 1000)) ?? { calls: [] };
    expect(calls).toHaveLength(rounds * 10);
    for (const call of calls) expect(call.from.number).toBe(`7916${call.id.split('.')[1]?.[0]}000000`);
    for (const desk of [0, 1]) {
      expect((await stores[0]?.list({ number: `7916${desk}000000` }, 1000))?.calls).toHaveLength(rounds * 5);
    }
  });

  test('comes to an end with whatever it does when the network falls silent, and works again afterwards', async () => {
    const url = new URL(await makeUrl());
    const line = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    cleanups.add(() => line.stop());
    url.port = String(line.port);
    const limitMs = 1000;
    const dialect = () =>
      new MysqlDialect({
        pool: limitedPool(
          openPool(url.href, undefined, { connectionLimit: 2, connectTimeout: 300 }),
          limitMs,
        ),
      });
    // To make the tables may take longer.
    await (await openJournal(url.href)).close();
    const store = await openJournalOn('mysql', dialect);
    await store.save([answeredCall(1, '79161234567')]);
    const lease = store.lease({ name: 'follow', holder: 'this one', ttlMs: 7000 });
    await lease.take();

    line.delay(3_600_000);
    // More than there are connections: those that wait come to an end as well.
    const asked = [
      store.save([answeredCall(2, '79161234567')]),
      store.list({}, 10),
      lease.take(),
      store.get('x'),
    ];
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 'rejected'));
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(isJournalAway(answer.reason)).toBe(true);
    }

    line.delay(0);
    line.cut();
    line.mend();
    await store.save([answeredCall(2, '79161234567')]);
    expect((await store.list({}, 10)).calls).toHaveLength(2);
    line.delay(3_600_000);
    await store.close();
  }, 60_000);

  test('refuses a call that does not fit, and says that it is for what is in it', async () => {
    const store = await openJournal(await makeUrl());
    cleanups.add(() => store.close());
    const save = store.save([answeredCall(1, '79161234567', { id: 'x'.repeat(300) })]);
    expect(await save.then(() => false, isRefusal)).toBe(true);
  });

  test('keeps who has signed in, for every desk on it', async () => {
    const url = await makeUrl();
    const stores = await Promise.all([openJournal(url), openJournal(url)]);
    for (const store of stores) cleanups.add(() => store.close());
    let now = Date.now();
    const [one, other] = stores.map(
      (store) =>
        new Sessions(
          () => store.db,
          () => now,
        ),
    );
    const session = { name: 'Мария Ковалёва', role: null, generation: '0123456789abcdef' };
    const id = (await one?.create(session)) ?? '';
    expect(await other?.find(id)).toEqual(session);
    expect(await other?.find(id.toLowerCase())).toBeNull();
    now += IDLE_MS - 1;
    expect(await other?.find(id)).toEqual(session);
    now += IDLE_MS - 1;
    expect(await one?.find(id)).toEqual(session);
    await other?.endAllOf('Мария Ковалёва');
    expect(await one?.find(id)).toBeNull();
  });

  test('keeps its tables to itself: its user needs no more than docs/desk.md grants', async () => {
    const [script = ''] = codeBlocks(readDocument('docs/desk.md'), 'sql');
    const [, user = ''] = /^CREATE USER '(\w+)'@'127\.0\.0\.1'/m.exec(script) ?? [];
    await server.sql(script.replaceAll('courier_desk', 'granted'));
    cleanups.add(async () => void (await server.sql(`drop user '${user}'@'127.0.0.1'`)));
    const url = new URL(server.url('granted'));
    url.username = user;
    const store = await openJournal(url.href, 'CHANGE-ME');
    cleanups.add(() => store.close());
    await store.save([answeredCall(1, '79161234567')]);
    expect((await store.list({}, 10)).calls).toHaveLength(1);
  });
});

describe('a journal on SQLite, in its worker thread', () => {
  let openModule: string;
  let folder: string;
  beforeAll(async () => {
    openModule = pathToFileURL(join(dirname(await buildProgram()), 'journal', 'open.js')).href;
    folder = await mkdtemp(join(tmpdir(), 'courier-agi-journal-'));
  }, SERVER_START_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (program: string) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    return { child, output: () => output };
  };
  const preamble = (file: string) =>
    `import { openJournal } from ${JSON.stringify(openModule)};
     const call = ${JSON.stringify(answeredCall(0, '79161234567'))};
     const journal = await openJournal(${JSON.stringify(`sqlite:${file}`)});`;

  test(
    'loses no call that was written when the process is killed',
    async () => {
      const file = join(folder, 'killed.db');
      const written: string[] = [];
      for (let round = 0; round < 5; round++) {
        const { child, output } = run(`${preamble(file)}
        for (let n = 0; ; n++) {
          await journal.save([{ ...call, id: 'main-${round}.' + n }]);
          console.log('main-${round}.' + n);
        }`);
        const ended = once(child, 'close');
        while (output().split('\n').length < 60 && child.exitCode === null) {
          await Promise.race([once(child.stdout, 'data'), ended]);
        }
        child.kill('SIGKILL');
        await ended;
        // The last line may be cut.
        written.push(...output().split('\n').slice(0, -1));
      }
      expect(written.length).toBeGreaterThan(250);
      const store = await openJournalOn('sqlite', () => sqliteInProcess(file));
      cleanups.add(() => store.close());
      const kept = new Set((await store.list({}, 10_000)).calls.map(({ id }) => id));
      expect(written.filter((id) => !kept.has(id))).toEqual([]);
    },
    SERVER_START_MS,
  );

  test(
    'holds nothing up while it searches, and lets the process end',
    async () => {
      const { child, output } = run(`${preamble(join(folder, 'busy.db'))}
      for (let n = 0; n < 5000; n += 500) {
        await journal.save(Array.from({ length: 500 }, (_, i) => ({ ...call, id: 'x.' + (n + i), note: null })));
      }
      let ticks = 0;
      const timer = setInterval(() => { ticks += 1; }, 1);
      const found = await journal.list({ number: '7' }, 1);
      const blanked = (await journal.blankBefore(Date.now(), 5000)).calls;
      clearInterval(timer);
      console.log(JSON.stringify({ found: found.calls.length, blanked, ticked: ticks > 10 }));
      await journal.close();`);
      await once(child, 'close');
      expect(child.exitCode).toBe(0);
      expect(JSON.parse(output())).toEqual({ found: 1, blanked: 5000, ticked: true });
    },
    SERVER_START_MS,
  );

  test('of an older version is left as it is by whoever only looks', async () => {
    const file = join(folder, 'older.db');
    await once(run(`${preamble(file)} await journal.save([call]); await journal.close();`).child, 'close');
    const db = new Kysely<MigrationDatabase>({ dialect: sqliteInProcess(file) });
    cleanups.add(() => db.destroy());
    const steps = () => db.selectFrom('journal_migrations').selectAll().orderBy('name').execute();
    const look = async () => {
      const { child, output } = run(`
        import { openExistingJournal } from ${JSON.stringify(openModule)};
        await openExistingJournal(${JSON.stringify(`sqlite:${file}`)}).then(
          async (journal) => { console.log((await journal.list({}, 9)).calls.length); await journal.close(); },
          (error) => console.log(error.code + ' ' + error.message));`);
      await once(child, 'close');
      return output();
    };
    expect(await look()).toBe('1\n');
    const last = (await steps()).at(-1)?.name ?? '';
    await db.deleteFrom('journal_migrations').where('name', '=', last).execute();
    const before = await steps();
    expect(await look()).toMatch(
      /^JOURNAL_VERSION The journal is of an older version, without \S+: courier-agi desk/,
    );
    expect(await steps()).toEqual(before);
  });

  test.each([
    ['is damaged', damage],
    ['cannot be made', (file: string) => rm(file, { force: true })],
  ])('that %s is told in a sentence', async (what, harm) => {
    const file = what === 'is damaged' ? join(folder, 'damaged.db') : join(folder, 'no', 'such', 'folder.db');
    if (what === 'is damaged') await once(run(`${preamble(file)} await journal.close();`).child, 'close');
    await harm(file);
    const { child, output } = run(`
      import { openJournal } from ${JSON.stringify(openModule)};
      await openJournal(${JSON.stringify(`sqlite:${file}`)}).then(
        () => console.log('opened'), (error) => console.log(error.code + ' ' + error.message));`);
    await once(child, 'close');
    expect(output()).toMatch(/^JOURNAL_STORE The journal.*(malformed|unable to open)/);
  });
});
