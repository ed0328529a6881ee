import { DirectoryTimeoutError, DirectoryUnavailableError } from '../directory.ts';
import type { DatabaseAddress } from './database-url.ts';
import { describeAddress } from './database-url.ts';

/** What to do about the failures that an admin can do something about. */
export const ADVICE = {
  ECONNREFUSED:
    'Nothing listens there: is the server running, and are host and port right? Of a server on another machine: bind-address.',
  ENOENT: 'There is no such socket: is the server running, and is socketPath right?',
  ENOTFOUND: 'The host name is unknown.',
  EAI_AGAIN: 'The name server does not answer.',
  EHOSTUNREACH: 'There is no way to this host.',
  ETIMEDOUT: 'It does not answer: is a firewall in between, or the server stuck?',
  PROTOCOL_CONNECTION_LOST: 'The server closed the connection.',
  HANDSHAKE_NO_SSL_SUPPORT: 'The server cannot encrypt: leave out ssl=…',
  HANDSHAKE_SSL_ERROR:
    'Encryption could not be agreed upon: check the certificate, or write ?ssl=noverify to believe any.',
  ER_ACCESS_DENIED_ERROR: 'Check user and password, and from which hosts this user may connect.',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
    'This user logs in without a password, through the unix socket and as the system user of that name only: use the user of deploy/grants.sql.',
  ER_DBACCESS_DENIED_ERROR: 'This user may not read this database: see deploy/grants.sql.',
  ER_TABLEACCESS_DENIED_ERROR: 'This user may not read this table: see deploy/grants.sql.',
  ER_COLUMNACCESS_DENIED_ERROR: 'This user may not read this column: see deploy/grants.sql.',
  ER_BAD_DB_ERROR: 'There is no such database.',
  ER_CON_COUNT_ERROR: 'The server has no connection left: lower database.poolSize or raise max_connections.',
  ER_TOO_MANY_USER_CONNECTIONS:
    'This user has no connection left: lower database.poolSize or raise max_user_connections.',
  ER_USER_LIMIT_REACHED:
    'This user has reached a limit: lower database.poolSize or raise it (ALTER USER … WITH).',
  ER_HOST_NOT_PRIVILEGED:
    'No user may log in from this address: put it in place of 127.0.0.1 in deploy/grants.sql, and run that again.',
  ER_HOST_IS_BLOCKED:
    'Too many connections from here broke off: say FLUSH HOSTS on the server (mysqladmin flush-hosts), and raise max_connect_errors.',
  ER_SECURE_TRANSPORT_REQUIRED: 'The server wants encryption: add ?ssl=true to database.url.',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'The password has expired: set a new one with ALTER USER.',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'The account is locked: ALTER USER … ACCOUNT UNLOCK.',
  AUTH_SWITCH_PLUGIN_ERROR:
    'This user logs in by a method that is not supported: let it be mysql_native_password or ed25519 on MariaDB, caching_sha2_password on MySQL (ALTER USER … IDENTIFIED VIA mysql_native_password USING PASSWORD(…)).',
  /** Codes of our own: the server does not tell these apart from a wrong password. */
  NO_PASSWORD:
    'No password was given: name a file that holds it in database.passwordFile, or write it into database.url.',
  PERHAPS_SSL: 'If it has REQUIRE SSL, add ?ssl=true to database.url.',
} as const;

export type AdvisedCode = keyof typeof ADVICE;

/** The database cannot be asked. Its message is the problem and the advice in English. */
export class DatabaseProblemError extends DirectoryUnavailableError {
  /** What has happened, in one sentence without its full stop. */
  readonly problem: string;
  /** What can be done about it, for who has words of their own. */
  readonly advice: readonly AdvisedCode[];

  constructor(problem: string, advice: readonly AdvisedCode[], options?: ErrorOptions) {
    super([problem, advice.map((code) => ADVICE[code]).join(' ')].filter(Boolean).join('. '), options);
    this.problem = problem;
    this.advice = advice;
  }
}

/** Error numbers, which say the same in every version; names differ, and mysql2 does not know them all. */
const numbers = (...list: readonly number[]): ReadonlySet<number> => new Set(list);

