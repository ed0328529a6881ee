import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, MysqlDialect, type Dialect } from 'kysely';
import { parseDatabaseUrl } from '../directory/mysql/database-url.ts';
import { openPool } from '../directory/mysql/open-pool.ts';
import type { Engine } from './engine.ts';
import { JournalStoreError, JournalUrlError } from './errors.ts';
import { JournalStore, type SaveListener } from './journal.store.ts';
import { migrateJournal, requireSchema } from './migrate.ts';
import { limitedPool } from './mysql/limited-pool.ts';
import { sqliteWorkerDialect } from './sqlite/worker-dialect.ts';
import type { JournalDatabase } from './tables.ts';

/** Connections of a desk to a MySQL journal. */
const POOL_SIZE = 4;
const CONNECT_MS = 5_000;
/** For each statement of a MySQL journal, in ms. */
const STATEMENT_MS = 5_000;
/** For statements of a person who waits for them, and may rewrite a big table. */
export const PATIENT_MS = 600_000;
/** For each step to a newer schema, and for a wait until another desk has made it. */
const MIGRATION_MS = 120_000;

/**
 * Opens the journal and brings its tables up to date.
 *
 * @param url `sqlite:PATH`, `mysql://…` or `mariadb://…`: a database of our own
 * @param password takes the place of the one in the URL
 * @param listener takes part in what is written
 * @throws {JournalUrlError | DatabaseUrlError | JournalVersionError | JournalStoreError}
 */
export async function openJournal(
  url: string,
  password?: string,
  listener?: SaveListener,
): Promise<JournalStore> {
  const { engine, dialect } = dialectOf(url, password);
  return openJournalOn(engine, dialect, listener);
}

/**
 * Opens a journal to read in it. It is made, and brought up to date, by the desk alone: whoever looks is often root, and a
 * file of root's would shut the desk out.
 *
 * @param limitMs for each statement of a MySQL journal
 * @throws {JournalUrlError | DatabaseUrlError | JournalStoreError} also when there is none yet
 * @throws {JournalVersionError} its tables are of another version
 */
export async function openExistingJournal(
  url: string,
  password?: string,
  limitMs = STATEMENT_MS,
): Promise<JournalStore> {
  const path = sqlitePath(url);
  if (path !== undefined && !existsSync(path)) {
    throw new JournalStoreError(`There is no journal at ${path} yet: courier-agi desk makes it.`);
  }
  const { engine, dialect } = dialectOf(url, password);
  const db = new Kysely<JournalDatabase>({ dialect: dialect(limitMs) });
  try {
    await requireSchema(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new JournalStore({ engine, reader: db, writer: db });
}

/** Makes a connection, or a pool, of its own each time. @param limitMs for each statement, where the engine may be silent */
type OpenDialect = (limitMs: number) => Dialect;

export async function openJournalOn(
  engine: Engine,
  dialect: OpenDialect,
  listener?: SaveListener,
): Promise<JournalStore> {
  const migrating = new Kysely<JournalDatabase>({ dialect: dialect(MIGRATION_MS) });
  try {
    await migrateJournal(migrating, engine);
  } finally {
    await migrating.destroy();
  }
  const writer = new Kysely<JournalDatabase>({ dialect: dialect(STATEMENT_MS) });
  // MySQL's pool serves both sides; SQLite has one writer and one reader, each in a thread of its own.
  const reader =
    engine === 'mysql' ? writer : new Kysely<JournalDatabase>({ dialect: dialect(STATEMENT_MS) });
  return new JournalStore({ engine, reader, writer, listener });
}

/** Of a URL that can be opened. */
export function engineOf(url: string): Engine {
  return sqlitePath(url) === undefined ? 'mysql' : 'sqlite';
}

/**
 * A folder that is not there yet would be waited for in vain: nobody makes it but whoever has written the address.
 *
 * @throws {JournalUrlError} the folder of a SQLite journal does not exist
 */
export function requireFolder(url: string): void {
  const path = sqlitePath(url);
  if (path === undefined || existsSync(dirname(path))) return;
  throw new JournalUrlError(
    `journal.url: there is no folder ${dirname(path)} for the journal: make it, or name another one.`,
  );
}

/** @returns undefined when it is another database */
export function sqlitePath(url: string): string | undefined {
  return /^sqlite:(.+)$/.exec(url)?.[1];
}

function dialectOf(url: string, password: string | undefined): { engine: Engine; dialect: OpenDialect } {
  const path = sqlitePath(url);
  if (path !== undefined) return { engine: 'sqlite', dialect: () => sqliteWorkerDialect(path) };
  if (!/^(mysql|mariadb):\/\//.test(url)) {
    throw new JournalUrlError('journal.url must begin with sqlite:, mysql:// or mariadb://');
  }
  // A URL that is none is told now, not with the first connection.
  parseDatabaseUrl(url, password, 'journal.url');
  const pool = () => openPool(url, password, { connectionLimit: POOL_SIZE, connectTimeout: CONNECT_MS });
  return {
    engine: 'mysql',
    dialect: (limitMs) => new MysqlDialect({ pool: limitedPool(pool(), limitMs) }),
  };
}
