import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The part of `node:sqlite` that the journal uses; @photostructure/sqlite has the same. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  close(): void;
}

export interface SqliteStatement {
  all(...values: readonly SqliteValue[]): never[];
  run(...values: readonly SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  columns(): readonly unknown[];
  /** Missing in `node:sqlite`, which ends its statements itself. */
  [Symbol.dispose]?(): void;
}

export type SqliteValue = null | number | bigint | string | Uint8Array;

interface SqliteModule {
  readonly DatabaseSync: new (path: string | URL, options?: { readOnly: boolean }) => SqliteDatabase;
}

/** `node:sqlite` has shed its experimental mark in Node 24; below it a package with the same interface serves. */
const FIRST_NODE_WITH_SQLITE = 24;

/**
 * Opens a database file, which is made when it is missing.
 *
 * @param path `:memory:` for one that lives as long as it is open
 * @throws whatever SQLite says, as an Error
 */
export function openSqlite(path: string): SqliteDatabase {
  const { DatabaseSync } = loadEngine();
  const database = new DatabaseSync(path);
  database.exec(SETTINGS);
  return database;
}

/**
 * Opens a database file to look at it, without making or changing a file.
 *
 * @throws whatever SQLite says, as an Error
 */
export function openSqliteToLook(path: string): SqliteDatabase {
  const { DatabaseSync } = loadEngine();
  // Somebody works with it, or was killed while doing so: what is in the log counts, and its files are there.
  if (existsSync(`${path}-wal`)) return new DatabaseSync(path, { readOnly: true });
  const url = pathToFileURL(path);
  // Otherwise SQLite would make the log's files, which would be those of whoever looks.
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true });
}

function loadEngine(): SqliteModule {
  const node = Number(process.versions.node.split('.')[0]);
  const name = node >= FIRST_NODE_WITH_SQLITE ? 'node:sqlite' : '@photostructure/sqlite';
  return createRequire(import.meta.url)(name);
}

/**
 * FULL: a call that was written stays written when the power fails. `secure_delete` overwrites what is erased.
 * Sizes are in KiB (negative) and pages.
 */
const SETTINGS = `
  pragma busy_timeout = 5000;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma secure_delete = on;
  pragma foreign_keys = on;
  pragma cache_size = -8192;
  pragma wal_autocheckpoint = 1000;
`;
