import type { Mirror } from './mirror.ts';
import type { RecordingRow } from './channel.row.ts';
import type { RecordingsStore } from './recordings.store.ts';
import { SourceFiles } from './source-files.ts';
import type { RecordingSource } from './sources/source.ts';

/** Where recordings are, and where it is written down. */
export interface Kept {
  readonly store: RecordingsStore;
  readonly source: RecordingSource;
  readonly mirror: Mirror;
}

export interface Erased {
  /** Recordings that nobody can listen to any more. */
  readonly recordings: number;
  /** Of them: files that are still at the source. */
  readonly left: number;
  /** Why they are; null when none is. */
  readonly problem: string | null;
}

/**
 * Erases recordings: the files of the source and our copies of them. Of each nothing stays but that it was there. A file
 * that the source does not let go is told, and tried again with the next retention.
 *
 * @throws {RecordingDiskError} a copy cannot be removed; and what the journal says
 */
export async function eraseRecordings(kept: Kept, rows: readonly RecordingRow[]): Promise<Erased> {
  const { store, mirror } = kept;
  let left = 0;
  let problem: string | null = null;
  const source = new SourceFiles(kept.source);
  try {
    for (const row of rows) {
      const why = row.path === null ? null : await source.remove(row.path);
      await mirror.remove(row);
      await store.erased(row, why === null ? null : row.path);
      if (why === null) continue;
      left += 1;
      problem = why;
    }
  } finally {
    source.close();
  }
  return { recordings: rows.length, left, problem };
}

/** Erases all recordings of a call, for ever: a file that comes later is not linked to it. */
export async function eraseRecordingsOfCall(kept: Kept, call: string): Promise<Erased> {
  await kept.store.forgetChannels(call);
  const rows = (await kept.store.ofCall(call)).filter(
    ({ state, path }) => state !== 'erased' || path !== null,
  );
  return eraseRecordings(kept, rows);
}
