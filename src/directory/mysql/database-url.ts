import { CodedError } from '../../util/errors.ts';
import { maskUrlPasswords } from '../../util/url-password.ts';

/** Where the database is and who asks. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  /** A unix socket to use instead of host and port. */
  readonly socketPath: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `noverify`: encrypted, but whoever answers is believed. */
  readonly ssl: 'off' | 'verify' | 'noverify';
}

export class DatabaseUrlError extends CodedError {
  readonly code = 'DATABASE_URL';
}

/** Both servers speak the same protocol, whatever the URL calls it. */
const PROTOCOLS = new Set(['mysql:', 'mariadb:']);

const SSL_MODES = { false: 'off', true: 'verify', noverify: 'noverify' } as const;

/**
 * Reads `mysql://user:password@host:port/database`; `mariadb://` means the same. Special characters are percent-encoded, `%40` for `@`.
 * Two parameters may follow: `?socketPath=/run/mysqld/mysqld.sock` (the host is then of no importance, but
 * must stand there) and `?ssl=true`, which checks the server's certificate (an authority of your own goes
 * into NODE_EXTRA_CA_CERTS), or `?ssl=noverify`, which does not.
 *
 * @param password replaces the one in the URL
 * @param key where the URL stands in the configuration, for messages
 * @throws {DatabaseUrlError} naming what is wrong, without the password
 */
export function parseDatabaseUrl(text: string, password?: string, key = 'database.url'): DatabaseAddress {
  const refuse = (problem: string, options?: ErrorOptions) =>
    new DatabaseUrlError(`${key} ${JSON.stringify(maskUrlPasswords(text))} ${problem}`, options);

  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw refuse(
      'is no URL such as mysql://user:password@host:3306/database; write special characters of the password as %40 for @, %23 for #, %2F for /',
      { cause: withoutInput(cause) },
    );
  }
  const decode = (part: string, what: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse(`has a stray % in the ${what}: write % itself as %25`);
    }
  };

  if (!PROTOCOLS.has(url.protocol)) throw refuse('must begin with mysql:// or mariadb://');
  if (url.hash !== '') throw refuse('has a #: write it as %23');
  const user = decode(url.username, 'user');
  if (user === '') throw refuse('names no user: mysql://USER:password@host/database');
  if (url.hostname === '') throw refuse('names no host');
  const database = decode(url.pathname.slice(1), 'database');
  if (database === '' || database.includes('/'))
    throw refuse('must name one database: mysql://user@host/DATABASE');

  const parameters = { socketPath: '', ssl: 'false' };
  for (const [name, value] of url.searchParams) {
    if (name !== 'socketPath' && name !== 'ssl') {
      throw refuse(`has the unknown parameter ${JSON.stringify(name)}: socketPath and ssl are known`);
    }
    parameters[name] = value;
  }
  const { socketPath, ssl } = parameters;
  if (socketPath !== '' && !socketPath.startsWith('/'))
    throw refuse('has a socketPath that does not begin with /');
  if (!isSslMode(ssl)) throw refuse(`has ssl=${ssl}: true, false and noverify are known`);

  return {
    // Brackets belong to the URL, not to the IPv6 address.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    socketPath: socketPath === '' ? undefined : socketPath,
    user,
    password: password ?? decode(url.password, 'password'),
    database,
    ssl: SSL_MODES[ssl],
  };
}

/** `user@host:port/database`, for messages. */
export function describeAddress({ user, host, port, socketPath, database }: DatabaseAddress): string {
  return `${user}@${socketPath ?? `${host}:${port}`}/${database}`;
}

function isSslMode(text: string): text is keyof typeof SSL_MODES {
  return Object.hasOwn(SSL_MODES, text);
}

/** Node's "Invalid URL" error carries the whole input, password and all. */
function withoutInput(cause: unknown): unknown {
  return cause instanceof Error ? new Error(cause.message) : undefined;
}
