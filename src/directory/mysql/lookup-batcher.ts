import { DirectoryTimeoutError } from '../directory.ts';
import type { Row } from './connection.ts';
import { LookupLoad } from './lookup-load.ts';
import { mostTogether, NO_STATEMENTS, type LookupStatements } from './lookup-statements.ts';
import type { QueryPool } from './query.pool.ts';
import { lookUpTogether } from './shared-lookup.ts';

export interface LookupBatcherOptions {
  /** Statements at the same time, at most: the pool's connections. */
  readonly poolSize: number;
  /** Look-ups that may wait; one more is refused at once. */
  readonly queueLimit: number;
  /** Of the database, for messages. */
  readonly name: string;
  /**
   * With fewer statements at work a look-up is sent at once; then it waits for others to go with. Default 2; 1 while
   * look-ups come fast.
   */
  readonly sideBySide?: number;
  /** Longest a look-up waits for others, in ms, while the pool has a connection for it. Default 3. */
  readonly maxWaitMs?: number;
}

const SIDE_BY_SIDE = 2;
/** Look-ups come fast when they are no farther apart than that, on average, in ms: the processor has no time to spare. */
const FAST_GAP_MS = 1;
/** Weight of the newest gap in the average; and what a long pause counts as, in ms. */
const NEWEST = 0.1;
const LONGEST_GAP_MS = 10;
const MAX_WAIT_MS = 3;
/** The pool's own time-out comes first, in ms: it knows more to say. */
const AFTER_POOL_MS = 3;
const MAX_SOLO_NUMBERS = 1000;

interface Lookup {
  readonly number: string;
  readonly since: number;
  readonly deadline: number;
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: unknown) => void;
  /** For its deadline. */
  timer: NodeJS.Timeout | undefined;
  /** Those in one statement have one: that it was not answered in time is one failure of the database. */
  fate: { timeout?: DirectoryTimeoutError };
}

/**
 * Look-ups that come while the database is at work for others share the next statement. Most of what a look-up
 * costs is that of a statement, on both sides: eight numbers in one cost twice as much as one (bench/README.md).
 */
