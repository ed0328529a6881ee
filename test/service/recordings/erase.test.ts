import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eraseRecordingsOfCall, type Erased } from '../../../src/recordings/erase.ts';
import { Mirror } from '../../../src/recordings/mirror.ts';
import { RecordingsStore } from '../../../src/recordings/recordings.store.ts';
import { SourceSearcher } from '../../../src/recordings/search-source.ts';
import { FolderSource } from '../../../src/recordings/sources/folder.source.ts';
import type { RecordingSource } from '../../../src/recordings/sources/source.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';
import { spokenChannel, startRecorder, type Recorder } from '../../lab/recordings/recorder.ts';
import { toneFile } from '../../lab/recordings/wav.ts';

const NUMBER = '79162000001';
const DAY_MS = 86_400_000;

/** A folder whose files this account may not remove. */
class ReadOnlyFolder extends FolderSource {
  mayRemove = false;

  override async open() {
    const session = await super.open();
    return {
      list: session.list.bind(session),
      stat: session.stat.bind(session),
      download: session.download.bind(session),
      remove: async (path: string) => (this.mayRemove ? session.remove(path) : false),
      close: () => session.close(),
    };
  }
}

const cleanups = new Cleanups();
afterEach(cleanups.run);
let monitor: string;

beforeEach(async () => {
  monitor = await mkdtemp(join(tmpdir(), 'courier-agi-monitor-'));
  cleanups.add(() => rm(monitor, { recursive: true, force: true }));
});

/** Two calls, each with a recording whose name holds the caller's number. */
async function recordTwo(): Promise<Recorder> {
  const recorder = await startRecorder(new FolderSource(monitor), PATTERNS);
  cleanups.add(recorder.stop);
  await recorder.store.save([answeredCall(1, NUMBER), answeredCall(2, NUMBER)]);
  for (const id of [1, 2]) await writeFile(join(monitor, fileOf(id)), toneFile(440, 1));
  const now = Date.now() - 5000;
  recorder.recordings.add([
    spokenChannel(1),
    spokenChannel(2, { startedAt: now - 10_000, endedAt: now, from: now - 9000, until: now }),
  ]);
  await eventually('both are ready', () => recorder.ready.length === 2);
  return recorder;
}

/** A desk on the same journal that comes later, and erases what is old. */
async function eraseOld(
  { store }: Recorder,
  source: RecordingSource,
  keepDays: number,
  onErased: (erased: Erased) => void,
): Promise<void> {
  const journal = () => store;
  const later = await startRecorder(source, { ...PATTERNS, journal, keepDays, everyMs: 100, onErased });
  cleanups.add(later.stop);
}

const fileOf = (id: number) => `in-101-${NUMBER}-20260112-110000-1768204800.${id}.wav`;
const PATTERNS = { patterns: ['{any}-{date}-{time}-{uniqueid}.wav'] };

async function statesOf(recorder: Recorder, id: number): Promise<string> {
  const call = await recorder.store.get(answeredCall(id, NUMBER).id);
  return call?.recordings.map(({ state }) => state).join() ?? '';
}

/** Everything that the tables of the recordings hold. */
async function written({ store }: Recorder): Promise<string> {
  const tables = await Promise.all([
    store.db.selectFrom('recordings').selectAll().execute(),
    store.db.selectFrom('call_channels').selectAll().execute(),
  ]);
  return JSON.stringify(tables);
}

test('a call whose recordings are erased has none any more, at the source neither, and none is linked again', async () => {
  const recorder = await recordTwo();
  const { id } = answeredCall(1, NUMBER);
  expect(await recorder.recordings.eraseCall(id)).toEqual({
    recordings: 1,
    left: 0,
    unsearched: 0,
    problem: null,
  });
  expect(await readdir(monitor)).toEqual([fileOf(2)]);
  expect(await statesOf(recorder, 1)).toBe('erased');
  expect(await statesOf(recorder, 2)).toBe('ready');
  await recorder.recordings.eraseCall(answeredCall(2, NUMBER).id);
  expect(await written(recorder)).not.toContain(NUMBER);

  await writeFile(join(monitor, fileOf(1)), toneFile(440, 1));
  recorder.recordings.add([spokenChannel(3)]);
  await eventually('the source was looked through', async () =>
    (await written(recorder)).includes('1768204800.3'),
  );
  expect(await statesOf(recorder, 1)).toBe('erased');
  expect(await recorder.recordings.eraseCall(id)).toMatchObject({ recordings: 0 });
});

