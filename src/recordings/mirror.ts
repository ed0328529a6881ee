import { appendFile } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { messageOf, systemCodeOf } from '../util/errors.ts';
import { RecordingDiskError, RecordingFileError } from './errors.ts';
import type { SourceSession } from './sources/source.ts';

export interface MirrorOptions {
  readonly folder: string;
  /** What is left free for others on the same disk, in bytes. Default 500 MB. */
  readonly reserve?: number;
}

/** A file of the source, and what we call it. */
export interface WantedFile {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
}

const RESERVE = 500_000_000;

/** Copies of what lies on another machine, each under its recording's id: no name of a server becomes one of ours. */
export class Mirror {
  readonly #folder: string;
  readonly #reserve: number;

  constructor({ folder, reserve = RESERVE }: MirrorOptions) {
    this.#folder = folder;
    this.#reserve = reserve;
  }

  pathOf({ id }: Pick<WantedFile, 'id'>): string {
    return join(this.#folder, id.slice(0, 2), id);
  }

  /**
   * Fetches a file, or the rest of it when a try before was cut off. It stands at its place only when it is there to
   * the last byte.
   *
   * @returns where
   * @throws {RecordingSourceError | RecordingDiskError | RecordingFileError}
   */
  async fetch(session: SourceSession, file: WantedFile): Promise<string> {
    const part = this.#partOf(file);
    const offset = await this.#onDisk(() => this.#prepare(part, file.bytes));
    if (offset < file.bytes) await this.#download(session, file, { part, offset });
    const size = await this.#onDisk(() => sizeOf(part));
    if (size !== file.bytes) {
      await this.dropPart(file);
      throw new RecordingFileError(`It has ${size} bytes in place of ${file.bytes}: it changed meanwhile.`);
    }
    const place = this.pathOf(file);
    await this.#onDisk(async () => {
      await mkdir(dirname(place), { recursive: true, mode: 0o750 });
      await rename(part, place);
    });
    return place;
  }

  /** What a try before has left; the file is another one now. */
  async dropPart(file: Pick<WantedFile, 'id'>): Promise<void> {
    await this.#onDisk(() => rm(this.#partOf(file), { force: true }));
  }

  async remove(file: Pick<WantedFile, 'id'>): Promise<void> {
    await this.dropPart(file);
    await this.#onDisk(() => rm(this.pathOf(file), { force: true }));
  }

  #partOf({ id }: Pick<WantedFile, 'id'>): string {
    return join(this.#folder, 'parts', `${id}.part`);
  }

  /** @returns the bytes that are there already */
  async #prepare(part: string, bytes: number): Promise<number> {
    await mkdir(dirname(part), { recursive: true, mode: 0o750 });
    let offset = await sizeOf(part);
    if (offset > bytes) {
      await rm(part);
      offset = 0;
    }
    const { bavail, bsize } = await statfs(this.#folder);
    const free = bavail * bsize;
    const needed = bytes - offset + this.#reserve;
    if (free < needed) {
      throw new RecordingDiskError(
        `The disk of ${this.#folder} is full: ${megabytes(free)} MB are free, and ${megabytes(needed)} MB are needed, what is kept free for others included.`,
      );
    }
    return offset;
  }

  async #download(
    session: SourceSession,
    { path, bytes, id }: WantedFile,
    { part, offset }: { part: string; offset: number },
  ): Promise<void> {
    const handle = await this.#onDisk(() => open(part, 'a', 0o640));
    const sink = new BoundedFile(handle, bytes - offset);
    let failure: unknown;
    try {
      await session.download(path, offset, sink, bytes - offset);
    } catch (error) {
      failure = error;
    }
    sink.destroy();
    await handle.sync().catch((error: unknown) => (failure ??= error));
    await handle.close();
    // The source says only that nobody took what it sent.
    if (sink.failure instanceof RecordingFileError) {
      await this.dropPart({ id });
      throw sink.failure;
    }
    if (sink.failure !== undefined) {
      // It must not be what fills the disk of everybody else.
      await rm(part, { force: true }).catch(() => undefined);
      throw this.#diskError(sink.failure);
    }
    if (failure !== undefined) throw failure;
  }

  async #onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RecordingDiskError) throw error;
      throw this.#diskError(error);
    }
  }

  #diskError(cause: unknown): RecordingDiskError {
    const why = systemCodeOf(cause) === 'ENOSPC' ? 'the disk is full (ENOSPC)' : messageOf(cause);
    return new RecordingDiskError(`Recordings cannot be kept in ${this.#folder}: ${why}`, { cause });
  }
}

/** Takes so many bytes and no more: a server may send without an end. */
class BoundedFile extends Writable {
  readonly #file: FileHandle;
  #left: number;
  failure: unknown;

  constructor(file: FileHandle, bytes: number) {
    super();
    this.#file = file;
    this.#left = bytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#left -= chunk.length;
    if (this.#left < 0) {
      this.failure = new RecordingFileError('It grew while it was fetched.');
      done(new Error('more than was asked for'));
      return;
    }
    appendFile(this.#file.fd, chunk, (error) => {
      if (error !== null) this.failure = error;
      done(error);
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
