import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpokenChannel } from '../../../src/calls/spoken.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import type { Pace } from '../../../src/recordings/collector.ts';
import { Mirror } from '../../../src/recordings/mirror.ts';
import { Recordings, type RecordingsOptions } from '../../../src/recordings/recordings.ts';
import type { RecordingSource } from '../../../src/recordings/sources/source.ts';
import { messageOf } from '../../../src/util/errors.ts';
import { answeredCall, MORNING, outside } from '../journal/sample-calls.ts';
import { sqliteInProcess } from '../journal/sqlite-in-process.ts';

export interface Recorder {
  readonly recordings: Recordings;
  readonly store: JournalStore;
  readonly mirrorFolder: string;
  /** Calls whose recordings became ready, in order. */
  readonly ready: string[];
  /** What was told of the source, of the disk and of the journal: `well` when all was well again. */
  readonly told: string[];
  readonly missing: string[];
  /** How often the source was opened so far, or tried to be. */
  readonly looks: () => number;
  readonly stop: () => Promise<void>;
}

/** Every file is written down to the disk: in memory that takes no time. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** As fast as a test wants it. */
const PACE: Pace = { soon: 10, often: 40, stable: 20, maxPause: 40, collect: 5 };

/** Recordings of a source, on a journal of their own. */
export async function startRecorder(
  source: RecordingSource,
  options: Partial<RecordingsOptions> & { mirrorFolder?: string; reserve?: number } = {},
): Promise<Recorder> {
  const folder = await mkdtemp(join(MEMORY, 'courier-agi-recorder-'));
  const mirrorFolder = options.mirrorFolder ?? join(folder, 'mirror');
  const store = await openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db')));
  const [ready, told, missing]: string[][] = [[], [], []];
  let looks = 0;
  const recordings = new Recordings({
    source: {
      name: source.name,
      folder: source.folder,
      open: () => {
        looks += 1;
        return source.open();
      },
    },
    patterns: ['courier-{uniqueid}.wav'],
    mirror: new Mirror({ folder: mirrorFolder, reserve: options.reserve ?? 0 }),
    timeZone: 'Europe/Moscow',
    journal: () => store,
    isFollowing: () => true,
    keepDays: 36_500,
    keepListeningsDays: 36_500,
    onReady: (call) => ready?.push(call),
    onChange: () => {},
    onMissing: (problem) => missing?.push(problem),
    onErased: () => {},
    onProblem: (problem) => told?.push(problem === undefined ? 'well' : messageOf(problem)),
    ...options,
    pace: { ...PACE, ...options.pace },
  });
  recordings.start();
  return {
    recordings,
    store,
    mirrorFolder,
    ready: ready ?? [],
    told: told ?? [],
    missing: missing ?? [],
    looks: () => looks,
    stop: async () => {
      await recordings.stop();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A channel on which somebody spoke for ten seconds.
 *
 * @param id of the call, as in `answeredCall`; the channel is its own
 */
export function spokenChannel(id: number, changes: Partial<SpokenChannel> = {}): SpokenChannel {
  const startedAt = MORNING + id * 1000;
  return {
    call: answeredCall(id, '79161234567').id,
    asterisk: 'main',
    channel: `1768204800.${id}`,
    party: outside('79161234567'),
    startedAt,
    endedAt: startedAt + 15_000,
    from: startedAt + 5000,
    until: startedAt + 15_000,
    pieces: [],
    ...changes,
  };
}
