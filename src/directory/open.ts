import type { CodeDirectory } from './by-code.ts';
import { EmbeddedDirectory } from './demo/embedded.directory.ts';
import type { DirectoryReport, ManagedDirectory } from './directory.ts';
import type { Refusal } from './mysql/connection.ts';
import { describeAddress, parseDatabaseUrl } from './mysql/database-url.ts';
import { MysqlDirectory } from './mysql/mysql.directory.ts';
import { ResilientDirectory } from './resilient.directory.ts';
import { SnapshotRefresher, type SnapshotEvent } from './snapshot/refresher.ts';

/** The section `database` of the configuration. */
export interface DatabaseOptions {
  /** `mysql://user:password@host:port/database`, `mariadb://…`, or `demo:`, which is also the default. */
  readonly url?: string | undefined;
  readonly poolSize: number;
  readonly contactPersonClientColumn: string;
  readonly inHandStates: readonly number[];
}

/** The section `snapshot` of the configuration. */
export interface SnapshotOptions {
  readonly enabled: boolean;
  readonly file?: string | undefined;
  readonly refreshSeconds: number;
  readonly maxAgeSeconds: number;
  readonly liveBudgetMs: number;
}

export interface OpenDirectoryOptions {
  /** `numbers.country`: what a national number is in `contacts`. Default `RU`. */
  readonly country?: string | undefined;
  /** Replaces the URL's password: for one that stands in a file of its own. */
  readonly password?: string | undefined;
  /** The longest budget that `find` will be given, in ms; the server is told to stop after it, too. */
  readonly maxBudgetMs: number;
  /** Told when the schema has been checked with success, and the report is not the last one again. */
  readonly onReady?: ((report: DirectoryReport) => void) | undefined;
  /** Told of each setting that the server refuses and is used without, once. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

/**
 * The live directory on the configured database. Nothing is connected yet: see `start()`.
 *
 * @throws {DatabaseUrlError} the URL is none, or has a parameter that is not known
 */
export function openDirectory(
  database: DatabaseOptions,
  options: OpenDirectoryOptions,
): ManagedDirectory & CodeDirectory {
  const { url = 'demo:', inHandStates } = database;
  return url === 'demo:' ? new EmbeddedDirectory({ inHandStates }) : openMysql(url, database, options);
}

export interface OpenResilientOptions extends OpenDirectoryOptions {
  readonly onSnapshot: (event: SnapshotEvent) => void;
  /** The database is not asked any more, or still not and now for this reason. */
  readonly onProblem: (problem: string) => void;
  /** The database is asked again. */
  readonly onBack: () => void;
  /** Use the snapshot on disk, take none. Default false. */
  readonly readOnlySnapshot?: boolean;
}

/**
 * The same for a server: with a breaker, and with a snapshot that answers while the database is away.
 *
 * @throws {DatabaseUrlError} as `openDirectory`
 */
export function openResilientDirectory(
  database: DatabaseOptions,
  snapshot: SnapshotOptions,
  options: OpenResilientOptions,
): ManagedDirectory {
  const { url = 'demo:', inHandStates } = database;
  // The embedded database is never away.
  if (url === 'demo:') return new EmbeddedDirectory({ inHandStates });
  const live = openMysql(url, database, options);
  const { file, refreshSeconds, maxAgeSeconds } = snapshot;
  const refresher = snapshot.enabled
    ? new SnapshotRefresher(live, {
        file,
        origin: originOf(url, database, options.country),
        refreshSeconds,
        maxAgeSeconds,
        readOnly: options.readOnlySnapshot ?? false,
        onEvent: options.onSnapshot,
      })
    : null;
  return new ResilientDirectory({
    live,
    refresher,
    liveBudgetMs: snapshot.liveBudgetMs,
    maxBudgetMs: options.maxBudgetMs,
    onProblem: options.onProblem,
    onBack: options.onBack,
  });
}

/** What a snapshot depends on: one that was taken from another database, or in another way, is not used. */
function originOf(url: string, database: DatabaseOptions, country = 'RU'): string {
  const { inHandStates, contactPersonClientColumn } = database;
  const address = describeAddress(parseDatabaseUrl(url));
  return [address, inHandStates.join(','), contactPersonClientColumn, country].join(' ');
}

function openMysql(url: string, database: DatabaseOptions, options: OpenDirectoryOptions): MysqlDirectory {
  const { poolSize, contactPersonClientColumn, inHandStates } = database;
  return new MysqlDirectory({
    address: parseDatabaseUrl(url, options.password),
    poolSize,
    contactPersonClientColumn,
    inHandStates,
    country: options.country,
    maxBudgetMs: options.maxBudgetMs,
    onReady: options.onReady,
    onRefused: options.onRefused,
  });
}
