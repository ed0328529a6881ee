import { Migrator, NO_MIGRATIONS, sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from './engine.ts';
import { messageOf } from '../util/errors.ts';
import { JournalStoreError, JournalVersionError } from './errors.ts';
import { calls } from './migrations/001-calls.ts';
import { requests } from './migrations/002-requests.ts';
import { recordings } from './migrations/003-recordings.ts';
import { sessions } from './migrations/004-sessions.ts';
import { survey } from './migrations/005-survey.ts';
import { feeds } from './migrations/006-feeds.ts';
import { erasures } from './migrations/007-erasures.ts';
import { rareCalls } from './migrations/008-rare-calls.ts';
import type { JournalDatabase } from './tables.ts';

/** Of this version, the oldest first. Names are never changed: the database remembers them. */
function migrations(engine: Engine): Record<string, Migration> {
  return {
    '001-calls': calls(engine),
    '002-requests': requests(engine),
    '003-recordings': recordings(engine),
    '004-sessions': sessions(engine),
    '005-survey': survey(engine),
    '006-feeds': feeds(engine),
    '007-erasures': erasures(engine),
    '008-rare-calls': rareCalls(engine),
  };
}

const MIGRATIONS_TABLE = 'journal_migrations';

/** Steps between the tables of a journal and those of this version. */
export interface SchemaDifference {
  /** Not made yet. */
  readonly missing: readonly string[];
  /** Made by a newer version. */
  readonly unknown: readonly string[];
}

/** @param applied names of the steps that a journal remembers */
export function compareSchema(applied: readonly string[]): SchemaDifference {
  const known = Object.keys(migrations('sqlite'));
  return {
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

/** Asks for the steps that a journal remembers: a column `name`. */
export const APPLIED_STEPS = `select name from ${MIGRATIONS_TABLE} order by name`;

/**
 * For whoever only looks, and must not change the tables of a desk that runs.
 *
 * @throws {JournalVersionError} the tables are of another version
 * @throws {JournalStoreError} there are none
 */
export async function requireSchema(db: Kysely<JournalDatabase>): Promise<void> {
  const { missing, unknown } = compareSchema(await appliedSteps(db));
  if (unknown.length > 0) throw newerVersion(unknown);
  if (missing.length > 0) {
    throw new JournalVersionError(
      `The journal is of an older version, without ${missing.join(', ')}: courier-agi desk brings it up to date when it is started anew.`,
    );
  }
}

async function appliedSteps(db: Kysely<JournalDatabase>): Promise<string[]> {
  try {
    const { rows } = await sql.raw<{ name: string }>(APPLIED_STEPS).execute(db);
    return rows.map(({ name }) => name);
  } catch (cause) {
    throw new JournalStoreError(`The journal cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function newerVersion(steps: readonly string[]): JournalVersionError {
  return new JournalVersionError(
    `The journal is of a newer version of courier-agi, with ${steps.join(', ')}: install that version again, or put back the journal of before (docs/desk.md, "Back to an older version").`,
  );
}

/**
 * Brings the schema up to this version, or down to nothing. Several desks may do so at the same time.
 *
 * @throws {JournalVersionError} the schema is of a newer version; nothing was changed
 * @throws {JournalStoreError} a step failed
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
    migrationTableName: MIGRATIONS_TABLE,
    migrationLockTableName: `${MIGRATIONS_TABLE}_lock`,
  });
  const { error } =
    target === 'none' ? await migrator.migrateTo(NO_MIGRATIONS) : await migrator.migrateToLatest();
  if (error === undefined) return;
  const { unknown } = compareSchema(await appliedSteps(db).catch(() => []));
  if (unknown.length > 0) throw newerVersion(unknown);
  throw new JournalStoreError(`The journal's tables could not be brought up to date: ${messageOf(error)}`, {
    cause: error,
  });
}
