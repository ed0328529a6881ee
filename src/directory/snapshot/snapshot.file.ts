import { createReadStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { CodedError, messageOf, systemCodeOf } from '../../util/errors.ts';
import { SnapshotBuilder, type Snapshot, type SnapshotEntry } from './snapshot.ts';

/** The file cannot be read or written, or is not what it must be. The server goes on without it. */
export class SnapshotFileError extends CodedError {
  readonly code = 'SNAPSHOT_FILE';
}

const FORMAT = 'courier-agi snapshot 2';

/** How the names of files end that are being written. */
const TEMPORARY = '.new';

/** No snapshot takes that long to write, in ms. */
const STALE_MS = 3_600_000;

/*
 * JSON, line by line, so that neither writing nor reading a large one holds up calls: a header, a line for each
 * page, and a last line that says how many entries there are. Without it the file is cut off.
 */

const header = z.object({
  format: z.literal(FORMAT),
  /** Which database, asked in which way: a snapshot of another one must not be used. */
  origin: z.string(),
  /** In ms since 1970. */
  takenAt: z.number(),
});
type Header = z.infer<typeof header>;

const footer = z.object({ entries: z.int() });

/** Writes beside the file and puts it in its place at the end, so that there is always a whole one. */
export class SnapshotWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #entries = 0;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** @throws {SnapshotFileError} */
  static async create(path: string, origin: string, takenAt: number): Promise<SnapshotWriter> {
    // A name of its own, since a reload may have two at work.
    const temporary = `${path}.${randomUUID()}${TEMPORARY}`;
    let writer: SnapshotWriter | undefined;
    try {
      await mkdir(dirname(path), { recursive: true });
      // Phone numbers of the vendor's clients: for the server's own eyes.
      writer = new SnapshotWriter(path, temporary, await open(temporary, 'wx', 0o600));
      await writer.#line({ format: FORMAT, origin, takenAt } satisfies Header);
      return writer;
    } catch (cause) {
      await writer?.discard();
      throw cannot('be written', path, cause);
    }
  }

  /** @throws {SnapshotFileError} */
  async add(entries: readonly SnapshotEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#entries += entries.length;
    await this.#line(entries).catch((cause: unknown) => {
      throw cannot('be written', this.#path, cause);
    });
  }

  /** @throws {SnapshotFileError} */
  async commit(): Promise<void> {
    try {
      await this.#line({ entries: this.#entries });
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#temporary, this.#path);
    } catch (cause) {
      throw cannot('be written', this.#path, cause);
    }
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }

  async #line(value: unknown): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(value)}\n`);
  }
}

/** What could be read of a file. */
export interface ReadSnapshot {
  readonly snapshot: Snapshot;
  /** Why it is partial; null when it is whole. */
  readonly damage: SnapshotFileError | null;
}

/**
 * What cannot be read costs the numbers that stood there, not all of them.
 *
 * @returns null when there is no file, or one of another database
 * @throws {SnapshotFileError} nothing of it can be used
 */
export async function readSnapshotFile(path: string, origin: string): Promise<ReadSnapshot | null> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Infinity });
  let builder: SnapshotBuilder | undefined;
  let entries = 0;
  let promised: number | undefined;
  let cause: unknown;
  try {
    for await (const line of lines) {
      if (builder === undefined) {
        const value: unknown = JSON.parse(line);
        if (!isHeader(value))
          throw new SnapshotFileError(`The snapshot ${path} is no snapshot of this version.`);
        if (value.origin !== origin) return null;
        builder = new SnapshotBuilder(value.takenAt);
        continue;
      }
      try {
        const value: unknown = JSON.parse(line);
        if (isFooter(value)) promised = value.entries;
        else if (isPage(value)) {
          builder.add(value);
          entries += value.length;
        }
      } catch (error) {
        cause ??= error;
      }
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    if (error instanceof SnapshotFileError) throw error;
    if (entries === 0) throw cannot('be read', path, error);
    cause ??= error;
  } finally {
    lines.close();
    input.destroy();
  }
  if (builder === undefined || (promised !== entries && entries === 0))
    throw new SnapshotFileError(`The snapshot ${path} is cut off.`);
  if (promised === entries) return { snapshot: builder.build(), damage: null };
  const total = promised === undefined ? 'more' : String(promised);
  const message = `The snapshot ${path} is damaged: ${entries} of ${total} entries can be read, and are used.`;
  return {
    snapshot: builder.build({ isPartial: true }),
    damage: new SnapshotFileError(message, { cause }),
  };
}

function isHeader(value: unknown): value is Header {
  return header.safeParse(value).success;
}

function isFooter(value: unknown): value is { entries: number } {
  return footer.safeParse(value).success;
}

/** The server wrote the matches itself, for nobody else to touch: their insides are believed. */
function isPage(value: unknown): value is SnapshotEntry[] {
  return Array.isArray(value) && value.every(isEntry);
}

function isEntry(value: unknown): value is SnapshotEntry {
  if (!Array.isArray(value)) return false;
  const [number, match]: unknown[] = value;
  return typeof number === 'string' && typeof match === 'object' && match !== null;
}

function cannot(what: string, path: string, cause: unknown): SnapshotFileError {
  return new SnapshotFileError(`The snapshot ${path} cannot ${what}: ${messageOf(cause)}.`, { cause });
}

/** Removes what a server that was killed has left half written. Never rejects. */
export async function removeStale(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(TEMPORARY)) continue;
    const file = join(folder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(file, { force: true }).catch(() => {});
  }
}
