import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../directory.ts';
import type { PoolStats } from '../directory.ts';
import { DatabaseConnection, type Refusal, type Row } from './connection.ts';
import type { DatabaseAddress } from './database-url.ts';
import { describeAddress } from './database-url.ts';
import { isInterruption, isOfStatement, toDirectoryError } from './mysql.errors.ts';
import { Bag } from '../../util/bag.ts';
import { OpeningPace } from './opening-pace.ts';

export type { Row } from './connection.ts';

export interface QueryPoolOptions {
  readonly poolSize: number;
  /** Told of each kind of setting that the server refuses, once. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

/** How long `close` waits for the server, in ms. */
const CLOSE_GRACE_MS = 1000;
const CLOSE_POLL_MS = 10;

/** How often a statement that somebody has killed is tried again. */
const MOST_INTERRUPTIONS = 2;

interface Task {
  readonly statement: string;
  readonly values: readonly string[];
  readonly budgetMs: number;
  readonly startedAt: number;
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  /** Where it is at work; undefined while it waits for a connection. */
  connection: DatabaseConnection | undefined;
  interruptions: number;
}

/**
 * Runs prepared statements on pooled connections, each within a budget of time that covers everything: the
 * wait for a connection, making one, and the answer.
 *
 * A connection that is being opened belongs to nobody: who waits takes the first one that becomes free, and one
 * that comes too late for its caller serves the next.
 */
export class QueryPool {
  readonly #address: DatabaseAddress;
  readonly #options: QueryPoolOptions;
  readonly #pace = new OpeningPace();
  /** The one used last is used next. */
  readonly #idle: DatabaseConnection[] = [];
  readonly #used = new Bag<DatabaseConnection>();
  readonly #opening = new Set<DatabaseConnection>();
  /** Those that are open, and those that say goodbye. */
  readonly #open = new Set<DatabaseConnection>();
  readonly #waiting: Task[] = [];
  readonly #toldRefusals = new Set<string>();
  #closed = false;

  constructor(address: DatabaseAddress, options: QueryPoolOptions) {
    this.#address = address;
    this.#options = options;
  }

  /**
   * @param statement SQL; it is prepared once on each connection
   * @returns its rows
   * @throws {DirectoryTimeoutError} after `budgetMs`, at once, whatever the server does
   * @throws {DirectoryUnavailableError} there is no connection, or the statement failed
   */
  run(statement: string, values: readonly string[], budgetMs: number): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      const task: Task = {
        statement,
        values,
        budgetMs,
        startedAt: performance.now(),
        resolve,
        reject,
        // After a stall of this process timers come before the answers that lie ready: those are read first.
        timer: setTimeout(() => setImmediate(() => this.#giveUp(task)), budgetMs),
        connection: undefined,
        interruptions: 0,
      };
      this.#enqueue(task);
    });
  }

  stats(): PoolStats {
    return {
      size: this.#idle.length + this.#used.size + this.#opening.size,
      used: this.#used.size,
      waiting: this.#waiting.length,
    };
  }

  /** Lets running statements come to their end, within a second. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#pace.stop();
    this.#failWaiting(new DirectoryUnavailableError('The connection to the database has been closed.'));
    for (const connection of this.#opening) connection.destroy();
    this.#opening.clear();
    for (const connection of this.#idle.splice(0)) connection.end();
    const graceEndsAt = performance.now() + CLOSE_GRACE_MS;
    while (this.#open.size > 0 && performance.now() < graceEndsAt) await sleep(CLOSE_POLL_MS);
    for (const connection of this.#open) this.#discard(connection);
  }

  #enqueue(task: Task): void {
    this.#waiting.push(task);
    if (this.#closed) {
      this.#failWaiting(new DirectoryUnavailableError('The connection to the database has been closed.'));
    } else this.#dispatch();
  }

  /** Gives free connections to those who wait, and opens as many as are lacking. */
  readonly #dispatch = (): void => {
    while (this.#idle.length > 0) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      const connection = this.#idle.pop();
      if (connection !== undefined) void this.#execute(task, connection);
    }
    while (this.#waiting.length > this.#opening.size && this.#isRoom()) {
      const problem = this.#pace.problem([...this.#opening].map(({ openedAt }) => openedAt));
      if (problem === undefined) void this.#openOne();
      else if (problem === 'slow' || this.#used.size + this.#opening.size > 0) return;
      else this.#failWaiting(problem);
    }
  };

