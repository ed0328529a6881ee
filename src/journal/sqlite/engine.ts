import { createRequire } from 'node:module';

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
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
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
  const node = Number(process.versions.node.split('.')[0]);
  const name = node >= FIRST_NODE_WITH_SQLITE ? 'node:sqlite' : '@photostructure/sqlite';
  const { DatabaseSync }: SqliteModule = createRequire(import.meta.url)(name);
  const database = new DatabaseSync(path);
  database.exec(SETTINGS);
  return database;
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