test('of a source that is gone for good, with an empty folder in its place, nothing is left', async () => {
  const recorder = await recordTwo();
  const { id } = answeredCall(1, NUMBER);
  // It was in a folder of its day, which the empty one has not.
  await recorder.store.connections.writer
    .updateTable('recordings')
    .set({ path: `2026/01/12/${fileOf(1)}` })
    .where('call_id', '=', id)
    .execute();
  await rename(monitor, `${monitor}-gone`);
  cleanups.add(() => rm(`${monitor}-gone`, { recursive: true, force: true }));
  await mkdir(monitor);
  for (const call of [id, answeredCall(2, NUMBER).id])
    expect(await recorder.recordings.eraseCall(call)).toMatchObject({ recordings: 1, left: 0 });
  expect(await written(recorder)).not.toContain(NUMBER);
});

test('with a recording goes what it was converted to meanwhile, and each side by itself', async () => {
  const recorder = await recordTwo();
  const stem = fileOf(1).slice(0, -'.wav'.length);
  await rename(join(monitor, fileOf(1)), join(monitor, `${stem}.mp3`));
  const others = [`${stem}-inside.wav`, `${stem}.txt`, `${stem}0.wav`, fileOf(2)];
  for (const name of [`${stem}-in.wav`, `${stem}-out.mp3`, ...others.slice(0, 3)])
    await writeFile(join(monitor, name), '');
  expect(await recorder.recordings.eraseCall(answeredCall(1, NUMBER).id)).toMatchObject({ left: 0 });
  expect((await readdir(monitor)).toSorted()).toEqual(others.toSorted());
});

test('what was not found yet is looked for before it is erased, and left as it is where the source is away', async () => {
  const recorder = await startRecorder(new FolderSource(monitor), { ...PATTERNS, isFollowing: () => false });
  cleanups.add(recorder.stop);
  const { id } = answeredCall(1, NUMBER);
  await recorder.store.save([answeredCall(1, NUMBER), answeredCall(2, NUMBER)]);
  const piece = { name: 'announced.wav', from: spokenChannel(2).from, until: undefined };
  const store = new RecordingsStore(recorder.store.connections);
  await store.keepChannels([spokenChannel(1), spokenChannel(2, { pieces: [piece] })]);
  for (const name of [fileOf(1), 'announced.mp3']) await writeFile(join(monitor, name), toneFile(440, 1));
  await rename(monitor, `${monitor}-away`);
  const away = { recordings: 0, left: 1, unsearched: 1, problem: expect.stringMatching(/ENOENT/) };
  for (const call of [id, answeredCall(2, NUMBER).id])
    expect(await recorder.recordings.eraseCall(call)).toEqual(away);
  expect(await statesOf(recorder, 2)).toBe('waiting');
  await rename(`${monitor}-away`, monitor);
  for (const call of [id, answeredCall(2, NUMBER).id])
    expect(await recorder.recordings.eraseCall(call)).toMatchObject({ recordings: 1, left: 0 });
  expect(await readdir(monitor)).toEqual([]);
  expect(await written(recorder)).not.toMatch(/announced|79162000001/);
});

test('a side that the source does not let go is told, and goes once it may', async () => {
  const source = new ReadOnlyFolder(monitor);
  const recorder = await recordTwo();
  const left: number[] = [];
  const side = fileOf(1).replace('.wav', '-in.wav');
  await rename(join(monitor, fileOf(1)), join(monitor, side));
  await eraseOld(recorder, source, 1, (erased) => left.push(erased.left));
  await eventually('it is told', () => left[0] === 1);
  source.mayRemove = true;
  await eventually('it is gone', async () => (await readdir(monitor)).join() === fileOf(2));
});

test('recordings are erased after keepDays, and none before', async () => {
  const erased: number[] = [];
  const recorder = await recordTwo();
  const age = Math.floor((Date.now() - spokenChannel(1).startedAt) / DAY_MS);
  await eraseOld(recorder, new FolderSource(monitor), age, ({ recordings }) => erased.push(recordings));
  await eventually('the old one is erased', async () => (await statesOf(recorder, 1)) === 'erased');
  expect(await statesOf(recorder, 2)).toBe('ready');
  expect(await readdir(monitor)).toEqual([fileOf(2)]);
  expect(erased).toEqual([1]);
});

test('what the source does not let go is told, cannot be heard, and goes once it may', async () => {
  const source = new ReadOnlyFolder(monitor);
  const left: string[] = [];
  const recorder = await recordTwo();
  await eraseOld(recorder, source, 1, (erased) => left.push(`${erased.left} ${erased.problem}`));
  await eventually('it is told', () => left.length > 0);
  expect(left[0]).toBe(`1 This account may not remove files at ${monitor}.`);
  expect(await statesOf(recorder, 1)).toBe('erased');
  source.mayRemove = true;
  await eventually('it is gone', async () => (await readdir(monitor)).join() === fileOf(2));
  await eventually('its name is forgotten', async () => !(await written(recorder)).includes(fileOf(1)));
});

