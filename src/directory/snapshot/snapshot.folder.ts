import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import { SnapshotFileError } from './snapshot.file.ts';

/**
 * Sees to it that the snapshot can be written to its file, and makes the folder if it is missing: what is
 * wrong here is known at start, rather than when the first snapshot has been taken, or when it is missed.
 *
 * @param path `snapshot.file`
 * @returns the folder that was made; null when it was there
 * @throws {SnapshotFileError} it cannot be written
 */
export function prepareFolder(path: string): string | null {
  const folder = dirname(path);
  try {
    const made = mkdirSync(folder, { recursive: true, mode: 0o750 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder');
    return made === undefined ? null : folder;
  } catch (cause) {
    throw new SnapshotFileError(
      `The snapshot ${path} cannot be written: ${messageOf(cause)}. It does not outlive a restart, then.`,
      { cause },
    );
  }
}
