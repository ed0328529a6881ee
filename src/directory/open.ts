import { EmbeddedDirectory } from './demo/embedded.directory.ts';
import type { DirectoryReport, ManagedDirectory } from './directory.ts';
import { parseDatabaseUrl } from './mysql/database-url.ts';
import { MysqlDirectory } from './mysql/mysql.directory.ts';

/** The section `database` of the configuration. */
export interface DatabaseOptions {
  /** `mysql://user:password@host:port/database`, or `demo:`, which is also the default. */
  readonly url?: string | undefined;
  readonly poolSize: number;
  readonly contactPersonClientColumn: string;
  readonly inHandStates: readonly number[];
}

export interface OpenDirectoryOptions {
  /** Replaces the URL's password: for one that stands in a file of its own. */
  readonly password?: string | undefined;
  /** The longest budget that `find` will be given, in ms; the server is told to stop after it, too. */
  readonly maxBudgetMs: number;
  /** Told each time the schema has been checked with success: its warnings are for the log. */
  readonly onReady?: ((report: DirectoryReport) => void) | undefined;
}

/**
 * The directory on the configured database. Nothing is connected yet: see `start()`.
 *
 * @throws {DatabaseUrlError} the URL is none, or has a parameter that is not known
 */
export function openDirectory(database: DatabaseOptions, options: OpenDirectoryOptions): ManagedDirectory {
  const { url = 'demo:', inHandStates, poolSize, contactPersonClientColumn } = database;
  if (url === 'demo:') return new EmbeddedDirectory({ inHandStates });
  return new MysqlDirectory({
    address: parseDatabaseUrl(url, options.password),
    poolSize,
    contactPersonClientColumn,
    inHandStates,
    maxBudgetMs: options.maxBudgetMs,
    onReady: options.onReady,
  });
}