test('a recording that is erased by another process while it is fetched does not come back', async () => {
  const folder = new FolderSource(monitor);
  let recorder: Recorder | undefined;
  let fetched = 0;
  // A server that lets nothing go, so that its file would be taken again.
  const server: RecordingSource = {
    name: 'a server',
    folder: undefined,
    open: async () => {
      const session = await folder.open();
      const { store: journal, mirrorFolder } = recorder!;
      const kept = {
        store: new RecordingsStore(journal.connections),
        source: new ReadOnlyFolder(monitor),
        searcher: new SourceSearcher({ source: folder, ...PATTERNS, timeZone: 'Europe/Moscow' }),
        mirror: new Mirror({ folder: mirrorFolder }),
      };
      return {
        list: session.list.bind(session),
        stat: session.stat.bind(session),
        download: async (...file) => {
          await eraseRecordingsOfCall(kept, answeredCall(1, NUMBER).id);
          await session.download(...file);
          fetched += 1;
        },
        remove: async () => false,
        close: () => session.close(),
      };
    },
  };
  const events: string[] = [];
  recorder = await startRecorder(server, {
    ...PATTERNS,
    onWritten: async (_db, { id }) => {
      events.push(id);
    },
  });
  cleanups.add(recorder.stop);
  await recorder.store.save([answeredCall(1, NUMBER)]);
  await writeFile(join(monitor, fileOf(1)), toneFile(440, 1));
  recorder.recordings.add([spokenChannel(1)]);
  await eventually('it was fetched', () => fetched > 0);
  await recorder.recordings.stop();
  expect(await statesOf(recorder, 1)).toBe('erased');
  expect([recorder.ready, events]).toEqual([[], []]);
  const { mirrorFolder } = recorder;
  const left = await readdir(mirrorFolder, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test('what was seen or taken before an erasure is nothing after it', async () => {
  const recorder = await recordTwo();
  const ready: string[] = [];
  const store = new RecordingsStore(recorder.store.connections, async (_db, { id }) => {
    ready.push(id);
  });
  const [channel] = await store.channelsBetween(Date.now() - DAY_MS, Date.now());
  const { id } = answeredCall(2, NUMBER);
  await recorder.recordings.eraseCall(id);
  const [erased] = await store.ofCall(id);
  const file = { stem: 'in-101', path: fileOf(2), format: 'wav', bytes: 8 };
  expect(await store.sight([{ channel: channel!, ...file }], () => 1)).toEqual([]);
  const sound = { bytes: 8, soundMs: 1000, sha256: 'x', format: 'wav' };
  expect(await store.ready([{ row: erased!, sound }])).toEqual([erased]);
  await store.failed(erased!.id, 'It is gone.', 1);
  await store.grown(erased!.id, 9, 1);
  expect(await store.ofCall(id)).toEqual([erased]);
  expect(ready).toEqual([]);
});

test('a channel that is told late does not bring back a call that was forgotten', async () => {
  const recorder = await recordTwo();
  const store = new RecordingsStore(recorder.store.connections);
  const channels = async () =>
    (await recorder.store.db.selectFrom('call_channels').selectAll().execute()).length;
  expect(await channels()).toBeGreaterThan(0);
  await recorder.store.blankNumber(NUMBER);
  expect(await channels()).toBe(0);
  const piece = { name: '/monitor/late.wav', from: 1, until: 2 };
  expect(await store.keepChannels([spokenChannel(1, { pieces: [piece] })])).toEqual([]);
  expect(await channels()).toBe(0);
  expect(await written(recorder)).not.toContain('late');
});

test('the access log is kept for its own time', async () => {
  const recorder = await startRecorder(new FolderSource(monitor), { keepListeningsDays: 10, everyMs: 100 });
  cleanups.add(recorder.stop);
  const listening = {
    recording_id: 'r',
    call_id: 'c',
    kind: 'token',
    name: 'x',
    role: 'admin',
    address: '::1',
  };
  await recorder.store.db
    .insertInto('listenings')
    .values([
      { ...listening, id: 'old', at: Date.now() - 11 * DAY_MS },
      { ...listening, id: 'new', at: Date.now() - 9 * DAY_MS },
    ])
    .execute();
  const ids = async () => (await recorder.recordings.listenings('c')).map(({ id }) => id).join();
  await eventually('the old one is gone', async () => (await ids()) === 'new');
});
