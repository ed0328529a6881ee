import { messageOf, systemCodeOf } from '../util/errors.ts';
import { ClosedFileError, GoneFileError, RecordingFileError } from './errors.ts';
import type { Mirror } from './mirror.ts';
import type { RecordingRow } from './channel.row.ts';
import type { DueFile, RecordingsStore, TakenSound } from './recordings.store.ts';
import { inspectSound, tellsLength } from './sound-file.ts';
import { resolveWithin } from './sources/folder.source.ts';
import type { RecordingSource, SourceSession } from './sources/source.ts';

export interface FileTakerOptions {
  readonly source: RecordingSource;
  readonly mirror: Mirror;
  /** A file that has not changed for so long is whole, in ms. */
  readonly stableMs: number;
  /** A call has other recordings now than before. */
  readonly onChange: (call: string) => void;
  /** A file that will never be one, and why. */
  readonly onMissing: (problem: string) => void;
}

export interface Tools {
  readonly store: RecordingsStore;
  readonly session: SourceSession;
}

/** So much longer than its channel lived no recording is: clocks differ, and a recorder fills up pauses. */
const SLACK_MS = 10_000;
const MAX_ATTEMPTS = 20;
/** Times `stableMs`: from one try of a file that may not be read to the next. */
const CLOSED_PAUSE = 300;
/** Times `stableMs`: whoever sends a file to a server may be held up for some seconds. */
const UNTOLD_PAUSE = 15;
const HOUR_MS = 3_600_000;

/** Takes files whose owner is known: fetches them, and makes sure that they are whole and of that call. */
export class FileTaker {
  readonly #options: FileTakerOptions;

  constructor(options: FileTakerOptions) {
    this.#options = options;
  }

  /** For how long a file must not change to be whole. A folder of our own is looked at again when one is played. */
  stableMs(format: string): number {
    const { source, stableMs } = this.#options;
    return source.folder !== undefined || tellsLength(format) ? stableMs : UNTOLD_PAUSE * stableMs;
  }

  /**
   * @param listed its size, when the source has told it just now
   * @returns undefined when it is not whole, or no recording: that is written down
   * @throws {RecordingSourceError | RecordingDiskError} it is not about this file; {ClosedFileError}, when it waits until it
   *   may be read; and what the journal says
   */
  async take({ store, session }: Tools, row: DueFile, listed?: number): Promise<TakenSound | undefined> {
    const { id, path, bytes } = row;
    if (path === null || bytes === null) return undefined;
    try {
      const size = listed ?? (await session.stat(path))?.size;
      if (size === undefined) throw new GoneFileError('It is gone from the source.');
      if (size !== bytes) {
        await this.#options.mirror.dropPart(row);
        await store.grown(id, size, Date.now() + this.stableMs(row.format ?? ''));
        return undefined;
      }
      return await this.#check(row, await this.#fetch(session, row, bytes));
    } catch (error) {
      if (error instanceof ClosedFileError)
        await store.postponed(id, Date.now() + CLOSED_PAUSE * this.#options.stableMs);
      if (!(error instanceof RecordingFileError) || error instanceof ClosedFileError) throw error;
      const attempts = row.attempts + 1;
      const isOver = attempts >= MAX_ATTEMPTS || error instanceof UselessFile;
      const pauseMs = Math.min(this.#options.stableMs * 2 ** attempts, HOUR_MS);
      const next = isOver ? null : Date.now() + pauseMs;
      const isErased = await this.#writeDown(store, row, error, next);
      if (isErased) await this.#options.mirror.remove(row);
      if (isOver) {
        this.#options.onMissing(messageOf(error));
        this.#options.onChange(row.call_id);
      }
      return undefined;
    }
  }

  /** @returns whether it was erased meanwhile */
  async #writeDown(
    store: RecordingsStore,
    row: RecordingRow,
    error: RecordingFileError,
    nextTryAt: number | null,
  ): Promise<boolean> {
    const why = messageOf(error);
    if (error instanceof GoneFileError && nextTryAt !== null) {
      // What it was converted to does not go on where it ended.
      await this.#options.mirror.dropPart(row);
      return store.lost(row, why);
    }
    // The id of its channel in the name makes it this call's all the same.
    if (error instanceof OfAnotherCall && !row.stem.includes(row.channel)) return store.refused(row.id, why);
    return store.failed(row.id, why, nextTryAt);
  }

  /** @returns the file on this machine */
  async #fetch(session: SourceSession, row: RecordingRow, bytes: number): Promise<string> {
    const { source, mirror } = this.#options;
    const { id, path } = row;
    if (path === null) throw new GoneFileError('It is gone from the source.');
    if (source.folder === undefined) return mirror.fetch(session, { id, path, bytes });
    const file = await resolveWithin(source.folder, path);
    if (file === undefined) throw new GoneFileError('It is gone from the source.');
    return file;
  }

  async #check(row: DueFile, file: string): Promise<TakenSound> {
    const { source, mirror } = this.#options;
    try {
      const { format, soundMs, isWhole, size, sha256 } = await inspectSound(file, row.format ?? '');
      if (!isWhole || size !== row.bytes)
        throw new RecordingFileError('Its header does not fit its size: it is still being written.');
      if (soundMs === 0) throw new UselessFile('It is empty.');
      const lived = row.lived_ms;
      if (soundMs !== null && lived !== null && soundMs > lived + SLACK_MS) {
        throw new OfAnotherCall(
          `It is ${Math.round(soundMs / 1000)} s long, and its channel lived ${Math.round(lived / 1000)} s: it is of another call.`,
        );
      }
      return { bytes: size, soundMs, sha256, format };
    } catch (error) {
      if (source.folder === undefined) {
        if (error instanceof RecordingFileError) await mirror.remove(row);
        throw error;
      }
      const code = systemCodeOf(error);
      if (code === 'ENOENT') throw new GoneFileError('It is gone from the source.');
      if (code === 'EACCES' || code === 'EPERM')
        throw new ClosedFileError(messageOf(error), { cause: error });
      throw error;
    }
  }
}

/** It will be no better later. */
class UselessFile extends RecordingFileError {}

class OfAnotherCall extends UselessFile {}
