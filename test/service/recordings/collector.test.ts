import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Recording } from '../../../src/calls/call.ts';
import { ClosedFileError, RecordingSourceError } from '../../../src/recordings/errors.ts';
import type { RecordingSource } from '../../../src/recordings/sources/source.ts';
import { localClock } from '../../../src/recordings/link-files.ts';
import { RecordingsStore } from '../../../src/recordings/recordings.store.ts';
import { FolderSource } from '../../../src/recordings/sources/folder.source.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall, MORNING } from '../../lab/journal/sample-calls.ts';
import { spokenChannel, startRecorder, type Recorder } from '../../lab/recordings/recorder.ts';
import { toneFile, unfinished } from '../../lab/recordings/wav.ts';

const TEN_SECONDS = toneFile(440, 10);

const cleanups = new Cleanups();
afterEach(cleanups.run);

let monitor: string;
let recorder: Recorder;

beforeEach(async () => {
  monitor = await mkdtemp(join(tmpdir(), 'courier-agi-monitor-'));
  cleanups.add(() => rm(monitor, { recursive: true, force: true }));
});

async function startOn(options: Parameters<typeof startRecorder>[1] = {}): Promise<void> {
  recorder = await startRecorder(new FolderSource(monitor), options);
  cleanups.add(recorder.stop);
}

/** A server, played. @param refuse called before that file is given; what it throws is the answer */
function serverThatKeeps(file: string, refuse: () => void): RecordingSource {
  const folder = new FolderSource(monitor);
  return {
    name: 'a server',
    folder: undefined,
    open: async () => {
      const session = await folder.open();
      return {
        list: session.list.bind(session),
        stat: session.stat.bind(session),
        download: async (path, ...rest) => {
          if (path === file) refuse();
          return session.download(path, ...rest);
        },
        remove: session.remove.bind(session),
        close: () => session.close(),
      };
    },
  };
}

async function record(name: string, bytes: Buffer = TEN_SECONDS): Promise<void> {
  await mkdir(dirname(join(monitor, name)), { recursive: true });
  await writeFile(join(monitor, name), bytes);
}

const callOf = (id: number) => answeredCall(id, '79161234567');

/** The recordings of a call, as the journal tells them. */
async function told(id: number): Promise<readonly Recording[]> {
  return (await recorder.store.get(callOf(id).id))?.recordings ?? [];
}

async function statesOf(id: number): Promise<string[]> {
  return (await told(id)).map(({ state }) => state);
}

async function becomes(id: number, ...states: string[]): Promise<void> {
  await eventually(`the recordings of call ${id} are ${states.join()}`, async () => {
    return (await statesOf(id)).join() === states.join();
  });
}

/** Until the source was looked into several times. */
async function looks(): Promise<void> {
  const before = recorder.looks();
  await eventually('four looks', () => recorder.looks() >= before + 4);
}

/** Until the journal has so many channels. */
async function writtenDown(channels: number): Promise<void> {
  const { reader } = recorder.store.connections;
  await eventually('the channels are written down', async () => {
    return (await reader.selectFrom('call_channels').selectAll().execute()).length === channels;
  });
}

