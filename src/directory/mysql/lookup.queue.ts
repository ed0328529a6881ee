import { clearAlarm, setAlarm, type Alarm } from '../../util/fast-timer.ts';
import { DirectoryBusyError, DirectoryTimeoutError, LEAST_BUDGET_MS } from '../directory.ts';
import { Arrivals } from './arrivals.ts';
import type { QueryPool, Row } from './query.pool.ts';
import { ServiceTime } from './service-time.ts';

/** The statements of a look-up, as this database wants them. */
export interface LookupStatements {
  /** Its parameter is the number. */
  readonly one: string;
  /** For so many numbers at most; the rows tell their `number`. The smaller one first. */
  readonly several: readonly SharedStatement[];
}

export interface SharedStatement {
  readonly sql: string;
  /** How many parameters it has. */
  readonly numbers: number;
  /** An answer with so many rows may lack some. */
  readonly mostRows: number;
}

export interface LookupQueueOptions {
  /** Statements at the same time, at most: the pool's connections. */
  readonly poolSize: number;
  /** Look-ups that may wait; one more fails at once. */
  readonly queueLimit: number;
  /** Of the database, for messages. */
  readonly name: string;
}

/** Who has waited so long for the statement at work gets another one, while the pool has a connection. In ms. */
const PATIENCE_MS = 3;

/**
 * As long as calls come farther apart than that, on average, in ms, a few of them are looked up side by side:
 * to wait for the statement at work would spare the processor what it does not need, and make them slower.
 */
const QUIET_GAP_MS = 1;
const QUIET_CALLS = 4;

/** A number with so many rows does not share its statement a second time. */
const CROWDED_ROWS = 50;
/** So many such numbers are remembered. */
const MAX_CROWDED = 1000;

/** Deadlines that lie no farther apart count as one, the earliest. */
const SAME_LIMIT_MS = 5;

/** Who would have to wait longer than this part of his budget is refused at once, and can be answered so. */
const WAIT_SHARE = 0.5;

interface Waiter {
  readonly number: string;
  readonly since: number;
  readonly deadline: number;
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: unknown) => void;
  /** He got his answer, or does not wait any more. */
  over: boolean;
  /** He is to be looked up by himself. */
  alone: boolean;
  alarm: Alarm | undefined;
}

/**
 * Lets look-ups that come at the same time share a statement. A call by itself, or one of a few, is asked for at
 * once; when many come while the database is at work for others, they are asked for together. Most of what a look-up
 * costs is that of a statement, on both sides: eight numbers in one cost twice as much as one alone.
 */
export class LookupQueue {
  readonly #pool: Pick<QueryPool, 'run'>;
  readonly #options: LookupQueueOptions;
  readonly #serviceTime: ServiceTime;
  readonly #arrivals = new Arrivals();
  readonly #send = (): void => this.#sendAll();
  #statements: LookupStatements | undefined;
  #waiting: Waiter[] = [];
  readonly #crowded = new Set<string>();
  #atWork = 0;
  #numbersAtWork = 0;
  #isSendDue = false;
  #isPatient = false;

  constructor(pool: Pick<QueryPool, 'run'>, options: LookupQueueOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#serviceTime = new ServiceTime(options.poolSize);
  }

  /** Look-ups that wait because all connections are at work; not those that wait a moment to share one. */
  get waiting(): number {
    return this.#atWork < this.#options.poolSize ? 0 : this.#waiting.length;
  }

