import { DirectoryTimeoutError, DirectoryUnavailableError } from '../directory.ts';
import type { DatabaseAddress } from './database-url.ts';
import { describeAddress } from './database-url.ts';

/** What to do about the failures that an admin can do something about. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: is the server running, and are host and port right?',
  ENOENT: 'There is no such socket: is the server running, and is socketPath right?',
  ENOTFOUND: 'The host name is unknown.',
  EAI_AGAIN: 'The name server does not answer.',
  EHOSTUNREACH: 'There is no way to this host.',
  ETIMEDOUT: 'It does not answer: is a firewall in between, or the server stuck?',
  PROTOCOL_CONNECTION_LOST: 'The server closed the connection.',
  HANDSHAKE_NO_SSL_SUPPORT: 'The server cannot encrypt: leave out ssl=…',
  HANDSHAKE_SSL_ERROR: 'Encryption could not be agreed upon: check the certificate.',
  ER_ACCESS_DENIED_ERROR: 'Check user and password, and from which hosts this user may connect.',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
    'This user logs in without a password, through the unix socket and as the system user of his name only: use the user of deploy/grants.sql.',
  ER_DBACCESS_DENIED_ERROR: 'This user may not read this database: see deploy/grants.sql.',
  ER_TABLEACCESS_DENIED_ERROR: 'This user may not read this table: see deploy/grants.sql.',
  ER_COLUMNACCESS_DENIED_ERROR: 'This user may not read this column: see deploy/grants.sql.',
  ER_BAD_DB_ERROR: 'There is no such database.',
  ER_CON_COUNT_ERROR: 'The server has no connection left: lower database.poolSize or raise max_connections.',
  ER_USER_LIMIT_REACHED: 'This user has no connection left: lower database.poolSize or raise his limit.',
};

const NO_PASSWORD =
  'No password was given: name a file that holds it in database.passwordFile, or write it into database.url.';

/** The server gave up by itself: what the session's limits are for. */
const SERVER_SIDE_TIMEOUTS = new Set(['ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT', 'ER_LOCK_WAIT_TIMEOUT']);

/** MariaDB's ER_STATEMENT_TIMEOUT, for which mysql2 has no name. */
const MARIADB_STATEMENT_TIMEOUT = 1969;

/** The vendor changed a table, or an admin a grant, since the schema was checked. */
const SCHEMA_CHANGES = new Set([
  'ER_BAD_FIELD_ERROR',
  'ER_NO_SUCH_TABLE',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_CANT_AGGREGATE_2COLLATIONS',
]);

/** What a failure of the driver means to a caller of `find`. The message never holds the password. */
export function toDirectoryError(
  error: unknown,
  address: DatabaseAddress,
): DirectoryTimeoutError | DirectoryUnavailableError {
  if (error instanceof DirectoryTimeoutError || error instanceof DirectoryUnavailableError) return error;
  const code = codeOf(error);
  const where = describeAddress(address);
  if (SERVER_SIDE_TIMEOUTS.has(code) || hasNumber(error, MARIADB_STATEMENT_TIMEOUT)) {
    return new DirectoryTimeoutError(`The database ${where} ended the look-up, which took too long.`, {
      cause: error,
    });
  }
  const detail = withoutPassword(error instanceof Error ? error.message : String(error), address.password);
  const advice = code === 'ER_ACCESS_DENIED_ERROR' && address.password === '' ? NO_PASSWORD : ADVICE[code];
  return new DirectoryUnavailableError(
    `The database ${where} cannot be asked: ${detail}${advice === undefined ? '' : `. ${advice}`}`,
    { cause: error },
  );
}

export function isSchemaChange(error: unknown): boolean {
  return error instanceof Error && SCHEMA_CHANGES.has(codeOf(error.cause ?? error));
}

/** The connection is gone, rather than the statement wrong. */
export function isConnectionLoss(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'fatal' in error && error.fatal === true;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function hasNumber(error: unknown, number: number): boolean {
  return typeof error === 'object' && error !== null && 'errno' in error && error.errno === number;
}

/** No server is known to send the password back. A message with it would stay in a log for years. */
function withoutPassword(message: string, password: string): string {
  // A very short one would be found in ordinary words.
  return password.length < 4 ? message : message.replaceAll(password, '***');
}