describe('a recording', () => {
  test('is linked by its pattern, checked, and told with the call', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.wav');
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'ready');
    expect(await told(1)).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{24}$/),
        from: new Date(MORNING + 6000).toISOString(),
        until: new Date(MORNING + 16_000).toISOString(),
        bytes: TEN_SECONDS.length,
        seconds: 10,
        state: 'ready',
      },
    ]);
    const id = (await told(1))[0]?.id ?? '';
    expect(await recorder.recordings.find(id)).toMatchObject({
      sha256: createHash('sha256').update(TEN_SECONDS).digest('hex'),
      path: 'courier-1768204800.1.wav',
      format: 'wav',
    });
    expect(recorder.ready).toEqual([callOf(1).id]);
    expect(await readdir(recorder.mirrorFolder).catch(() => [])).toEqual([]);
  });

  test('that Asterisk announced is waited for from the end of the call on, and found by its name', async () => {
    await startOn({ patterns: ['nothing-{uniqueid}.wav'] });
    await recorder.store.save([callOf(1)]);
    const from = MORNING + 7000;
    const pieces = [{ name: 'Звонок (1) & co.wav', from, until: undefined }];
    recorder.recordings.add([spokenChannel(1, { pieces })]);
    await becomes(1, 'waiting');
    const [{ id } = { id: '' }] = await told(1);
    await record('Звонок (1) & co.wav');
    await becomes(1, 'ready');
    expect(await told(1)).toMatchObject([
      { id, from: new Date(from).toISOString(), until: new Date(MORNING + 16_000).toISOString() },
    ]);
  });

  test('lies in a folder of its day', async () => {
    await startOn({ patterns: ['freepbx'] });
    await recorder.store.save([callOf(1)]);
    await record('2026/01/11/in-1-2-20260112-110001-1768204800.1.wav');
    await record('2026/01/12/in-1-2-20260112-110001-1768204800.1.wav');
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'ready');
    const id = (await told(1))[0]?.id ?? '';
    expect((await recorder.recordings.find(id))?.path).toMatch(/^2026\/01\/12\//);
  });

  test('is not taken while it grows, nor while its header says that it is being written', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    recorder.recordings.add([spokenChannel(1)]);
    await record('courier-1768204800.1.wav', unfinished(TEN_SECONDS.subarray(0, 20_000)));
    await becomes(1, 'waiting');
    await record('courier-1768204800.1.wav', unfinished(TEN_SECONDS));
    await looks();
    expect(await statesOf(1)).toEqual(['waiting']);
    await record('courier-1768204800.1.wav');
    await becomes(1, 'ready');
    expect(recorder.ready).toHaveLength(1);
  });

  test('that comes when the calls of that time are long over is linked all the same', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    recorder.recordings.add([spokenChannel(1)]);
    await looks();
    expect(await statesOf(1)).toEqual([]);
    await record('courier-1768204800.1.mp3', Buffer.from('not looked into'));
    await becomes(1, 'ready');
    expect(await told(1)).toMatchObject([{ seconds: null, bytes: 15 }]);
  });

  test('that is converted before it was taken is taken as what it was converted to', async () => {
    await startOn({ pace: { stable: 400 } });
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.wav');
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'waiting');
    await rm(join(monitor, 'courier-1768204800.1.wav'));
    await looks();
    await record('courier-1768204800.1.mp3', Buffer.from('converted'));
    await becomes(1, 'ready');
    const id = (await told(1))[0]?.id ?? '';
    expect(await recorder.recordings.find(id)).toMatchObject({
      path: 'courier-1768204800.1.mp3',
      format: 'mp3',
      bytes: 9,
    });
    expect(recorder.missing).toEqual([]);
  });

  test('of before a restart of the desk is found after it, and so is one whose end the desk did not see', async () => {
    await startOn();
    await recorder.store.save([callOf(1), callOf(2)]);
    recorder.recordings.add([spokenChannel(1, { endedAt: undefined, until: undefined })]);
    recorder.recordings.add([spokenChannel(2)]);
    await writtenDown(2);
    await recorder.recordings.stop();
    const { store } = recorder;
    const second = await startRecorder(new FolderSource(monitor), { journal: () => store });
    cleanups.add(second.stop);
    await record('courier-1768204800.1.wav');
    await record('courier-1768204800.2.wav');
    await becomes(1, 'ready');
    await becomes(2, 'ready');
  });

  test('of a call that this desk followed is written down, though another desk follows by now', async () => {
    let isFollowing = false;
    let asked = 0;
    await startOn({
      isFollowing: () => {
        asked += 1;
        return isFollowing;
      },
    });
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.wav');
    const pieces = [{ name: 'courier-1768204800.1.wav', from: MORNING + 6000, until: undefined }];
    recorder.recordings.add([spokenChannel(1, { pieces })]);
    await becomes(1, 'waiting');
    const before = asked;
    await eventually('it is asked for several times', () => asked >= before + 4);
    expect(await statesOf(1)).toEqual(['waiting']);
    expect(recorder.looks()).toBe(0);
    isFollowing = true;
    await becomes(1, 'ready');
  });

  test('goes with the call that it turned out to be a part of', async () => {
    await startOn();
    await recorder.store.save([callOf(2)]);
    recorder.recordings.add([spokenChannel(1, { endedAt: undefined, until: undefined })]);
    await writtenDown(1);
    recorder.recordings.add([spokenChannel(1, { call: callOf(2).id })]);
    await record('courier-1768204800.1.wav');
    await becomes(2, 'ready');
  });

  test('goes with that call, too, when it turns out while the source is looked through, or the file fetched', async () => {
    await startOn({ isFollowing: () => false });
    const announced: string[] = [];
    const store = new RecordingsStore(recorder.store.connections, async (_db, { call }) => {
      announced.push(call);
    });
    await recorder.store.save([1, 2, 3].map(callOf));
    await store.keepChannels([spokenChannel(1)]);
    const [channel] = await store.openChannels(1);
    await recorder.store.join({ gone: callOf(1).id, into: callOf(2).id });
    const file = { stem: 'one', path: 'one.wav', format: 'wav', bytes: 8 };
    expect(await store.sight([{ channel: channel!, ...file }], () => 1)).toEqual([callOf(2).id]);
    const [row] = await store.ofCall(callOf(2).id);
    expect(row).toMatchObject({ path: 'one.wav', call_id: callOf(2).id });
    await recorder.store.join({ gone: callOf(2).id, into: callOf(3).id });
    await store.ready([{ row: row!, sound: { bytes: 8, soundMs: 1000, sha256: 'x', format: 'wav' } }]);
    expect(announced).toEqual([callOf(3).id]);
    expect(await store.openChannels(1)).toEqual([]);
  });
});

