import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../util/errors.ts';

/** Names of tables that are being written, also by a version before this one. */
const UNFINISHED = /^\.?(?:calls|surveys|recordings)-[0-9a-f-]+(?:\.csv\.[0-9a-f]{8})?\.unfinished$/;

/**
 * Removes what a process that was killed has left half written: there are whole numbers in it. Whoever is writing at
 * this moment fails, and tries again.
 *
 * @throws what the file system says
 */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (UNFINISHED.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** What lies in a folder; nothing, when there is none. @throws what the file system says */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
