import type { QueryResult } from 'kysely';
import { openSqlite, type SqliteDatabase, type SqliteStatement, type SqliteValue } from './engine.ts';

/** Compiled statements that are kept; the journal has some dozens. */
const KEPT_STATEMENTS = 100;
/**
 * Values of one that is kept, at most. What a batch needs has another text for each of its lengths and is hardly ever asked
 * again, and SQLite holds on to the last values of each.
 */
const KEPT_VALUES = 25;

/** One SQLite connection that speaks Kysely's terms. Synchronous: it lives in a worker thread. */
export class SqliteConnection {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  /** @throws when the file cannot be opened, or is no database */
  constructor(path: string) {
    this.#database = openSqlite(path);
  }

  /** @throws SQLite's own error */
  run(sql: string, values: readonly unknown[]): QueryResult<never> {
    const parameters = values.map(toSqliteValue);
    if (values.length <= KEPT_VALUES) return execute(this.#prepare(sql), parameters);
    const statement = this.#database.prepare(sql);
    try {
      return execute(statement, parameters);
    } finally {
      // The garbage collector does not see how much memory hangs on it.
      statement[Symbol.dispose]?.();
    }
  }

  close(): void {
    this.#forgetStatements();
    this.#database.close();
  }

  /** A statement that is still there would keep the file open after `close`, and its log with it. */
  #forgetStatements(): void {
    for (const statement of this.#statements.values()) statement[Symbol.dispose]?.();
    this.#statements.clear();
  }

  #prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= KEPT_STATEMENTS) this.#forgetStatements();
    this.#statements.set(sql, statement);
    return statement;
  }
}

function execute(statement: SqliteStatement, parameters: readonly SqliteValue[]): QueryResult<never> {
  if (statement.columns().length > 0) return { rows: statement.all(...parameters) };
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

function toSqliteValue(value: unknown): SqliteValue {
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) return null;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite takes no ${typeof value}`);
}
