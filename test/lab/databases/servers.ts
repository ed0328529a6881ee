import { startMariadb } from './mariadb.ts';
import { startMysql } from './mysql.ts';
import type { DatabaseServer } from './server.ts';

/** Every database that the router must work with: the oldest protocol relative and the newest. */
export const DATABASE_SERVERS: readonly (readonly [
  string,
  (settings?: readonly string[]) => Promise<DatabaseServer>,
])[] = [
  ['MariaDB', startMariadb],
  ['MySQL', startMysql],
];

/** For `beforeAll`: the first start on a machine may have to install or unpack the server. */
export const SERVER_START_MS = 5 * 60_000;
