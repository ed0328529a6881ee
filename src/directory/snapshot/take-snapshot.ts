import { setTimeout as sleep } from 'node:timers/promises';
import { SnapshotBuilder, type Snapshot } from './snapshot.ts';
import { SnapshotWriter } from './snapshot.file.ts';
import type { Page, PagedDirectory } from './page.ts';

/** `soon`: there is none yet. `calm`: there is one, and calls shall not feel that the next one is being taken. */
export type Pace = 'soon' | 'calm';

const REST_FACTOR = 3;
const CALM_REST_FACTOR = 10;
/** On a slow database the next snapshot would come too late otherwise. */
const LONGEST_CALM_REST_MS = 30;

/** So often a portion is asked for before the snapshot is given up. */
const ATTEMPTS = 3;
const RETRY_AFTER_MS = 1000;

/**
 * Reads a whole snapshot, portion by portion, and writes it to the file on the way, if there is one.
 *
 * A file that cannot be written costs no snapshot: `onFileError` is told, and memory has it.
 *
 * @param origin names the database in the file
 * @throws {DirectoryTimeoutError | DirectoryUnavailableError} a portion could not be read; nothing has changed
 */
export async function takeSnapshot(
  source: PagedDirectory,
  file: { readonly path: string; readonly origin: string; readonly onError: (error: unknown) => void } | null,
  signal: AbortSignal,
  pace: Pace,
): Promise<Snapshot> {
  const takenAt = Date.now();
  const builder = new SnapshotBuilder(takenAt);
  let writer: SnapshotWriter | null = null;
  const giveUpFile = async (error: unknown): Promise<void> => {
    file?.onError(error);
    await writer?.discard();
    writer = null;
  };
  if (file !== null)
    writer = await SnapshotWriter.create(file.path, file.origin, takenAt).catch(nothing(giveUpFile));

  try {
    for (let after: string | null = ''; after !== null;) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      const portion = await readPortion(source, after, signal);
      const tookMs = performance.now() - startedAt;
      builder.add(portion.entries);
      await writer?.add(portion.entries).catch(giveUpFile);
      after = portion.next;
      if (after !== null) await sleep(restAfter(tookMs, pace), undefined, { signal, ref: false });
    }
    await writer?.commit().catch(giveUpFile);
    writer = null;
    return builder.build();
  } finally {
    await writer?.discard();
  }
}

/**
 * How long the database rests after a portion that took so long, in ms, and calls come between. It is never at
 * work more than a quarter of the time, on one connection.
 */
export function restAfter(tookMs: number, pace: Pace): number {
  const least = tookMs * REST_FACTOR;
  if (pace === 'soon') return least;
  return Math.max(least, Math.min(tookMs * CALM_REST_FACTOR, LONGEST_CALM_REST_MS));
}

/** One hiccup among hundreds of portions must not cost the whole snapshot. */
async function readPortion(source: PagedDirectory, after: string, signal: AbortSignal): Promise<Page> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unlessAborted(source.portion(after), signal);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(RETRY_AFTER_MS, undefined, { signal, ref: false });
    }
  }
}

/** Who stops does not wait for a database that has stopped answering. */
function unlessAborted<Result>(task: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new DOMException('The snapshot was given up.', 'AbortError'));
    signal.addEventListener('abort', onAbort, { once: true });
    void task.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function nothing(report: (error: unknown) => Promise<void>): (error: unknown) => Promise<null> {
  return async (error) => {
    await report(error);
    return null;
  };
}
