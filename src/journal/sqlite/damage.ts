import { Kysely, sql, type Dialect } from 'kysely';
import { messageOf } from '../../util/errors.ts';

/** SQLITE_CORRUPT and SQLITE_NOTADB in SQLite's words: of a statement that reads, @photostructure/sqlite tells no number. */
const DAMAGE = /database disk image is malformed|file is not a database/;

/** Whether SQLite says that the file is no longer what it wrote. */
export function isDamage(thrown: unknown): boolean {
  return DAMAGE.test(messageOf(thrown));
}

/**
 * Looks through a whole file, on a connection of its own: with a million calls it takes some seconds.
 *
 * @returns what is wrong; null when nothing is
 * @throws {JournalStoreError} it cannot be looked at now
 */
export async function findDamage(dialect: Dialect): Promise<string | null> {
  const db = new Kysely<unknown>({ dialect });
  try {
    const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db);
    const [found] = rows;
    return found === undefined || found.quick_check === 'ok' ? null : found.quick_check.replaceAll('\n', ' ');
  } catch (error) {
    if (isDamage(error)) return messageOf(error);
    throw error;
  } finally {
    await db.destroy();
  }
}
