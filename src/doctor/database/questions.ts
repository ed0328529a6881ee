import type { CompiledQuery } from 'kysely';
import type { DatabaseAddress } from '../../directory/mysql/database-url.ts';
import { toRawText } from '../../directory/sql/values.ts';
import { QueryPool, type Row } from '../../directory/mysql/query.pool.ts';

/** A check of a big table may take longer than a call may; the server ends it after that, too. */
export const QUESTION_MS = 5_000;

/** Puts a question to the database: read only, bounded in time. */
export interface Questions {
  /**
   * @throws {DirectoryTimeoutError} no answer in `QUESTION_MS`
   * @throws {DirectoryUnavailableError} it was refused
   */
  ask(query: Question): Promise<Row[]>;
}

/** A statement with its parameters. */
export type Question = Pick<CompiledQuery, 'sql' | 'parameters'>;

/** One connection for all questions. */
export class DatabaseQuestions implements Questions {
  readonly #pool: QueryPool;

  constructor(address: DatabaseAddress) {
    this.#pool = new QueryPool(address, { poolSize: 1 });
  }

  ask({ sql, parameters }: Question): Promise<Row[]> {
    return this.#pool.run(sql, parameters.map(String), QUESTION_MS);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** A column as text: drivers hand over numbers, text or bytes, as the column's type has it. */
export function textOf(row: Row | undefined, column: string): string {
  return toRawText(row?.[column]);
}
