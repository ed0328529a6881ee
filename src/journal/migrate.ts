import { Migrator, NO_MIGRATIONS, type Kysely, type Migration } from 'kysely';
import type { Engine } from './engine.ts';
import { messageOf } from '../util/errors.ts';
import { JournalStoreError } from './errors.ts';
import { calls } from './migrations/001-calls.ts';
import { requests } from './migrations/002-requests.ts';
import { sessions } from './migrations/004-sessions.ts';
import { survey } from './migrations/005-survey.ts';
import { feeds } from './migrations/006-feeds.ts';
import type { JournalDatabase } from './tables.ts';

/** Of this version, the oldest first. Names are never changed: the database remembers them. */
function migrations(engine: Engine): Record<string, Migration> {
  return {
    '001-calls': calls(engine),
    '002-requests': requests(engine),
    '004-sessions': sessions(engine),
    '005-survey': survey(engine),
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
  const migrator = migratorOf(db, engine);
  const { error } =
    target === 'none' ? await migrator.migrateTo(NO_MIGRATIONS) : await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new JournalStoreError(`The journal's tables could not be brought up to date: ${messageOf(error)}`, {
    cause: error,
  });
}

/**
 * For whoever must not change anything.
 *
 * @throws {JournalStoreError} the schema is not that of this version
 */
export async function requireMigrations(db: Kysely<JournalDatabase>, engine: Engine): Promise<void> {
  const steps = await migratorOf(db, engine).getMigrations();
  const missing = steps.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
  if (missing.length === 0) return;
  throw new JournalStoreError(
    `The journal is of an older version, without ${missing.join(', ')}: courier-agi desk brings it up to date when it is started anew.`,
  );
}

function migratorOf(db: Kysely<JournalDatabase>, engine: Engine): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations(engine)) },
    // Those of one version may have been tried out in another order.
    allowUnorderedMigrations: true,
    migrationTableName: 'journal_migrations',
    migrationLockTableName: 'journal_migrations_lock',
  });
}