export class LookupBatcher {
  readonly #pool: Pick<QueryPool, 'run'>;
  readonly #options: Required<LookupBatcherOptions>;
  #statements: LookupStatements = NO_STATEMENTS;
  #waiting: Lookup[] = [];
  /** Numbers whose shared answer was too long, or came too late for all. */
  readonly #solo = new Set<string>();
  readonly #load: LookupLoad;
  #lastAt = 0;
  #gapMs = LONGEST_GAP_MS;
  #soon: NodeJS.Immediate | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(pool: Pick<QueryPool, 'run'>, options: LookupBatcherOptions) {
    this.#pool = pool;
    this.#options = { sideBySide: SIDE_BY_SIDE, maxWaitMs: MAX_WAIT_MS, ...options };
    this.#load = new LookupLoad(options.poolSize);
  }

  /** Look-ups that wait because all connections are at work; not those that wait a moment to share one. */
  get waiting(): number {
    return this.#load.isFull ? this.#waiting.length : 0;
  }

  /**
   * @returns the rows of this number
   * @throws {DirectoryTimeoutError} after `budgetMs`, whatever the server does
   * @throws {DirectoryBusyError} at once: so many wait already that the answer would come too late
   * @throws {DirectoryUnavailableError} there is no connection, or the statement failed
   */
  find(number: string, budgetMs: number, statements: LookupStatements): Promise<Row[]> {
    const { name, queueLimit } = this.#options;
    const waiting = this.#waiting.length;
    const isTooMuch = this.#load.isTooMuchFor(budgetMs, Math.floor(waiting / mostTogether(this.#statements)));
    if (waiting >= queueLimit || isTooMuch) return Promise.reject(this.#load.busy(name, waiting));
    // The newest ones: those of an older schema have just failed.
    this.#statements = statements;
    const since = performance.now();
    this.#gapMs += (Math.min(since - this.#lastAt, LONGEST_GAP_MS) - this.#gapMs) * NEWEST;
    this.#lastAt = since;
    return new Promise((resolve, reject) => {
      const deadline = since + budgetMs;
      const lookup: Lookup = { number, since, deadline, resolve, reject, timer: undefined, fate: {} };
      // After a stall of this process timers come before the answers that lie ready: those are read first.
      const giveUp = () => setImmediate(() => this.#giveUp(lookup));
      lookup.timer = setTimeout(giveUp, budgetMs + AFTER_POOL_MS);
      this.#waiting.push(lookup);
      this.#dispatchSoon();
    });
  }

  /** After all that has been read from the network in this turn of the loop, so that it goes together. */
  #dispatchSoon(): void {
    if (this.#soon === undefined) this.#soon = setImmediate(() => this.#dispatch());
  }

  #dispatch(): void {
    this.#soon = undefined;
    while (this.#mayStart()) void this.#ask(this.#takeBatch());
    if (this.#waiting.length === 0 || this.#patience !== undefined) return;
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      this.#dispatch();
    }, this.#options.maxWaitMs);
  }

  #mayStart(): boolean {
    const [first] = this.#waiting;
    if (first === undefined || this.#load.isFull) return false;
    const { sideBySide, maxWaitMs } = this.#options;
    const most = this.#gapMs > FAST_GAP_MS ? sideBySide : 1;
    return this.#load.atWork < most || performance.now() - first.since >= maxWaitMs;
  }

  /** Those that have waited longest, as many as fit into a statement. A solo number ends the batch. */
  #takeBatch(): Lookup[] {
    const solo = this.#waiting.findIndex(({ number }) => this.#solo.has(number));
    const most = solo === -1 ? this.#waiting.length : Math.max(1, solo);
    return this.#waiting.splice(0, Math.min(most, mostTogether(this.#statements)));
  }

  /** Never rejects: whatever goes wrong is told to those who wait. */
  async #ask(batch: readonly Lookup[]): Promise<void> {
    const startedAt = performance.now();
    const budgetMs = Math.max(...batch.map(({ deadline }) => deadline)) - startedAt;
    const numbers = [...new Set(batch.map(({ number }) => number))];
    const fate: Lookup['fate'] = {};
    for (const lookup of batch) lookup.fate = fate;
    let tookMs: number | undefined;
    this.#load.begun();
    try {
      const answer = await lookUpTogether(this.#pool, this.#statements, numbers, budgetMs);
      // After a stall of this process an answer that had lain ready looks as if it had taken as long as that.
      tookMs = Math.min(performance.now() - startedAt, budgetMs);
      if (answer === null) this.#askAlone(numbers, batch);
      else {
        for (const { number, resolve, timer } of batch) {
          clearTimeout(timer);
          resolve(answer.get(number) ?? []);
        }
      }
    } catch (error) {
      for (const { reject, timer } of batch) {
        clearTimeout(timer);
        reject(fate.timeout ?? error);
      }
      if (error instanceof DirectoryTimeoutError && numbers.length > 1) this.#askAlone(numbers, []);
    }
    this.#load.ended(tookMs);
    if (this.#waiting.length > 0) this.#dispatchSoon();
  }

  #askAlone(numbers: readonly string[], batch: readonly Lookup[]): void {
    if (this.#solo.size >= MAX_SOLO_NUMBERS) this.#solo.clear();
    for (const number of numbers) this.#solo.add(number);
    this.#waiting.unshift(...batch);
  }

  #giveUp(lookup: Lookup): void {
    this.#waiting = this.#waiting.filter((other) => other !== lookup);
    const within = `within ${Math.round(lookup.deadline - lookup.since)} ms`;
    lookup.fate.timeout ??= new DirectoryTimeoutError(
      `The database ${this.#options.name} gave no answer ${within}.`,
    );
    lookup.reject(lookup.fate.timeout);
  }
}
