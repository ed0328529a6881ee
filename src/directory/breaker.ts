import { messageOf } from '../util/errors.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. Default 3. */
  readonly threshold?: number;
  /** While it is open: from the end of one probe to the next, in ms. Default 1000. */
  readonly probeEveryMs?: number;
  /** Asks whether the database answers: a rejection says why not. */
  readonly probe: () => Promise<void>;
  readonly onClosed: () => void;
  /** It has opened, or is open and fails for a reason that it has not failed for yet. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Spares callers the wait for a database that does not answer.
 *
 * The usual breakers let a live request through from time to time to see whether it works again. Here that
 * request would be a caller who hears silence, so a probe of its own asks instead. It is also asked when all
 * failures were of a number or two: a number with far too many shipments must not shut out everybody.
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  /** In a row. */
  #failures = 0;
  /** Whose they were. */
  readonly #failedNumbers = new Set<string>();
  #isAsking = false;
  /** Why it is open; undefined while it is closed. */
  #problem: string | undefined;
  /** Problems that were told since it opened, without their figures. */
  readonly #told = new Set<string>();
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BreakerOptions) {
    this.#options = { threshold: 3, probeEveryMs: 1000, ...options };
  }

  /** Why the database is not asked; undefined when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  succeeded(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#failedNumbers.clear();
  }

  failed(number: string, error: unknown): void {
    const { threshold } = this.#options;
    this.#failures += 1;
    this.#failedNumbers.add(number);
    if (this.#failedNumbers.size >= threshold) this.open(messageOf(error));
    else if (this.#failures >= threshold) void this.#askProbe();
  }

  open(problem: string): void {
    if (this.#problem !== undefined || this.#stopped) return;
    this.#tell(problem);
    this.#probeLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Is it the database, or these numbers? */
  async #askProbe(): Promise<void> {
    if (this.#isAsking || this.#problem !== undefined || this.#stopped) return;
    this.#isAsking = true;
    try {
      await this.#options.probe();
      this.succeeded();
    } catch (error) {
      this.open(messageOf(error));
    } finally {
      this.#isAsking = false;
    }
  }

  #tell(problem: string): void {
    this.#problem = problem;
    // Other figures are no news.
    const kind = problem.replaceAll(/\d+/g, '');
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#options.onProblem(problem);
  }

  #probeLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#options.probeEveryMs).unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe();
    } catch (error) {
      if (this.#stopped) return;
      this.#tell(messageOf(error));
      this.#probeLater();
      return;
    }
    if (this.#stopped) return;
    this.#problem = undefined;
    this.#told.clear();
    this.succeeded();
    this.#options.onClosed();
  }
}
