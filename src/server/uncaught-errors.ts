export interface UncaughtErrorPolicyOptions {
  /** Gets each of them. */
  readonly onError: (error: unknown) => void;
  /** Told once, at one error too many: the process should end, so that its supervisor starts a sound one. */
  readonly onGiveUp: () => void;
  /** Errors within `windowMs` after which we go on. Default 3. */
  readonly maxErrors?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
}

/**
 * What to do about errors that nobody caught, which are defects of ours: go on after a few, end after many.
 *
 * To end the process at once would cut off every call for the defect that one of them has met, and a caller who
 * meets it again and again could keep everybody out. Calls share nothing but the directory, which mends itself,
 * and each ends at its deadline. But a process that goes on failing is broken in a way that a new one may not be.
 */
export class UncaughtErrorPolicy {
  readonly #options: Required<UncaughtErrorPolicyOptions>;
  /** When the last errors came, the oldest first. */
  #times: number[] = [];
  #hasGivenUp = false;

  constructor(options: UncaughtErrorPolicyOptions) {
    this.#options = { maxErrors: 3, windowMs: 60_000, ...options };
  }

  caught(error: unknown, now = performance.now()): void {
    const { maxErrors, windowMs, onError, onGiveUp } = this.#options;
    this.#times = this.#times.filter((time) => now - time < windowMs);
    this.#times.push(now);
    onError(error);
    if (this.#times.length <= maxErrors || this.#hasGivenUp) return;
    this.#hasGivenUp = true;
    onGiveUp();
  }
}