describe('pieces of a call that was handed on', () => {
  test('belong to the channel, and the time, that they are of', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    const { call } = spokenChannel(1);
    const [from, until] = [MORNING + 16_000, MORNING + 30_000];
    recorder.recordings.add([
      spokenChannel(1),
      spokenChannel(2, { call, from, until, endedAt: until }),
      spokenChannel(3, { call }),
    ]);
    await record('courier-1768204800.1.wav');
    await record('courier-1768204800.2.wav', toneFile(880, 14));
    await becomes(1, 'ready', 'ready');
    expect((await told(1)).map(({ from: start, seconds }) => [Date.parse(start) - MORNING, seconds])).toEqual(
      [
        [6000, 10],
        [16_000, 14],
      ],
    );
  });
});

describe('a file that is not of the call', () => {
  test.each([
    ['is of nobody', 'courier-1768204800.9.wav', TEN_SECONDS],
    ['is half of an upload', 'courier-1768204800.1.wav.part', TEN_SECONDS],
    ['is no sound', 'courier-1768204800.1.txt', TEN_SECONDS],
    ['lies elsewhere', 'elsewhere/courier-1768204800.1.wav', TEN_SECONDS],
  ])('%s: it is not linked', async (_what, name, bytes) => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    await record(name, bytes);
    recorder.recordings.add([spokenChannel(1)]);
    await looks();
    expect(await statesOf(1)).toEqual([]);
    expect(recorder.told).toEqual([]);
  });

  test('is longer than its channel lived, or empty: it is missing, and that is told', async () => {
    await startOn();
    await recorder.store.save([callOf(1), callOf(2)]);
    await record('courier-1768204800.1.wav', toneFile(440, 40));
    await record('courier-1768204800.2.wav', toneFile(440, 0));
    recorder.recordings.add([spokenChannel(1), spokenChannel(2)]);
    await becomes(1, 'missing');
    await becomes(2, 'missing');
    expect(recorder.missing.toSorted()).toEqual([
      'It is 40 s long, and its channel lived 15 s: it is of another call.',
      'It is empty.',
    ]);
    expect(recorder.ready).toEqual([]);
  });

  test('is of the call that goes on at the same telephone: it waits for that one', async () => {
    await startOn({ patterns: ['{number}-{date}-{time}.wav'] });
    const talking = { state: 'talking', endedAt: null } as const;
    await recorder.store.save([callOf(1), answeredCall(2, '79161234567', talking)]);
    // What has not ended for a week is forgotten.
    const [start, second] = [Date.now() - 100_000, Date.now() - 83_000];
    const clock = new Date(localClock('Europe/Moscow')(second + 1000)).toISOString();
    await record(`79161234567-${clock.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}.wav`);
    const lasts = spokenChannel(2, {
      startedAt: second,
      from: second,
      endedAt: undefined,
      until: undefined,
    });
    recorder.recordings.add([
      spokenChannel(1, { startedAt: start, from: start, endedAt: start + 15_000, until: start + 15_000 }),
      lasts,
    ]);
    await writtenDown(2);
    await looks();
    expect([await statesOf(1), await statesOf(2)]).toEqual([[], []]);
    recorder.recordings.add([{ ...lasts, endedAt: second + 40_000, until: second + 40_000 }]);
    await becomes(2, 'ready');
    expect(await statesOf(1)).toEqual([]);
  });

  test('was refused: it stays when the call is erased that it is not of', async () => {
    await startOn({ patterns: ['{number}-{date}-{time}.wav'] });
    await recorder.store.save([callOf(1)]);
    await record('79161234567-20260112-110002.wav', toneFile(440, 40));
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'missing');
    await recorder.recordings.eraseCall(callOf(1).id);
    expect(await statesOf(1)).toEqual(['erased']);
    expect(await readdir(monitor)).toEqual(['79161234567-20260112-110002.wav']);
  });

  test('was written before its channel was there', async () => {
    await startOn({ patterns: ['courier-{uniqueid}.wav'] });
    await recorder.store.save([callOf(1)]);
    await record('office.wav');
    const before = new Date(MORNING - 3_600_000);
    await utimes(join(monitor, 'office.wav'), before, before);
    const pieces = [{ name: 'office.wav', from: MORNING + 6000, until: undefined }];
    recorder.recordings.add([spokenChannel(1, { pieces })]);
    await looks();
    expect(await statesOf(1)).toEqual(['waiting']);
  });

  test('is a link that leads out of the folder', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    const secret = join(monitor, '..', `secret-${process.pid}.wav`);
    await writeFile(secret, TEN_SECONDS);
    cleanups.add(() => rm(secret));
    await symlink(secret, join(monitor, 'courier-1768204800.1.wav'));
    recorder.recordings.add([spokenChannel(1)]);
    await looks();
    expect(await statesOf(1)).toEqual([]);
  });
});

