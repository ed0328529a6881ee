import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import type { Pool, PoolConnection } from 'mysql2';
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
        callback(error, limited(connection, limitMs));
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

type Callback = Parameters<MysqlPoolConnection['query']>[2];

function limited(connection: PoolConnection, limitMs: number): MysqlPoolConnection {
  let gone: JournalStoreError | undefined;
  const query = (sql: string, parameters: unknown[], callback: Callback): void => {
    // Such as the rollback of what the server takes back by itself.
    if (gone !== undefined) return callback(gone, []);
    const timer = setTimeout(() => {
      gone = new JournalStoreError(`The journal's database did not answer within ${limitMs / 1000} s.`);
      connection.destroy();
      callback(gone, []);
    }, limitMs);
    connection.query(sql, parameters, (error, result) => {
      clearTimeout(timer);
      if (gone === undefined) callback(error, result as Parameters<Callback>[1]);
    });
  };
  // Its other shape is for streams: the journal has none.
  return { query: query as MysqlPoolConnection['query'], release: () => connection.release() };
}
