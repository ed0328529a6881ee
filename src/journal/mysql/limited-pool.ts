import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { JournalStoreError } from '../errors.ts';

/** For the server's answer to a goodbye, in ms. */
const GOODBYE_MS = 500;

/**
 * mysql2's pool, whose statements come to an end in any case: a network that has fallen silent never answers, and tells
 * nobody.
 *
 * @param limitMs for each statement; the connection of one that takes longer is given up
 */
export function limitedPool(pool: Pool, limitMs: number): MysqlPool {
  const connections = new Set<PoolConnection>();
  pool.on('connection', (connection) => {
    connections.add(connection);
    connection.once('end', () => connections.delete(connection));
  });
  return {
    getConnection: (callback) =>
      pool.getConnection((error, connection) => {
        // Kysely looks at one of the two.
        callback(error, new LimitedConnection(connection, limitMs));
      }),
    end: (callback) => {
      const timer = setTimeout(() => {
        for (const connection of connections) connection.destroy();
        callback(null);
      }, GOODBYE_MS);
      pool.end((error) => {
        clearTimeout(timer);
        callback(error);
      });
    },
  };
}

type Callback = (error: unknown, result: ResultSetHeader | RowDataPacket[]) => void;

class LimitedConnection implements MysqlPoolConnection {
  readonly #connection: PoolConnection;
  readonly #limitMs: number;
  #gone: JournalStoreError | undefined;

  constructor(connection: PoolConnection, limitMs: number) {
    this.#connection = connection;
    this.#limitMs = limitMs;
  }

  query(sql: string, parameters: unknown[]): { stream: () => never };
  query(sql: string, parameters: unknown[], callback: Callback): void;
  query(sql: string, parameters: unknown[], callback?: Callback): { stream: () => never } | undefined {
    if (callback === undefined) throw new JournalStoreError('The journal answers a statement as a whole.');
    // Such as the rollback of what the server takes back by itself.
    if (this.#gone !== undefined) {
      callback(this.#gone, []);
      return undefined;
    }
    const timer = setTimeout(() => {
      this.#gone = new JournalStoreError(
        `The journal's database did not answer within ${this.#limitMs / 1000} s.`,
      );
      this.#connection.destroy();
      callback(this.#gone, []);
    }, this.#limitMs);
    this.#connection.query<ResultSetHeader | RowDataPacket[]>(sql, parameters, (error, result) => {
      clearTimeout(timer);
      if (this.#gone === undefined) callback(error, result);
    });
    return undefined;
  }

  release(): void {
    this.#connection.release();
  }
}
