import { CodedError } from '../util/errors.ts';
import type { Match } from './match.ts';

/** Digits that stand in no contacts table and that no caller can have: to ask whether there is an answer. */
export const NO_NUMBER = '0';

/** With less time than that, in ms, a live database is not asked: the answer would come too late. */
export const LEAST_BUDGET_MS = 20;

export interface DirectoryAnswer {
  /** Every match of the number in `contacts`; empty when the number is not there. */
  readonly matches: readonly Match[];
  /** `live`: asked from the database now. `snapshot`: remembered. */
  readonly source: 'live' | 'snapshot';
  /** Age of what was remembered, in whole seconds; 0 for `live`. */
  readonly ageSeconds: number;
  /**
   * Why what is remembered had to do: the code of the error with which the database's look-up ended, or
   * `BREAKER_OPEN` when it was not asked. Left out for `live`.
   */
  readonly liveError?: string;
  /** Some of what was remembered is lost. Left out where that is not so. */
  readonly isPartial?: true;
}

/** Finds out whose a phone number is. */
export interface Directory {
  /**
   * @param number digits as `contacts.VALUE` holds them, such as `79161234567`
   * @param budgetMs after that many milliseconds the promise is rejected, whatever the database does
   * @throws {DirectoryTimeoutError} the budget is used up
   * @throws {DirectoryBusyError} at once: so many look-ups wait that this one would come too late
   * @throws {DirectoryUnavailableError} the database cannot be asked
   */
  find(number: string, budgetMs: number): Promise<DirectoryAnswer>;
}

/** A directory with a life of its own: a connection to open, to watch and to close. */
export interface ManagedDirectory extends Directory {
  /**
   * Connects and checks the schema, once. A database that cannot be asked now is no error: it is reported,
   * and `find` tries again.
   *
   * @throws {SchemaError} the database answers, and lacks what no look-up can do without: nor is there a snapshot
   */
  start(): Promise<DirectoryReport>;
  /** Takes over what another one remembers of the same database. To be called before `start`. */
  inherit?(old: ManagedDirectory): void;
  stats(): PoolStats;
  /** How it gets along without its database; left out by a directory that has no such means. */
  resilience?(): Resilience;
  /** Ends the connections, whether or not the server still answers. `find` is refused from then on. */
  close(): Promise<void>;
}

export interface DirectoryReport {
  readonly state: 'ready' | 'unavailable';
  /** The server's name and version, such as `MariaDB 10.11.14`; null when unavailable. */
  readonly version: string | null;
  /** Features that are off, since the schema lacks something optional. */
  readonly warnings: readonly SchemaWarning[];
  /** Why it is unavailable, in one sentence; null when ready. */
  readonly problem: string | null;
}

export interface SchemaWarning {
  /** What is off, in a few words, such as `client state`. */
  readonly feature: string;
  /** What is missing, such as `clients.State`. */
  readonly column: string;
  /** One sentence for the log. */
  readonly message: string;
}

/** Connections to the database, at this moment. */
export interface PoolStats {
  /** Open, or being opened. */
  readonly size: number;
  /** Of these: at work for a look-up. */
  readonly used: number;
  /** Look-ups that wait for a connection. */
  readonly waiting: number;
}

/** What stands between the calls and a database that is away, at this moment. */
export interface Resilience {
  /** The database has failed several times in a row and is not asked for calls until a probe finds it back. */
  readonly breakerOpen: boolean;
  /**
   * Why the database is not asked, or why the last look-up in it failed, in one sentence; null while it
   * answers. It is there from the first failure on, some calls before the breaker opens.
   */
  readonly problem: string | null;
  /** What would answer without the database; null while there is nothing new enough. */
  readonly snapshot: {
    /** Numbers that it knows. */
    readonly numbers: number;
    /** Since it was taken, in seconds. */
    readonly ageSeconds: number;
    /** Some of it is lost; left out where that is not so. */
    readonly isPartial?: true;
  } | null;
  /** The snapshot that is being taken: matches that were read, and in how many seconds; null while none is. */
  readonly taking: { readonly matches: number; readonly seconds: number } | null;
}

export class DirectoryTimeoutError extends CodedError {
  readonly code = 'DIRECTORY_TIMEOUT';
}

/** The database works, and has more to do than it manages: it was not asked. */
export class DirectoryBusyError extends CodedError {
  readonly code = 'DIRECTORY_BUSY';
}

export class DirectoryUnavailableError extends CodedError {
  readonly code = 'DIRECTORY_UNAVAILABLE';
}