/** The server gave up by itself, which is what the session's limits are for: 1969 is MariaDB's, 3024 MySQL's. */
const SERVER_SIDE_TIMEOUTS = numbers(1205, 1969, 3024);

/** The vendor changed a table, or an admin a grant, since the schema was checked. */
const SCHEMA_CHANGES = numbers(1054, 1142, 1143, 1146, 1267);

/** Somebody killed the statement, or it has to be begun anew: deadlock, changed table, forgotten preparation. */
const INTERRUPTIONS = numbers(1213, 1317, 1412, 1615);

const KILLED_STATEMENT = 1317;

/** The server, or the user, has as many connections as may be. */
const TOO_MANY = numbers(1040, 1203, 1226);

/** The server says that the line broke off while we logged in. */
const BROKEN_LINE = numbers(1043, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161);

/** Nothing that could count our attempts. */
const NOBODY_THERE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** What a failure of the driver means to a caller of `find`. The message never holds the password. */
export function toDirectoryError(
  error: unknown,
  address: DatabaseAddress,
): DirectoryTimeoutError | DirectoryUnavailableError {
  if (error instanceof DirectoryTimeoutError || error instanceof DirectoryUnavailableError) return error;
  const where = describeAddress(address);
  if (SERVER_SIDE_TIMEOUTS.has(numberOf(error))) {
    return new DirectoryTimeoutError(`The database ${where} ended the look-up, which took too long.`, {
      cause: error,
    });
  }
  const detail = withoutPassword(error instanceof Error ? error.message : String(error), address.password);
  const problem = `The database ${where} cannot be asked: ${detail.replace(/\.$/, '')}`;
  return new DatabaseProblemError(problem, adviceFor(codeOf(error), address), { cause: error });
}

function adviceFor(code: string, { password, ssl }: DatabaseAddress): readonly AdvisedCode[] {
  if (code === 'ER_ACCESS_DENIED_ERROR') {
    if (password === '') return ['NO_PASSWORD'];
    if (ssl === 'off') return [code, 'PERHAPS_SSL'];
  }
  return isAdvised(code) ? [code] : [];
}

function isAdvised(code: string): code is AdvisedCode {
  return Object.hasOwn(ADVICE, code);
}

export function isSchemaChange(error: unknown): boolean {
  return error instanceof Error && SCHEMA_CHANGES.has(numberOf(error.cause ?? error));
}

/** The connection is gone, rather than the statement wrong. */
export function isConnectionLoss(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'fatal' in error && error.fatal === true;
}

/** The fault of the statement or of its time. After all other errors the connection is not worth keeping. */
export function isOfStatement(error: unknown): boolean {
  const number = numberOf(error);
  return SERVER_SIDE_TIMEOUTS.has(number) || SCHEMA_CHANGES.has(number) || number === KILLED_STATEMENT;
}

/** It may well succeed when it is tried again. */
export function isInterruption(error: unknown): boolean {
  return INTERRUPTIONS.has(numberOf(error));
}

/** A proxy has sent the statement to another server than the one that had prepared it. */
export function isForgottenPreparation(error: unknown): error is Error {
  return numberOf(error) === 1243;
}

export function isTooMany(error: unknown): boolean {
  return TOO_MANY.has(numberOf(error));
}

/** The server itself refuses us. */
export function isAnswerOfServer(error: unknown): boolean {
  const number = numberOf(error);
  return number > 0 && !BROKEN_LINE.has(number);
}

export function isNobodyThere(error: unknown): boolean {
  return NOBODY_THERE.has(codeOf(error));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The server's error number; 0 when the error is none of the server's. */
function numberOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return 0;
  // Those of the operating system are negative.
  return typeof error.errno === 'number' && error.errno > 0 ? error.errno : 0;
}

/** No server is known to send the password back. A message with it would stay in a log for years. */
function withoutPassword(message: string, password: string): string {
  // A very short one would be found in ordinary words.
  return password.length < 4 ? message : message.replaceAll(password, '***');
}
