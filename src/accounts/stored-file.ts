import { randomBytes } from 'node:crypto';
import { closeSync, fchownSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { systemCodeOf } from '../util/errors.ts';

export interface StoredFileOptions<Content> {
  readonly path: string;
  /** Of the configuration, for what is said when the file cannot be used. */
  readonly key: 'desk.tokensFile' | 'desk.usersFile';
  readonly schema: z.ZodType<Content>;
  /** What it holds before it is written for the first time. */
  readonly empty: Content;
  readonly toError: (message: string, cause: unknown) => Error;
}

/**
 * A private JSON file that the command line writes, and the desk too. It is read again whenever it has changed, so that a
 * change counts from the next request on.
 */
export class StoredFile<Content> {
  readonly #options: StoredFileOptions<Content>;
  #read: { readonly version: string; readonly content: Content } | undefined;

  constructor(options: StoredFileOptions<Content>) {
    this.#options = options;
  }

  /** @throws what `toError` makes: the file cannot be used */
  read(): Content {
    const { path, schema, empty } = this.#options;
    let version: string;
    try {
      const { ino, mtimeMs } = statSync(path);
      version = `${ino} ${mtimeMs}`;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return empty;
      throw this.#unusable(error);
    }
    if (this.#read?.version === version) return this.#read.content;
    try {
      const content = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
      this.#read = { version, content };
      return content;
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /**
   * Writes it beside the old one and then in its place, so that nobody ever reads a half of it.
   *
   * @throws what `toError` makes: the file cannot be written
   */
  write(content: Content): void {
    const { path } = this.#options;
    const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    let file: number | undefined;
    try {
      // The folder is the service's, and root may write here: never through a link that lies in the way.
      file = openSync(draft, 'wx', 0o640);
      writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
      // Written by root, it must still be read by the service.
      const { uid, gid } = statSync(dirname(path));
      if (process.getuid?.() === 0) fchownSync(file, uid, gid);
      renameSync(draft, path);
    } catch (error) {
      throw this.#unusable(error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
    this.#read = undefined;
  }

  #unusable(cause: unknown): Error {
    const { path, key, toError } = this.#options;
    const why = systemCodeOf(cause) ?? 'it is not what courier-agi desk writes';
    return toError(`${key} ${path} cannot be used: ${why}.`, cause);
  }
}
