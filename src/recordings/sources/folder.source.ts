import { createReadStream } from 'node:fs';
import { opendir, realpath, stat, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemCodeOf } from '../../util/errors.ts';
import { PATIENCE, sourceError, within } from './deadline.ts';
import {
  isSafeName,
  type FileFacts,
  type RecordingSource,
  type SourceEntry,
  type SourceSession,
} from './source.ts';

const GONE = new Set(['ENOENT', 'ENOTDIR']);
const NOT_ALLOWED = new Set(['EACCES', 'EPERM', 'EROFS']);

/** A folder of this machine, such as `/var/spool/asterisk/monitor`. */
export class FolderSource implements RecordingSource {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get name(): string {
    return this.folder;
  }

  async open(): Promise<SourceSession> {
    const root = await step('open its folder', realpath(this.folder));
    return new FolderSession(root);
  }
}

/**
 * The file behind a path below a folder.
 *
 * @returns undefined when there is none, or a link leads out of the folder
 * @throws system errors
 */
export async function resolveWithin(folder: string, path: string): Promise<string | undefined> {
  return resolveBelow(await realpath(folder), path);
}

/** @param root a real path */
async function resolveBelow(root: string, path: string): Promise<string | undefined> {
  if (!path.split('/').every(isSafeName)) return undefined;
  try {
    const file = await realpath(join(root, path));
    return file.startsWith(root.endsWith(sep) ? root : root + sep) ? file : undefined;
  } catch (error) {
    if (GONE.has(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

class FolderSession implements SourceSession {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    const path = folder === '' ? this.#root : await step('find a folder', resolveBelow(this.#root, folder));
    if (path === undefined) return [];
    return step('list a folder', listFolder(path), PATIENCE.listMs);
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    const file = await step('find a file', resolveBelow(this.#root, path));
    if (file === undefined) return undefined;
    const { size, mtimeMs } = await step('look at a file', stat(file));
    return { size, modifiedAt: mtimeMs };
  }

  async download(path: string, offset: number, sink: Writable): Promise<void> {
    const file = await step('find a file', resolveBelow(this.#root, path));
    if (file !== undefined) await pipeline(createReadStream(file, { start: offset }), sink);
  }

  async remove(path: string): Promise<boolean> {
    const file = await step('find a file', resolveBelow(this.#root, path));
    if (file === undefined) return true;
    try {
      await unlink(file);
      return true;
    } catch (error) {
      if (NOT_ALLOWED.has(systemCodeOf(error) ?? '')) return false;
      throw sourceError('remove a file', error);
    }
  }

  close(): void {}
}

/** Portion by portion: there may be hundreds of thousands. */
async function listFolder(path: string): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of await opendir(path, { bufferSize: 1000 })) {
    const isFolder = entry.isDirectory();
    // What is neither, such as a link, may lead anywhere.
    if ((isFolder || entry.isFile()) && isSafeName(entry.name)) entries.push({ name: entry.name, isFolder });
  }
  return entries;
}

/** A folder of a network that stands still answers nothing at all. */
async function step<Result>(what: string, work: Promise<Result>, ms = PATIENCE.stepMs): Promise<Result> {
  try {
    return await within(ms, what, work, () => undefined);
  } catch (error) {
    throw sourceError(what, error);
  }
}
