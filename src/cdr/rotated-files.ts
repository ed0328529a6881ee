import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../util/errors.ts';

export interface RotatedFile {
  readonly path: string;
  readonly inode: number;
  readonly isPacked: boolean;
}

/** What logrotate calls them behind the name: `.1`, `.2.gz`, `-20261126`. */
const ENDING = /^[.-]\d[\d-]*(?<packed>\.[a-z]\w*)?$/;

/**
 * What became of a file that is rotated.
 *
 * @param since in ms since 1970: those that were written to last before it are left out. Packing keeps that time
 * @returns the newest first
 */
export async function rotatedFiles(path: string, since: number): Promise<RotatedFile[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const files = [];
  for (const entry of await readdir(folder)) {
    const ending = entry.startsWith(name) ? ENDING.exec(entry.slice(name.length)) : null;
    if (ending === null) continue;
    const stats = await stat(join(folder, entry)).catch(unlessGone);
    if (stats === undefined || stats.mtimeMs < since) continue;
    const isPacked = ending.groups?.['packed'] !== undefined;
    files.push({ path: join(folder, entry), inode: stats.ino, isPacked, writtenAt: stats.mtimeMs });
  }
  return files.toSorted((a, b) => b.writtenAt - a.writtenAt);
}

/** They are renamed while we look. */
function unlessGone(error: unknown): undefined {
  if (systemCodeOf(error) !== 'ENOENT') throw error;
}