  /**
   * @returns the rows of this number
   * @throws {DirectoryTimeoutError} after `budgetMs`, whatever the server does
   * @throws {DirectoryBusyError} at once: so many wait already that the answer would come too late
   * @throws {DirectoryUnavailableError} there is no connection, or the statement failed
   */
  find(number: string, budgetMs: number, statements: LookupStatements): Promise<Row[]> {
    if (this.#isBusy(budgetMs)) return Promise.reject(this.#busy());
    // The newest ones: those of an older schema have just failed.
    this.#statements = statements;
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const deadline = since + budgetMs;
      this.#arrivals.add(since);
      const alone = this.#crowded.has(number);
      this.#waiting.push({ number, since, deadline, resolve, reject, over: false, alone, alarm: undefined });
      this.#sendSoon();
    });
  }

  /** After all that has been read from the network in this turn of the loop, so that it goes together. */
  #sendSoon(): void {
    if (this.#isSendDue) return;
    this.#isSendDue = true;
    setImmediate(this.#send);
  }

  #sendAll(): void {
    this.#isSendDue = false;
    while (this.#mayStart()) this.#start();
    if (this.#waiting.length === 0 || this.#isPatient) return;
    this.#isPatient = true;
    setTimeout(() => {
      this.#isPatient = false;
      this.#sendAll();
      // Hardly anybody waits that long: the others cost no timer.
      for (const waiter of this.#waiting) this.#limit(waiter);
    }, PATIENCE_MS);
  }

  #mayStart(): boolean {
    const [first] = this.#waiting;
    if (first === undefined || this.#atWork >= this.#options.poolSize) return false;
    if (this.#atWork === 0 || this.#isQuiet()) return true;
    return performance.now() - first.since >= PATIENCE_MS;
  }

  #isQuiet(): boolean {
    const calls = this.#numbersAtWork + this.#waiting.length;
    return calls <= QUIET_CALLS && this.#arrivals.gapMs > QUIET_GAP_MS;
  }

  #start(): void {
    const statements = this.#statements;
    const [first] = this.#waiting;
    if (statements === undefined || first === undefined) return;
    const together = first.alone ? this.#waiting.splice(0, 1) : this.#takeTogether(statements);
    const inTime = together.filter((waiter) => this.#isInTime(waiter));
    if (inTime.length === 0) return;
    this.#atWork += 1;
    this.#numbersAtWork += inTime.length;
    void this.#ask(inTime, statements);
  }

  #takeTogether(statements: LookupStatements): Waiter[] {
    const most = mostTogether(statements);
    const together: Waiter[] = [];
    this.#waiting = this.#waiting.filter((waiter) => {
      if (waiter.alone || together.length >= most) return true;
      together.push(waiter);
      return false;
    });
    return together;
  }

  /**
   * Who has less time left than a statement takes would have it cut off, and its connection with it. But when
   * nothing is at work, only a statement can show whether the database is still as slow as it was: without that
   * one slow answer would shut out everybody from then on.
   */
  #isInTime(waiter: Waiter): boolean {
    const leftMs = waiter.deadline - performance.now();
    const { averageMs } = this.#serviceTime;
    if (leftMs >= (this.#atWork === 0 ? Math.min(averageMs, LEAST_BUDGET_MS) : averageMs)) return true;
    this.#fail(waiter, this.#busy());
    return false;
  }

  /** Never rejects: whatever goes wrong is told to those who wait. */
  async #ask(waiters: readonly Waiter[], statements: LookupStatements): Promise<void> {
    const startedAt = performance.now();
    const budgetMs = this.#commonLimit(waiters) - startedAt;
    const numbers: string[] = [];
    for (const { number } of waiters) if (!numbers.includes(number)) numbers.push(number);
    const [first = ''] = numbers;
    try {
      const several = statements.several.find((one) => one.numbers >= numbers.length);
      if (several === undefined || numbers.length === 1) {
        const rows = await this.#pool.run(statements.one, numbers, budgetMs);
        for (const waiter of waiters) this.#settle(waiter, rows);
      } else {
        // A number that is asked for twice is found once.
        while (numbers.length < several.numbers) numbers.push(first);
        this.#share(waiters, await this.#pool.run(several.sql, numbers, budgetMs), several);
      }
      // After a stall of this process an answer that had lain ready looks as if it had taken as long as that.
      this.#serviceTime.add(Math.min(performance.now() - startedAt, budgetMs));
    } catch (error) {
      for (const waiter of waiters) this.#fail(waiter, error);
    } finally {
      this.#atWork -= 1;
      this.#numbersAtWork -= waiters.length;
      if (this.#waiting.length > 0) this.#sendSoon();
    }
  }

  #share(waiters: readonly Waiter[], rows: readonly Row[], { mostRows }: SharedStatement): void {
    const byNumber = new Map<string, Row[]>(waiters.map(({ number }) => [number, []]));
    let isClear = rows.length < mostRows;
    for (const row of rows) {
      const own = byNumber.get(String(row['number']).trim());
      if (own === undefined) isClear = false;
      else own.push(row);
    }
    if (!isClear) this.#rememberCrowded(byNumber);
    for (const waiter of waiters) {
      if (isClear) this.#settle(waiter, byNumber.get(waiter.number) ?? []);
      else if (!waiter.over) {
        // One of them has so many rows that some are left out, or a number is written in a way of its own.
        waiter.alone = true;
        this.#waiting.unshift(waiter);
      }
    }
  }

  /** Numbers with so many rows that they leave others none are asked for alone from now on. */
  #rememberCrowded(byNumber: ReadonlyMap<string, readonly Row[]>): void {
    for (const [number, rows] of byNumber) if (rows.length >= CROWDED_ROWS) this.#crowded.add(number);
    for (const oldest of this.#crowded) {
      if (this.#crowded.size <= MAX_CROWDED) break;
      this.#crowded.delete(oldest);
    }
  }

  #settle(waiter: Waiter, rows: Row[]): void {
    if (!this.#end(waiter)) return;
    waiter.resolve(rows);
  }

  #fail(waiter: Waiter, error: unknown): void {
    if (!this.#end(waiter)) return;
    waiter.reject(error);
  }

  /** Mostly all of them have as much time left; who has less is not kept waiting for the others. */
  #commonLimit(waiters: readonly Waiter[]): number {
    let [first, last] = [Infinity, 0];
    for (const { deadline } of waiters) {
      first = Math.min(first, deadline);
      last = Math.max(last, deadline);
    }
    if (last - first <= SAME_LIMIT_MS) return first;
    for (const waiter of waiters) if (waiter.deadline < last) this.#limit(waiter);
    return last;
  }

  #limit(waiter: Waiter): void {
    // After a stall of this process timers come before the answers that lie ready: those are read first.
    waiter.alarm ??= setAlarm(waiter.deadline, () => setImmediate(() => this.#giveUp(waiter)));
  }

  #giveUp(waiter: Waiter): void {
    if (!this.#end(waiter)) return;
    const { name, poolSize } = this.#options;
    const within = `within ${Math.round(waiter.deadline - waiter.since)} ms`;
    const place = this.#waiting.indexOf(waiter);
    if (place !== -1) this.#waiting.splice(place, 1);
    waiter.reject(
      new DirectoryTimeoutError(
        place === -1
          ? `The database ${name} gave no answer ${within}.`
          : `No connection to the database ${name} became free ${within}: ` +
              `as many as database.poolSize (${poolSize}) were at work, or being opened. ` +
              'Does it answer, and what makes it slow? If it is idle, raise that.',
      ),
    );
  }

  #end(waiter: Waiter): boolean {
    if (waiter.over) return false;
    waiter.over = true;
    clearAlarm(waiter.alarm);
    return true;
  }

  #isBusy(budgetMs: number): boolean {
    const { poolSize, queueLimit } = this.#options;
    if (this.#waiting.length >= queueLimit) return true;
    if (this.#atWork < poolSize) return false;
    const together = this.#statements === undefined ? 1 : mostTogether(this.#statements);
    return this.#serviceTime.expectedMs(Math.floor(this.#waiting.length / together)) > budgetMs * WAIT_SHARE;
  }

  #busy(): DirectoryBusyError {
    return new DirectoryBusyError(
      `The database ${this.#options.name} has more to do than it manages: ${this.#atWork} statements at work, ` +
        `${this.#waiting.length} look-ups waiting, ${Math.round(this.#serviceTime.averageMs)} ms a statement. ` +
        'If it is idle, raise database.poolSize.',
    );
  }
}

/** Numbers that a statement holds. */
function mostTogether({ several }: LookupStatements): number {
  return several.at(-1)?.numbers ?? 1;
}
