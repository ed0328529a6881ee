import type { Writable } from 'node:stream';

/** Where the recorder keeps its files. */
export interface RecordingSource {
  /** For people: without a password. */
  readonly name: string;
  /** Its folder, when it is one of this machine: files are played from there, and nothing is copied. */
  readonly folder: string | undefined;
  /** @throws {RecordingSourceError} */
  open(): Promise<SourceSession>;
}

/**
 * A connection to it. Paths are relative to its root, with slashes; every step is bounded in time, and after a failure
 * the session is of no more use.
 */
export interface SourceSession {
  /** What lies in a folder; nothing, when it is not there. @throws {RecordingSourceError} */
  list(folder: string): Promise<readonly SourceEntry[]>;
  /** @returns undefined when there is no such file. @throws {RecordingSourceError} */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Writes the bytes of a file from `offset` on. @throws {RecordingSourceError} and whatever the sink fails with */
  download(path: string, offset: number, sink: Writable, bytes: number): Promise<void>;
  /** @returns false when this account may not. @throws {RecordingSourceError} */
  remove(path: string): Promise<boolean>;
  close(): void;
}

export interface FileFacts {
  readonly size: number;
  /** Ms since 1970; null where the source tells it without a zone, or not at all. */
  readonly modifiedAt: number | null;
}

export interface SourceEntry extends Partial<FileFacts> {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A name that a server may not call a file: it would lead elsewhere, or tear a command apart. */
export function isSafeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}\uFFFD]/u.test(name);
}
