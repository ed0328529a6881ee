import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import iconv from 'iconv-lite';

/** Of the tables in a folder. What cp1251 has no letter for becomes `?`. */
export type TableEncoding = 'utf-8' | 'cp1251';

/** Their names in iconv. */
const CHARSETS: Readonly<Record<TableEncoding, string>> = { 'utf-8': 'utf8', cp1251: 'win1251' };

/** @throws what the file system says */
export async function readTable(path: string, encoding: TableEncoding): Promise<string> {
  return iconv.decode(await readFile(path), CHARSETS[encoding]);
}

/**
 * Writes a table beside its place, and puts it there once it is whole and on the disk: whoever fetches takes `*.csv`.
 * One that takes the place of another has its rights and, when root writes it, its owner. `removeUnfinished` knows the
 * names.
 *
 * @throws what the file system says
 */
export async function writeWhole(path: string, text: string, encoding: TableEncoding): Promise<void> {
  const old = await stat(path).catch(() => undefined);
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.unfinished`);
  try {
    const file = await open(unfinished, 'wx', 0o640);
    try {
      if (old !== undefined) {
        if (process.getuid?.() === 0) await file.chown(old.uid, old.gid);
        await file.chmod(old.mode & 0o777);
      }
      await file.writeFile(iconv.encode(text, CHARSETS[encoding]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
