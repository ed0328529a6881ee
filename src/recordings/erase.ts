import { channelKey, recordingKey } from './channel-key.ts';
import { soughtChannel, type RecordingRow } from './channel.row.ts';
import type { Mirror } from './mirror.ts';
import type { RecordingsStore } from './recordings.store.ts';
import type { SourceSearcher } from './search-source.ts';
import { isUnseen, SourceFiles } from './source-files.ts';
import type { RecordingSource } from './sources/source.ts';

/** Where recordings are, and where it is written down. */
export interface Kept {
  readonly store: RecordingsStore;
  readonly source: RecordingSource;
  readonly searcher: SourceSearcher;
  readonly mirror: Mirror;
}

export interface Erased {
  /** Recordings that nobody can listen to any more. */
  readonly recordings: number;
  /** Files that are still at the source, and recordings that could not be looked for there. */
  readonly left: number;
  /** Of them, those that could not be looked for: they are as before. */
  readonly unsearched: number;
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
  const files = new SourceFiles(kept.source);
  try {
    const found = await files.find(kept.searcher, kept.store, rows.filter(isUnseen).map(soughtChannel));
    return await eraseRows(kept, files, rows, found);
  } finally {
    files.close();
  }
}

/** Erases all recordings of a call, for ever: a file that comes later is not linked to it. */
export async function eraseRecordingsOfCall(kept: Kept, call: string): Promise<Erased> {
  const { store, source, searcher } = kept;
  const files = new SourceFiles(source);
  try {
    const open = await store.openChannelsOf(call);
    const unseen = (await store.ofCall(call)).filter(isUnseen).map(soughtChannel);
    const found = await files.find(searcher, store, [...open, ...unseen]);
    if (typeof found !== 'string') {
      await store.sight(found, () => Date.now());
      await store.forgetChannels(call);
    }
    const all = await store.ofCall(call);
    const erased = await eraseRows(kept, files, all.filter(isKept), found);
    if (typeof found !== 'string') return erased;
    const known = new Set(all.map(channelKey));
    const unknown = open.filter((channel) => !known.has(channelKey(channel))).length;
    const { left, unsearched } = erased;
    return { ...erased, left: left + unknown, unsearched: unsearched + unknown, problem: found };
  } finally {
    files.close();
  }
}

/** Of one that was erased a file may still be there, which the source did not let go. */
export function isKept({ state, path }: RecordingRow): boolean {
  return state !== 'erased' || path !== null;
}

/** @param found what was found of those that nobody had seen, or why it could not be looked for them */
async function eraseRows(
  { store, mirror }: Kept,
  files: SourceFiles,
  rows: readonly RecordingRow[],
  found: Awaited<ReturnType<SourceFiles['find']>>,
): Promise<Erased> {
  const paths = new Map(
    typeof found === 'string'
      ? []
      : found.map(({ channel, stem, path }) => [recordingKey(channel, stem), path] as const),
  );
  let [left, unsearched] = [0, 0];
  let problem: string | null = null;
  for (const row of rows) {
    if (typeof found === 'string' && isUnseen(row)) {
      unsearched += 1;
      problem = found;
      continue;
    }
    const path = row.path ?? paths.get(recordingKey(row, row.stem)) ?? null;
    const why = path === null ? null : await files.remove(path);
    await mirror.remove(row);
    await store.erased(row, why === null ? null : path);
    if (why === null) continue;
    left += 1;
    problem = why;
  }
  return { recordings: rows.length - unsearched, left: left + unsearched, unsearched, problem };
}
