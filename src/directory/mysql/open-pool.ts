import { createPool, type Pool, type PoolOptions } from 'mysql2';
import { parseDatabaseUrl } from './database-url.ts';
import { MOST_STATEMENTS } from './session-settings.ts';

/**
 * mysql2's own pool, for what may take its time: the journal, the list of users, call detail records. Look-ups for calls go
 * through `QueryPool`, which keeps their budgets.
 *
 * @param url `mysql://…` or `mariadb://…`, as `parseDatabaseUrl` reads it
 * @param password takes the place of the one in the URL
 * @param key where the URL stands in the configuration, for messages
 * @throws {DatabaseUrlError}
 */
export function openPool(
  url: string,
  password: string | undefined,
  options: PoolOptions,
  key?: string,
): Pool {
  const {
    host,
    port,
    socketPath,
    user,
    password: secret,
    database,
    ssl,
  } = parseDatabaseUrl(url, password, key);
  return createPool({
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    user,
    password: secret,
    database,
    charset: 'utf8mb4',
    maxPreparedStatements: MOST_STATEMENTS,
    ...(ssl === 'off' ? {} : { ssl: { rejectUnauthorized: ssl === 'verify' } }),
    ...options,
  });
}
