export interface BreakerOptions {
  /** So many failures in a row open it. Default 3. */
  readonly threshold?: number;
  /** While it is open: from the end of one probe to the next, in ms. Default 1000. */
  readonly probeEveryMs?: number;
  /** Whether the database answers again. A rejection counts as no. */
  readonly probe: () => Promise<boolean>;
  readonly onChange: (isOpen: boolean) => void;
}

/**
 * Spares callers the wait for a database that does not answer.
 *
 * The usual breakers let a live request through from time to time to see whether it works again. Here that
 * request would be a caller who hears silence, so a probe of its own asks instead.
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  #failures = 0;
  #isOpen = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BreakerOptions) {
    this.#options = { threshold: 3, probeEveryMs: 1000, ...options };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures >= this.#options.threshold) this.open();
  }

  open(): void {
    if (this.#isOpen || this.#stopped) return;
    this.#isOpen = true;
    this.#options.onChange(true);
    this.#probeLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #probeLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#options.probeEveryMs).unref();
  }

  async #probe(): Promise<void> {
    const works = await this.#options.probe().catch(() => false);
    if (this.#stopped) return;
    if (!works) return this.#probeLater();
    this.#isOpen = false;
    this.#failures = 0;
    this.#options.onChange(false);
  }
}
