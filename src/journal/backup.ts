import { closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import { CodedError, messageOf } from '../util/errors.ts';
import { lookAtJournal } from './look.ts';
import { sqlitePath } from './open.ts';
import { openSqliteToLook } from './sqlite/engine.ts';

/** The journal could not be copied; there is no half of a copy. */
export class JournalBackupError extends CodedError {
  readonly code = 'JOURNAL_BACKUP';
}

/** Whole names and numbers stand in it. */
const PRIVATE = 0o600;

/**
 * Copies a journal that is a file, as it is at one moment, whether or not a desk writes it. The copy is looked through,
 * and is on the disk when this comes back.
 *
 * @param file of the copy; it must not be there yet
 * @returns its size in bytes
 * @throws {JournalBackupError}
 */
export async function backUpJournal(url: string, file: string): Promise<number> {
  const path = sqlitePath(url);
  if (path === undefined) {
    throw new JournalBackupError(
      'A journal in MySQL or MariaDB is copied with mysqldump --single-transaction: see docs/desk.md, "Backup".',
    );
  }
  makeFile(file);
  try {
    copy(path, file);
    const { damage } = await lookAtJournal(`sqlite:${file}`);
    if (damage !== null) throw new JournalBackupError(`The journal at ${path} is damaged: ${damage}`);
    return statSync(file).size;
  } catch (cause) {
    rmSync(file, { force: true });
    if (cause instanceof JournalBackupError) throw cause;
    throw new JournalBackupError(`${path} could not be copied to ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** SQLite fills an empty file, with the rights that it has. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', PRIVATE));
  } catch (cause) {
    throw new JournalBackupError(`${file} could not be made: ${messageOf(cause)}`, { cause });
  }
}

function copy(path: string, file: string): void {
  const database = openSqliteToLook(path);
  try {
    database.exec(`vacuum into '${file.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
  const written = openSync(file, 'r+');
  try {
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
}
