import { randomUUID } from 'node:crypto';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import { namesNumber } from '../phone/names-number.ts';
import { namesIn, removeUnfinished } from './unfinished.ts';

const FORMAT = { delimiter: ';' } as const;

/**
 * Takes the rows that name a number out of the tables that nobody has fetched yet.
 *
 * @param encoding of the files of this folder
 * @returns how many rows are gone. @throws what the file system says
 */
export async function eraseFromFolder(
  folder: string,
  encoding: 'utf-8' | 'cp1251',
  number: string,
): Promise<number> {
  await removeUnfinished(folder);
  let rows = 0;
  for (const name of await tablesIn(folder)) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    const text = iconv.decode(bytes, encoding === 'cp1251' ? 'win1251' : 'utf8');
    const all: string[][] = parse(text, { ...FORMAT, bom: true });
    const kept = all.filter((row) => !row.some((cell) => namesNumber(cell, number)));
    if (kept.length === all.length) continue;
    rows += all.length - kept.length;
    const rest = stringify(kept, { ...FORMAT, bom: encoding === 'utf-8' });
    await replace(path, encoding === 'cp1251' ? iconv.encode(rest, 'win1251') : Buffer.from(rest));
  }
  return rows;
}

async function tablesIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => /^(calls|surveys|recordings)-[\d-]+[0-9a-f-]*\.csv$/.test(name));
}

async function replace(path: string, bytes: Buffer): Promise<void> {
  const unfinished = `${path}.${randomUUID().slice(0, 8)}.unfinished`;
  try {
    await writeFile(unfinished, bytes, { flag: 'wx' });
    await chmod(unfinished, (await stat(path)).mode & 0o777);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
