import type { Socket } from 'node:net';
import { createConnection, type Connection, type PrepareStatementInfo, type RowDataPacket } from 'mysql2';
import type { DatabaseAddress } from './database-url.ts';
import { signEd25519 } from './ed25519-login.ts';
import { isConnectionLoss, isForgottenPreparation, isOfStatement } from './mysql.errors.ts';
import {
  ASSIGNMENTS,
  limitFits,
  limitFor,
  limitStatement,
  LIMITS,
  MOST_STATEMENTS,
  READ_ONLY,
  SINGLE_ASSIGNMENTS,
} from './session-settings.ts';
import { asText } from './statement-text.ts';

export type Row = Readonly<Record<string, unknown>>;

/** How long the host may take to accept a connection, in ms. Who waits for it goes earlier. */
const CONNECT_MS = 2000;

/**
 * How long the server may take to let us in once the host has accepted the connection, in ms. A server that
 * hangs is waited for rather than asked again and again: MySQL counts each handshake that is broken off, and
 * refuses our address after max_connect_errors of them.
 */
const HANDSHAKE_MS = 30_000;

/** Idle time after which the kernel begins to ask whether the other side is still there, in ms. */
const KEEP_ALIVE_AFTER_MS = 30_000;

/** A setting or a way of asking that the server refused, and that it is used without. */
export interface Refusal {
  readonly statement: string;
  readonly error: Error;
}

/** One connection: its settings are made before it is ready, its statements are prepared once. */
export class DatabaseConnection {
  readonly openedAt = performance.now();
  /** `performance.now()` of its last answer; undefined before the first one. */
  answeredAt: number | undefined;
  /** What the server refused and is used without. */
  readonly refused: Refusal[] = [];
  readonly #connection: Connection;
  /** Without TLS around it. */
  readonly #socket: Socket;
  /** By their SQL. mysql2 remembers them, too, but makes a key of the whole text for each execution. */
  readonly #prepared = new Map<string, PrepareStatementInfo>();
  #limitMs = 0;
  #canLimit = true;
  /** The server cannot prepare statements, and takes them as text. */
  #onlyText = false;
  /** Why the last statement could not be prepared, while it is tried as text. */
  #preparing: Error | undefined;

  /** @param onClosed told once, whoever has closed it */
  constructor(address: DatabaseAddress, onClosed: () => void) {
    this.#connection = createConnection({
      user: address.user,
      password: address.password,
      database: address.database,
      ...(address.socketPath === undefined
        ? { host: address.host, port: address.port }
        : { socketPath: address.socketPath }),
      ...(address.ssl === 'off'
        ? {}
        : {
            ssl: { rejectUnauthorized: address.ssl === 'verify', verifyIdentity: address.ssl === 'verify' },
          }),
      authPlugins: { client_ed25519: () => (scramble) => signEd25519(address.password, scramble) },
      charset: 'utf8mb4',
      // There are limits of our own.
      connectTimeout: 0,
      enableKeepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
      dateStrings: true,
      supportBigNumbers: true,
      maxPreparedStatements: MOST_STATEMENTS,
    });
    // An 'error' event without a listener would end this process.
    this.#connection.on('error', () => {});
    this.#socket = socketOf(this.#connection);
    this.#socket.once('close', onClosed);
  }

  /** The server, or whoever is there, has said something. */
  get isGreeted(): boolean {
    return this.#socket.bytesRead > 0;
  }

  /** @throws the driver's error; the connection is of no use then */
  async ready(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => reject(Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' }));
      timer = setTimeout(giveUp, CONNECT_MS).unref();
      this.#socket.once('connect', () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, HANDSHAKE_MS).unref();
      });
    });
    try {
      await Promise.race([this.#login(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @param statement SQL with a `?` for each value
   * @param budgetMs the server ends the statement not much later
   * @throws the driver's error
   */
  async run(statement: string, values: readonly string[], budgetMs: number): Promise<Row[]> {
    if (this.#canLimit && !limitFits(this.#limitMs, budgetMs)) {
      this.#limitMs = limitFor(budgetMs);
      this.#canLimit = await this.#set(limitStatement(this.#limitMs), LIMITS);
    }
    const prepared = this.#prepared.get(statement) ?? (await this.#prepare(statement));
    if (prepared === null) return this.#runText(statement, values);
    try {
      return await execute(prepared, values);
    } catch (error) {
      if (!isForgottenPreparation(error)) throw error;
      this.#prepared.clear();
      this.#preparing = error;
      return this.#runText(statement, values);
    }
  }

  /** Says goodbye; the server closes it then. */
  end(): void {
    this.#connection.end(() => {});
  }

  /** Closes it at once, with whatever it is doing. */
  destroy(): void {
    this.#connection.destroy();
    // mysql2's destroy() only closes our half, and waits for a server that may never close its own.
    this.#socket.destroy();
  }

  async #login(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.connect((error) => (error === null ? resolve() : reject(error)));
    });
    await this.#set(READ_ONLY);
    if (await this.#set(ASSIGNMENTS)) return;
    this.refused.pop();
    for (const single of SINGLE_ASSIGNMENTS) await this.#set(single);
  }

  /** @returns false when the server refused it; that is noted by its name */
  #set(statement: string, name = statement): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#connection.query(statement, (error) => {
        if (error === null) resolve(true);
        else if (isConnectionLoss(error)) reject(error);
        else {
          this.refused.push({ statement: name, error });
          resolve(false);
        }
      });
    });
  }

  /** @returns null when the statement is to be sent as text: proxies have errors of their own for that */
  #prepare(statement: string): Promise<PrepareStatementInfo | null> {
    if (this.#onlyText) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#connection.prepare(statement, (error, prepared) => {
        if (error === null) {
          this.#prepared.set(statement, prepared);
          resolve(prepared);
        } else if (isConnectionLoss(error) || isOfStatement(error)) reject(error);
        else {
          this.#preparing = error;
          resolve(null);
        }
      });
    });
  }

  #runText(statement: string, values: readonly string[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query<RowDataPacket[]>(asText(statement, values), (error, rows) => {
        if (error !== null) {
          reject(error);
          return;
        }
        if (this.#preparing !== undefined)
          this.refused.push({ statement: 'PREPARE', error: this.#preparing });
        this.#preparing = undefined;
        this.#onlyText = true;
        resolve(rows);
      });
    });
  }
}

function execute(prepared: PrepareStatementInfo, values: readonly string[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    prepared.execute<RowDataPacket[]>(values, (error, rows) =>
      error === null ? resolve(rows) : reject(error),
    );
  });
}

/** mysql2's types leave out the socket. */
function socketOf(connection: Connection): Socket {
  if ('stream' in connection && isSocket(connection.stream)) return connection.stream;
  throw new TypeError('A database connection without a socket: is mysql2 of another version?');
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'destroy' in value;
}
