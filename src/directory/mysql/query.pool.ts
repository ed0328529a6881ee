import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from 'mysql2';
import type { Pool, PoolConnection, PrepareStatementInfo, RowDataPacket } from 'mysql2';
import { clearAlarm, setAlarm } from '../../util/fast-timer.ts';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../directory.ts';
import type { PoolStats } from '../directory.ts';
import type { DatabaseAddress } from './database-url.ts';
import { describeAddress } from './database-url.ts';
import { isConnectionLoss, toDirectoryError } from './mysql.errors.ts';

export interface QueryPoolOptions {
  readonly poolSize: number;
  /** The longest budget that `run` will be given, in ms. */
  readonly maxBudgetMs: number;
}

/** How long `close` waits for the server, in ms. */
const CLOSE_GRACE_MS = 1000;
const CLOSE_POLL_MS = 10;

/** Idle time after which the kernel begins to ask whether the other side is still there, in ms. */
const KEEP_ALIVE_AFTER_MS = 30_000;

export type Row = Readonly<Record<string, unknown>>;

/** What is known of a connection. */
interface ConnectionState {
  /** The session's settings are made. */
  ready: boolean;
  /** `performance.now()` of its last answer. */
  answeredAt: number;
  /** By their SQL. mysql2 remembers them, too, but makes a key of the whole text for each execution. */
  readonly prepared: Map<string, PrepareStatementInfo>;
}

/**
 * Runs prepared statements on pooled connections, each within a budget of time that covers everything: the
 * wait for a connection, making one, and the answer. mysql2 itself has no such limit.
 */
export class QueryPool {
  readonly #address: DatabaseAddress;
  readonly #pool: Pool;
  readonly #sessionSettings: readonly string[];
  readonly #connections = new Map<PoolConnection, ConnectionState>();
  readonly #used = new Set<PoolConnection>();
  readonly #poolSize: number;
  #waiting = 0;
  #closed = false;

