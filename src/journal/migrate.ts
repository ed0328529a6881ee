import { Migrator, NO_MIGRATIONS, type Kysely, type Migration } from 'kysely';
import type { Engine } from './engine.ts';
import { messageOf } from '../util/errors.ts';
import { JournalStoreError } from './errors.ts';
import { calls } from './migrations/001-calls.ts';
import { requests } from './migrations/002-requests.ts';
import { sessions } from './migrations/004-sessions.ts';
import { feeds } from './migrations/006-feeds.ts';
import type { JournalDatabase } from './tables.ts';

/** Of this version, the oldest first. Names are never changed: the database remembers them. */
function migrations(engine: Engine): Record<string, Migration> {
  return {
    '001-calls': calls(engine),
    '002-requests': requests(engine),
    '004-sessions': sessions(engine),
    '006-feeds': feeds(engine),
  };
}

/**
 * Brings the schema up to this version, or down to nothing. Several desks may do so at the same time.
 *
 * @throws {JournalStoreError} a step failed, or the schema is of a newer version
 */
export async function migrateJournal(
  db: Kysely<JournalDatabase>,
  engine: Engine,
  target: 'latest' | 'none' = 'latest',
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations(engine)) },
    // Those of one version may have been tried out in another order.
    allowUnorderedMigrations: true,
    migrationTableName: 'journal_migrations',
    migrationLockTableName: 'journal_migrations_lock',
  });
  const { error } =
    target === 'none' ? await migrator.migrateTo(NO_MIGRATIONS) : await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new JournalStoreError(`The journal's tables could not be brought up to date: ${messageOf(error)}`, {
    cause: error,
  });
}
