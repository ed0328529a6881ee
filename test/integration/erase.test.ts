import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { makeDeskHome, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { buildProgram } from '../lab/build-program.ts';

/*
 * What a number leaves behind in everything that a desk ever wrote, before and after `courier-agi erase`. The desk is
 * real and goes on; Asterisk is played, and so are its recordings: files with the names that it would give them.
 */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const ANNA = '79162000001';
const BORIS = '79269876543';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function filesBelow(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => ({ path, bytes: await readFile(path) })));
}

/** A second of silence, PCM. */
function wav(): Buffer {
  const bytes = Buffer.alloc(44 + 16_000);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const) {
    bytes.writeUInt16LE(value, offset);
  }
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.write('data', 36);
  bytes.writeUInt32LE(16_000, 40);
  return bytes;
}

interface Place {
  /** Default: SQLite in the desk's folder. */
  readonly journalUrl?: string;
  /** Where its tables lie. */
  readonly tables?: string;
  /** Writes to the files what stands in memory. */
  readonly flush?: () => Promise<unknown>;
}

const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ['SQLite', async () => ({})],
  ...DATABASE_SERVERS.map(
    ([name, start]) =>
      [
        name,
        async () => {
          const server = await start();
          cleanups.add(() => server.stop());
          await server.sql('create database journal');
          const tables = join(dirname(server.socketPath), 'data', 'journal');
          const names = 'calls, call_keys, call_channels, recordings, survey_answers, requests, feed_events';
          const flush = () => server.sql(`use journal; flush tables ${names} for export; unlock tables`);
          return { journalUrl: server.url('journal'), tables, flush };
        },
      ] as const,
  ),
];

/** Between its digits anything but letters and digits may stand. */
function spelled(number: string): RegExp {
  const digits = (text: string) => Array.from(text).join('[^0-9a-zA-Z]{0,3}');
  return new RegExp(`${digits(number)}|${digits(Array.from(number).toReversed().join(''))}`);
}

test.each(PLACES)(
  'a number that was erased is found nowhere any more, and the totals are the same: %s',
  async (_name, start) => {
    const { journalUrl, tables, flush } = await start();
    const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
    await asterisk.start();
    cleanups.add(() => asterisk.stop());
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    const [monitor, exported] = [join(home.folder, 'monitor'), join(home.folder, 'export')];
    await mkdir(monitor);
    const sections = {
      recordings: {
        source: monitor,
        pattern: 'rec-{number}-{uniqueid}.wav',
        mirror: join(home.folder, 'mirror'),
      },
      feeds: [
        { folder: exported, every: '1s', on: ['call.ended', 'recording.ready', 'survey.answered'] },
        // Nobody is there: what it would be sent waits in the outbox.
        { url: 'http://127.0.0.1:1/hook', secretFile: join(home.folder, 'ami-secret'), on: ['call.ended'] },
      ],
    };
    const desk = await startDeskProcess(home, {
      ami: { port: asterisk.port, ...ACCOUNT },
      sections,
      role: 'admin',
      ...(journalUrl !== undefined && { journalUrl }),
    });
    cleanups.add(desk.kill);
    await desk.ready();
    const talk = (from: string) =>
      asterisk.play(
        inbound(asterisk.ids, {
          from,
          to: '74950000000',
          rings: ['101'],
          answeredBy: '101',
          ringSeconds: 0.1,
          talkSeconds: 1,
          endedBy: 'caller',
        }),
      );
    await Promise.all([talk(ANNA), talk(BORIS)]);
    const ended = async () => (await desk.calls()).filter(({ state }) => state === 'ended');
    await eventually('both calls have ended', async () => (await ended()).length === 2);
    for (const { from, linkedIds } of await ended()) {
      await writeFile(join(monitor, `rec-${from.number}-${linkedIds[0]}.wav`), wav());
    }
    await eventually(
      'both recordings are there',
      async () => (await ended()).every(({ recordings }) => recordings[0]?.state === 'ready'),
      60_000,
    );
    // What people and programs write of a call, and how people spell a number.
    for (const { id, from } of await ended()) {
      const text = `Просит звонить на +${from.number?.replace(/^(.)(...)(...)(..)/, '$1 ($2) $3-$4-')}`;
      expect((await desk.send('PATCH', `/api/calls/${id}`, { note: text })).status).toBe(200);
      const review = { id: `web-${from.number}`, question: 'service', value: 4, comment: text };
      const at = new Date().toISOString();
      expect((await desk.send('POST', '/api/surveys', { ...review, at })).status).toBe(204);
    }
    // A table that a process was killed over.
    await writeFile(
      join(exported, '.calls-20260112-110000-0123abcd.csv.0123abcd.unfinished'),
      `main-1.1;${ANNA}\n`,
    );
    await eventually('both calls are exported', async () => {
      const files = await filesBelow(exported).catch(() => []);
      return [ANNA, BORIS].every((number) => files.some(({ bytes }) => bytes.includes(number)));
    });
    const logFile = join(home.folder, 'desk.log');
    const found = async (number: string) => {
      await writeFile(logFile, desk.log());
      await flush?.();
      const files = [
        ...(await filesBelow(home.folder)),
        ...(tables === undefined ? [] : await filesBelow(tables)),
      ];
      const hit = spelled(number);
      return files
        .filter(({ path, bytes }) => hit.test(path) || hit.test(bytes.toString('latin1')))
        .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    };
    const traces = await found(ANNA);
    expect(traces).toEqual(
      expect.arrayContaining([expect.stringMatching(/^rec-/), expect.stringMatching(/\.csv$/)]),
    );
    expect(traces.some((name) => /^(?:journal\.db|calls\.ibd)/.test(name))).toBe(true);
    const totals = async () =>
      (await ended()).map(({ direction, outcome, seconds, startedAt }) => [
        startedAt,
        direction,
        outcome,
        seconds.talk,
      ]);
    const before = await totals();

    const config = join(home.folder, 'erase.yaml');
    const erase = async ({ recordings, feeds }: Partial<typeof sections>) => {
      const journal = { url: journalUrl ?? `sqlite:${join(home.folder, 'journal.db')}` };
      await writeFile(config, JSON.stringify({ journal, recordings, feeds }));
      const args = ['erase', '+7 916 200-00-01', '--json', '--config', config];
      const erasing = promisify(execFile)(process.execPath, [await buildProgram(), ...args]);
      const { stdout, code } = await erasing.then(
        (good) => ({ ...good, code: 0 }),
        (failure: { stdout: string; code: number }) => failure,
      );
      return { ...JSON.parse(stdout), status: code };
    };
    // The names of files hold the number: where they are, is to be known.
    expect(await erase({})).toMatchObject({
      status: 1,
      journal: { calls: 0 },
      recordings: { erased: 0, left: 1, unsearched: 1, problem: expect.stringContaining('put it back') },
    });
    expect(await erase(sections)).toMatchObject({
      status: 0,
      number: expect.not.stringContaining(ANNA),
      journal: { calls: 1, notes: 1, live: 0 },
      recordings: { erased: 1, left: 0 },
      folders: { [exported]: 1 },
    });
    expect(await found(ANNA)).toEqual([]);
    expect(await found(BORIS)).not.toEqual([]);
    expect(await totals()).toEqual(before);

    // The desk goes on: what comes afterwards is kept as ever.
    await talk(ANNA);
    await eventually('a third call', async () => (await ended()).length === 3);
  },
  SERVER_START_MS,
);