  constructor(address: DatabaseAddress, { poolSize, maxBudgetMs }: QueryPoolOptions) {
    this.#address = address;
    this.#poolSize = poolSize;
    this.#sessionSettings = sessionSettings(maxBudgetMs);
    this.#pool = createPool({
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
      charset: 'utf8mb4',
      connectionLimit: poolSize,
      // A connection that takes longer comes too late for everybody; a little more, so that the budget is
      // what ends a look-up, and says so.
      connectTimeout: maxBudgetMs + 100,
      enableKeepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
      dateStrings: true,
      supportBigNumbers: true,
    });
    this.#pool.on('connection', (connection) => this.#register(connection));
  }

  /**
   * @param statement SQL; it is prepared once on each connection
   * @returns its rows
   * @throws {DirectoryTimeoutError} after `budgetMs`, at once, whatever the server does
   * @throws {DirectoryUnavailableError} there is no connection, or the statement failed
   */
  run(statement: string, values: readonly string[], budgetMs: number): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      let over = false;
      let connection: PoolConnection | undefined;

      const settle = () => {
        over = true;
        clearAlarm(alarm);
      };
      const fail = (error: unknown) => {
        settle();
        reject(toDirectoryError(error, this.#address));
      };
      const giveUp = () => {
        if (over) return;
        over = true;
        if (connection === undefined) this.#waiting -= 1;
        else this.#abandon(connection, startedAt);
        reject(this.#timeout(budgetMs, connection));
      };
      // After a stall of this process timers come before the answers that lie ready: those are read first.
      const alarm = setAlarm(startedAt + budgetMs, () => setImmediate(giveUp));

      const attempt = () => {
        connection = undefined;
        this.#waiting += 1;
        this.#pool.getConnection((connectError, granted) => {
          // Nobody waits any more: the connection goes to the next one, or stays for later.
          if (over) return connectError === null ? granted.release() : undefined;
          this.#waiting -= 1;
          if (connectError !== null) return fail(connectError);
          connection = granted;
          this.#used.add(granted);
          const isNew = this.#connections.get(granted)?.ready !== true;
          this.#execute(granted, statement, values, (error, rows) => {
            if (over) return;
            this.#takeBack(granted, error);
            if (error === null) {
              settle();
              resolve(rows);
            } else if (isConnectionLoss(error) && !isNew && !this.#closed) {
              // It died while it lay idle, which says nothing about the server. Each such attempt uses up
              // one old connection, so that there are at most as many as the pool has.
              attempt();
            } else {
              fail(error);
            }
          });
        });
      };
      attempt();
    });
  }

  stats(): PoolStats {
    return { size: this.#connections.size, used: this.#used.size, waiting: this.#waiting };
  }

  /** Lets running statements come to their end, within a second. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // Without a callback mysql2 would throw the error of a connection that is just being made.
    this.#pool.end(() => {});
    const graceEndsAt = performance.now() + CLOSE_GRACE_MS;
    while (this.#connections.size > 0 && performance.now() < graceEndsAt) await sleep(CLOSE_POLL_MS);
    for (const connection of this.#connections.keys()) this.#discard(connection);
  }

  #register(connection: PoolConnection): void {
    this.#connections.set(connection, { ready: false, answeredAt: performance.now(), prepared: new Map() });
    // An 'error' event without a listener would end this process. The pool listens for the first one only.
    connection.on('error', () => {});
    socketOf(connection).once('close', () => {
      this.#connections.delete(connection);
      this.#used.delete(connection);
    });
  }

  /** Settings come before the first statement of a connection, and cost the others nothing. */
  #execute(
    connection: PoolConnection,
    statement: string,
    values: readonly string[],
    done: (error: Error | null, rows: RowDataPacket[]) => void,
  ): void {
    const state = this.#connections.get(connection);
    const execute = () => {
      const prepared = state?.prepared.get(statement);
      if (prepared !== undefined) {
        prepared.execute<RowDataPacket[]>(values, done);
        return;
      }
      connection.prepare(statement, (error, made) => {
        if (error !== null) {
          done(error, []);
          return;
        }
        state?.prepared.set(statement, made);
        made.execute<RowDataPacket[]>(values, done);
      });
    };
    if (state === undefined || state.ready) {
      execute();
      return;
    }
    const [first = '', ...others] = this.#sessionSettings;
    const set = (setting: string, rest: readonly string[]) => {
      connection.query(setting, (error) => {
        const [next, ...later] = rest;
        if (error !== null) done(error, []);
        else if (next !== undefined) set(next, later);
        else {
          state.ready = true;
          execute();
        }
      });
    };
    set(first, others);
  }

  #takeBack(connection: PoolConnection, error: Error | null): void {
    this.#used.delete(connection);
    const state = this.#connections.get(connection);
    // A connection without its settings must not be handed out as if it had them.
    if (isConnectionLoss(error) || state?.ready !== true) {
      this.#discard(connection);
      return;
    }
    state.answeredAt = performance.now();
    connection.release();
  }

  /**
   * Throws away a connection that did not answer in time, with whatever it is doing; the pool makes another
   * one when it is needed. Idle ones that have said nothing since then go with it: when a firewall has
   * forgotten one, it has forgotten them all, and each would cost another caller his whole budget.
   */
  #abandon(connection: PoolConnection, startedAt: number): void {
    this.#discard(connection);
    for (const [other, { answeredAt }] of this.#connections) {
      if (answeredAt < startedAt && !this.#used.has(other)) this.#discard(other);
    }
  }

  #discard(connection: PoolConnection): void {
    this.#used.delete(connection);
    this.#connections.delete(connection);
    connection.destroy();
    // mysql2's destroy() only closes our half, and waits for a server that may never close its own.
    socketOf(connection).destroy();
  }

  #timeout(budgetMs: number, connection: PoolConnection | undefined): DirectoryTimeoutError {
    const where = describeAddress(this.#address);
    // In round figures: the breaker tells a problem anew when its words change.
    const ms = budgetMs > 100 ? Math.round(budgetMs / 10) * 10 : Math.max(0, Math.round(budgetMs));
    const within = `within ${ms} ms`;
    if (connection !== undefined)
      return new DirectoryTimeoutError(`The database ${where} gave no answer ${within}.`);
    const isFull = this.#used.size >= this.#poolSize;
    return new DirectoryTimeoutError(
      isFull
        ? `No connection to the database ${where} became free ${within}: ` +
            `as many as database.poolSize (${this.#poolSize}) were at work. ` +
            'If the database is idle, raise that; if not, find out what makes it slow.'
        : `No connection to the database ${where} could be opened ${within}: ` +
            'it does not answer. Does it run, is it stuck, or is a firewall in between?',
    );
  }
}

/**
 * What each new connection is told. The limits make the server stop, too, when nobody waits any more; they
 * are rounded up, so that it is not the first. Joins go along indexes, row by row: with a join buffer a
 * portion of the snapshot would read and sort whole tables where one of them is nearly empty. MariaDB alone runs what stands in the M! comment, and ignores
 * the other; with MySQL it is the other way round (max_execution_time is there since 5.7.8).
 */
function sessionSettings(maxBudgetMs: number): readonly string[] {
  const ms = Math.ceil(maxBudgetMs);
  const seconds = Math.ceil(maxBudgetMs / 1000);
  return [
    'SET SESSION TRANSACTION READ ONLY',
    `SET SESSION lock_wait_timeout = ${seconds} ` +
      `/*M!100101 , max_statement_time = ${ms / 1000}, join_cache_level = 0 */ ` +
      `/*!50708 , max_execution_time = ${ms}, optimizer_switch = 'block_nested_loop=off' */`,
  ];
}

/** mysql2's types leave out the socket. */
function socketOf(connection: PoolConnection): Pick<Socket, 'destroy' | 'once'> {
  if ('stream' in connection && isSocket(connection.stream)) return connection.stream;
  throw new DirectoryUnavailableError(
    'A database connection without a socket: is mysql2 of another version?',
  );
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'destroy' in value;
}
