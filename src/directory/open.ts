import { EmbeddedDirectory } from './demo/embedded.directory.ts';
import type { ManagedDirectory } from './directory.ts';

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
}

/**
 * The directory on the configured database. Nothing is connected yet: see `start()`.
 */
export function openDirectory(database: DatabaseOptions, _options: OpenDirectoryOptions): ManagedDirectory {
  const url = database.url ?? 'demo:';
  if (url === 'demo:') return new EmbeddedDirectory({ inHandStates: database.inHandStates });
  throw new Error(`not yet: ${url}`);
}
