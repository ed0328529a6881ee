import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { CodedError, messageOf, systemCodeOf } from '../../errors.ts';
import { SnapshotBuilder, type Snapshot, type SnapshotEntry } from './snapshot.ts';

/** The file cannot be read or written, or is not what it must be. The server goes on without it. */
export class SnapshotFileError extends CodedError {
  readonly code = 'SNAPSHOT_FILE';
}

const FORMAT = 'courier-agi snapshot 1';

/*
 * JSON, a line at a time, so that neither writing nor reading a large one holds up calls: a header, a line
 * a portion, and a last line that says how many entries there are. Without it the file is cut off.
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
  readonly #file: FileHandle;
  #entries = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws {SnapshotFileError} */
  static async create(path: string, origin: string, takenAt: number): Promise<SnapshotWriter> {
    try {
      await mkdir(dirname(path), { recursive: true });
      // Phone numbers of the vendor's clients: for the server's own eyes.
      const writer = new SnapshotWriter(path, await open(temporary(path), 'w', 0o600));
      await writer.#line({ format: FORMAT, origin, takenAt } satisfies Header);
      return writer;
    } catch (cause) {
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
      await rename(temporary(this.#path), this.#path);
    } catch (cause) {
      throw cannot('be written', this.#path, cause);
    }
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(temporary(this.#path), { force: true }).catch(() => {});
  }

  async #line(value: unknown): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(value)}\n`);
  }
}

/**
 * @returns null when there is no file, or one of another database
 * @throws {SnapshotFileError} it is damaged, cut off, or cannot be read
 */
export async function readSnapshotFile(path: string, origin: string): Promise<Snapshot | null> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  let builder: SnapshotBuilder | undefined;
  let entries = 0;
  let promised: number | undefined;
  try {
    for await (const line of lines) {
      const value: unknown = JSON.parse(line);
      if (builder === undefined) {
        if (!isHeader(value))
          throw new SnapshotFileError(`The snapshot ${path} is no snapshot of this version.`);
        if (value.origin !== origin) return null;
        builder = new SnapshotBuilder(value.takenAt);
      } else if (isPortion(value)) {
        entries += value.length;
        builder.add(value);
      } else if (isFooter(value)) promised = value.entries;
    }
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw cause instanceof SnapshotFileError ? cause : cannot('be read', path, cause);
  } finally {
    lines.close();
  }
  if (builder === undefined || promised !== entries)
    throw new SnapshotFileError(`The snapshot ${path} is cut off.`);
  return builder.build();
}

function isHeader(value: unknown): value is Header {
  return header.safeParse(value).success;
}

function isFooter(value: unknown): value is { entries: number } {
  return footer.safeParse(value).success;
}

/** The server wrote the entries itself, for nobody else to touch: their insides are believed. */
function isPortion(value: unknown): value is SnapshotEntry[] {
  return Array.isArray(value);
}

function temporary(path: string): string {
  return `${path}.new`;
}

function cannot(what: string, path: string, cause: unknown): SnapshotFileError {
  return new SnapshotFileError(`The snapshot ${path} cannot ${what}: ${messageOf(cause)}.`, { cause });
}
