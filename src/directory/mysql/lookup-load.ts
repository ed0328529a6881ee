import { DirectoryBusyError } from '../directory.ts';

/** With all connections at work, a look-up that would take longer than this share of its budget is refused. */
const LONGEST_SHARE = 0.5;

/** Weight of the newest statement in the average. */
const NEWEST = 0.1;

/** How much the database has to do for us, and whether one look-up more can be answered in its time. */
export class LookupLoad {
  readonly #poolSize: number;
  #atWork = 0;
  /** Moving average of what a statement takes, in ms. */
  #averageMs = 0;

  constructor(poolSize: number) {
    this.#poolSize = poolSize;
  }

  /** Statements at work. */
  get atWork(): number {
    return this.#atWork;
  }

  get isFull(): boolean {
    return this.#atWork >= this.#poolSize;
  }

  begun(): void {
    this.#atWork += 1;
  }

  /** @param tookMs undefined when it has failed */
  ended(tookMs: number | undefined): void {
    this.#atWork -= 1;
    if (tookMs !== undefined)
      this.#averageMs += (tookMs - this.#averageMs) * (this.#averageMs === 0 ? 1 : NEWEST);
  }

  /**
   * When nothing is at work, only a statement can show whether the database is still as slow as it was.
   *
   * @param batches statements that wait before this one
   */
  isTooMuchFor(budgetMs: number, batches: number): boolean {
    if (!this.isFull) return this.#atWork > 0 && this.#averageMs > budgetMs;
    return this.#averageMs * ((batches + 1) / this.#poolSize + 1) > budgetMs * LONGEST_SHARE;
  }

  /** @param name of the database */
  busy(name: string, waiting: number): DirectoryBusyError {
    return new DirectoryBusyError(
      `The database ${name} has more to do than it manages: ${this.#atWork} statements at work, ` +
        `${waiting} look-ups waiting, ${Math.round(this.#averageMs)} ms a statement. ` +
        'If it is idle, raise database.poolSize.',
    );
  }
}