  #isRoom(): boolean {
    return this.#idle.length + this.#used.size + this.#opening.size < this.#options.poolSize;
  }

  async #openOne(): Promise<void> {
    const connection: DatabaseConnection = new DatabaseConnection(this.#address, () =>
      this.#forget(connection),
    );
    this.#opening.add(connection);
    try {
      await connection.ready();
    } catch (error) {
      connection.destroy();
      // Unless it was closed meanwhile.
      if (this.#opening.delete(connection)) this.#openingFailed(connection, error);
      return;
    }
    if (!this.#opening.delete(connection)) return;
    this.#pace.succeeded();
    this.#open.add(connection);
    this.#idle.push(connection);
    this.#dispatch();
  }

  #openingFailed({ isGreeted }: DatabaseConnection, error: unknown): void {
    const hasOthers = this.#used.size + this.#opening.size > 0;
    this.#pace.failed({ error, isGreeted, hasOthers }, this.#dispatch);
    // Those who wait may get one of the others.
    if (!hasOthers) this.#failWaiting(error);
    this.#dispatch();
  }

  async #execute(task: Task, connection: DatabaseConnection): Promise<void> {
    task.connection = connection;
    this.#used.add(connection);
    const { statement, values, budgetMs, startedAt } = task;
    const leftMs = Math.max(1, budgetMs - (performance.now() - startedAt));
    try {
      const rows = await connection.run(statement, values, leftMs);
      // Else it was given up, and the connection with it.
      if (task.connection !== connection) return;
      this.#settled(task);
      this.#takeBack(connection, true);
      task.resolve(rows);
    } catch (error) {
      if (task.connection !== connection) return;
      this.#failed(task, connection, error);
    }
    this.#dispatch();
  }

  #failed(task: Task, connection: DatabaseConnection, error: unknown): void {
    const isSound = isOfStatement(error);
    // It may have died while it lay idle, which says nothing about the server. Each such attempt uses up one
    // old connection, so that there are at most as many as the pool has.
    const wasIdle = !isSound && connection.answeredAt !== undefined;
    if (isInterruption(error)) task.interruptions += 1;
    const isRetried = wasIdle || (isInterruption(error) && task.interruptions <= MOST_INTERRUPTIONS);
    this.#takeBack(connection, isSound);
    if (isRetried && !this.#closed) {
      task.connection = undefined;
      this.#enqueue(task);
    } else {
      this.#settled(task);
      task.reject(toDirectoryError(error, this.#address));
    }
  }

  #settled(task: Task): void {
    clearTimeout(task.timer);
    task.connection = undefined;
  }

  #takeBack(connection: DatabaseConnection, isSound: boolean): void {
    if (!this.#used.delete(connection) || !isSound) {
      this.#discard(connection);
      return;
    }
    if (connection.answeredAt === undefined) this.#tellRefusals(connection);
    connection.answeredAt = performance.now();
    if (this.#closed) connection.end();
    else this.#idle.push(connection);
  }

  /** Once a connection has worked: one that answers nothing refuses its settings, too. */
  #tellRefusals({ refused }: DatabaseConnection): void {
    for (const refusal of refused) {
      if (this.#toldRefusals.has(refusal.statement)) continue;
      this.#toldRefusals.add(refusal.statement);
      this.#options.onRefused?.(refusal);
    }
  }

  #giveUp(task: Task): void {
    const { connection, startedAt } = task;
    if (connection !== undefined) {
      task.reject(this.#timeout(task));
      task.connection = undefined;
      this.#abandon(connection, startedAt);
      return;
    }
    const place = this.#waiting.indexOf(task);
    // It was settled in this very moment.
    if (place === -1) return;
    this.#waiting.splice(place, 1);
    task.reject(this.#timeout(task));
  }

  /**
   * Throws away a connection that did not answer in time, with whatever it is doing; the pool makes another
   * one when it is needed. Idle ones that have said nothing since then go with it: when a firewall has
   * forgotten one, it has forgotten them all, and each would cost another caller their whole budget.
   */
  #abandon(connection: DatabaseConnection, startedAt: number): void {
    this.#discard(connection);
    const silent = this.#idle.filter((other) => (other.answeredAt ?? other.openedAt) < startedAt);
    for (const other of silent) this.#discard(other);
    this.#dispatch();
  }

  #discard(connection: DatabaseConnection): void {
    this.#forget(connection);
    connection.destroy();
  }

  /** It is gone. What was at work on it is told so by the driver. */
  #forget(connection: DatabaseConnection): void {
    this.#open.delete(connection);
    this.#used.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
  }

  /** One error for all: it is one failure of the database. */
  #failWaiting(error: unknown): void {
    const shared = toDirectoryError(error, this.#address);
    for (const task of this.#waiting.splice(0)) {
      clearTimeout(task.timer);
      task.reject(shared);
    }
  }

  #timeout({ budgetMs, connection }: Task): DirectoryTimeoutError {
    const where = describeAddress(this.#address);
    // In round figures: the breaker tells a problem anew when its words change.
    const ms = budgetMs > 100 ? Math.round(budgetMs / 10) * 10 : Math.max(0, Math.round(budgetMs));
    const within = `within ${ms} ms`;
    if (connection !== undefined)
      return new DirectoryTimeoutError(`The database ${where} gave no answer ${within}.`);
    const { poolSize } = this.#options;
    return new DirectoryTimeoutError(
      this.#used.size >= poolSize
        ? `No connection to the database ${where} became free ${within}: ` +
            `as many as database.poolSize (${poolSize}) were at work. ` +
            'If the database is idle, raise that; if not, find out what makes it slow.'
        : `No connection to the database ${where} could be opened ${within}: ` +
            'it does not answer. Does it run, is it stuck, or is a firewall in between?',
    );
  }
}
