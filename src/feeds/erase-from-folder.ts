import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { namesNumber } from '../phone/names-number.ts';
import { systemCodeOf } from '../util/errors.ts';
import { readTable, type TableEncoding, writeWhole } from './table-file.ts';
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
  encoding: TableEncoding,
  number: string,
): Promise<number> {
  await removeUnfinished(folder);
  let rows = 0;
  for (const name of await tablesIn(folder)) {
    const path = join(folder, name);
    const text = await readIfThere(path, encoding);
    if (text === undefined) continue;
    const all: string[][] = parse(text, { ...FORMAT, bom: true });
    const kept = all.filter((row) => !row.some((cell) => namesNumber(cell, number)));
    if (kept.length === all.length) continue;
    rows += all.length - kept.length;
    await writeWhole(path, stringify(kept, { ...FORMAT, bom: encoding === 'utf-8' }), encoding);
  }
  return rows;
}

/** @returns undefined when whoever fetches it has removed it meanwhile */
async function readIfThere(path: string, encoding: TableEncoding): Promise<string | undefined> {
  try {
    return await readTable(path, encoding);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function tablesIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => /^(calls|surveys|recordings)-[\d-]+[0-9a-f-]*\.csv$/.test(name));
}
