export interface UncaughtErrorPolicyOptions {
  /** An error that nobody caught. */
  readonly onError: (error: unknown) => void;
  /** There were too many of them: the process should end, so that its supervisor starts a sound one. */
  readonly onGiveUp: () => void;
  /** So many errors within `perMs` are borne; one more is too many. Default 10. */
  readonly bearable?: number;
  /** Default 60,000. */
  readonly perMs?: number;
}

/**
 * What to do about errors that nobody caught, which are defects of ours.
 *
 * To end the process, as Node does, would cut off every call for the defect that one of them has met, and a
 * caller who meets it again and again could keep everybody out. Calls share nothing but the directory, which
 * mends itself, and each ends at its deadline whatever happens: so we go on. Many such errors are another
 * matter: something is broken that a new process may not have.
 */
export class UncaughtErrorPolicy {
  readonly #options: Required<UncaughtErrorPolicyOptions>;
  /** When the last errors came, the oldest first. */
  #times: number[] = [];

  constructor(options: UncaughtErrorPolicyOptions) {
    this.#options = { bearable: 10, perMs: 60_000, ...options };
  }

  caught(error: unknown, now = performance.now()): void {
    const { bearable, perMs, onError, onGiveUp } = this.#options;
    this.#times = this.#times.filter((time) => now - time < perMs);
    this.#times.push(now);
    onError(error);
    if (this.#times.length > bearable) onGiveUp();
  }
}