describe('playing', () => {
  const openOne = async () => {
    const id = (await told(1))[0]?.id ?? '';
    const row = await recorder.recordings.find(id);
    if (row === undefined) throw new Error('There is none.');
    return recorder.recordings.open(row);
  };
  beforeEach(async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.wav');
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'ready');
  });

  test('opens the very file', async () => {
    const sound = await openOne();
    expect(sound?.bytes).toBe(TEN_SECONDS.length);
    expect(await sound?.file.readFile()).toEqual(TEN_SECONDS);
    await sound?.file.close();
  });

  test('never opens what was put in its place, and finds what it was converted to', async () => {
    const path = join(monitor, 'courier-1768204800.1.wav');
    await rename(path, join(monitor, 'aside'));
    await symlink('/etc/passwd', path);
    expect(await openOne()).toBeUndefined();
    await rm(path);
    await record('courier-1768204800.1.mp3', Buffer.from('converted'));
    await becomes(1, 'ready');
    const sound = await openOne();
    expect(await sound?.file.readFile()).toEqual(Buffer.from('converted'));
    await sound?.file.close();
  });

  test('never opens a file that has changed since it was checked', async () => {
    await truncate(join(monitor, 'courier-1768204800.1.wav'), 1000);
    expect(await openOne()).toBeUndefined();
    expect(await statesOf(1)).toEqual(['waiting']);
  });
});

