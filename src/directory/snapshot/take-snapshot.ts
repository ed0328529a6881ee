import { setTimeout as sleep } from 'node:timers/promises';
import { SnapshotBuilder, type Snapshot } from './snapshot.ts';
import { SnapshotWriter } from './snapshot.file.ts';
import type { Page, PagedDirectory } from './page.ts';

/** `soon`: there is none yet. `calm`: there is one, and taking the next must not be felt by calls. */
export type Pace = 'soon' | 'calm';

const REST_FACTOR = 3;
const CALM_REST_FACTOR = 10;
/** On a slow database the next snapshot would come too late otherwise. */
const LONGEST_CALM_REST_MS = 30;

/** Attempts at reading one page before the snapshot is given up. */
const ATTEMPTS = 3;
const RETRY_AFTER_MS = 1000;

/**
 * Reads a whole snapshot page by page, and writes it to the file on the way, if there is one.
 *
 * A file that cannot be written costs no snapshot: `onFileError` is told, and memory has it.
 *
 * @param origin names the database in the file
 * @throws {DirectoryTimeoutError | DirectoryUnavailableError} a page could not be read; nothing has changed
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
      const page = await readPage(source, after, signal);
      const tookMs = performance.now() - startedAt;
      builder.add(page.entries);
      await writer?.add(page.entries).catch(giveUpFile);
      after = page.next;
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
 * How long the database rests after a page, in ms, so that calls come in between. Snapshots keep it busy for a
 * quarter of the time at most, on one connection.
 *
 * @param tookMs of the page
 */
export function restAfter(tookMs: number, pace: Pace): number {
  const least = tookMs * REST_FACTOR;
  if (pace === 'soon') return least;
  return Math.max(least, Math.min(tookMs * CALM_REST_FACTOR, LONGEST_CALM_REST_MS));
}

/** One hiccup among thousands of pages must not cost the whole snapshot. */
async function readPage(source: PagedDirectory, after: string, signal: AbortSignal): Promise<Page> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unlessAborted(source.readPage(after), signal);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(RETRY_AFTER_MS, undefined, { signal, ref: false });
    }
  }
}

/** A server that stops does not wait for a database that has stopped answering. */
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