describe('the source', () => {
  test('that is not there is told once, and so is that it is back; nothing is lost', async () => {
    await startOn();
    await recorder.store.save([callOf(1)]);
    await rename(monitor, `${monitor}-away`);
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0);
    await looks();
    expect(recorder.told).toEqual([expect.stringMatching(/did not open its folder: ENOENT/)]);
    expect(recorder.recordings.problem).toMatch(/ENOENT/);
    await rename(`${monitor}-away`, monitor);
    await record('courier-1768204800.1.wav');
    await becomes(1, 'ready');
    expect(recorder.told.slice(1)).toEqual(['well']);
  });

  test('that does not give a file is told each time, others come, and it does however long that lasts', async () => {
    let refusals = 0;
    recorder = await startRecorder(
      serverThatKeeps('courier-1768204800.2.wav', () => {
        if (refusals >= 3) return;
        refusals += 1;
        throw new ClosedFileError('550 Failed to open file.');
      }),
      { pace: { stable: 1 } },
    );
    cleanups.add(recorder.stop);
    await recorder.store.save([callOf(1), callOf(2)]);
    await record('courier-1768204800.1.wav');
    await record('courier-1768204800.2.wav');
    recorder.recordings.add([spokenChannel(1), spokenChannel(2)]);
    await becomes(1, 'ready');
    await becomes(2, 'ready');
    expect(recorder.told[0]).toBe('This user may not read a recording: 550 Failed to open file.');
    expect(recorder.told.at(-1)).toBe('well');
    expect(await recorder.recordings.find((await told(2))[0]?.id ?? '')).toMatchObject({ attempts: 0 });
  });

  test('that is sent a file of no told length, and waits for the rest, gives the whole', async () => {
    const folder = new FolderSource(monitor);
    // A server, played.
    recorder = await startRecorder({ name: 'a server', folder: undefined, open: () => folder.open() });
    cleanups.add(recorder.stop);
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.mp3', Buffer.alloc(1000));
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(1, 'waiting');
    // So long as four times the pause after which a file counts as whole that tells its length.
    await sleep(80);
    await record('courier-1768204800.1.mp3', Buffer.alloc(2000));
    await becomes(1, 'ready');
    expect(await told(1)).toMatchObject([{ bytes: 2000 }]);
  });

  test('that breaks with one file, each time, is told, and gives the others all the same', async () => {
    recorder = await startRecorder(
      serverThatKeeps('courier-1768204800.2.wav', () => {
        throw new RecordingSourceError('451 Failure reading local file.');
      }),
    );
    cleanups.add(recorder.stop);
    await recorder.store.save([callOf(1), callOf(2)]);
    await record('courier-1768204800.1.wav');
    await record('courier-1768204800.2.wav');
    recorder.recordings.add([spokenChannel(1), spokenChannel(2)]);
    await becomes(1, 'ready');
    expect(recorder.recordings.problem).toBe('451 Failure reading local file.');
    expect(await statesOf(2)).toEqual(['waiting']);
  });

  test('whose files may not be read is told, and they are taken once they may', async () => {
    // Root may read everything.
    if (process.getuid?.() === 0) return;
    await startOn();
    await recorder.store.save([callOf(1)]);
    await record('courier-1768204800.1.wav');
    await chmod(join(monitor, 'courier-1768204800.1.wav'), 0);
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => /EACCES/.test(recorder.told[0] ?? ''));
    await chmod(join(monitor, 'courier-1768204800.1.wav'), 0o600);
    await becomes(1, 'ready');
  });
});
