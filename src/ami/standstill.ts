const TICK_MS = 1000;

/**
 * Tells when this process stood still: it was stopped, swapped out, or its machine slept. What came meanwhile is read
 * afterwards as if it had just come, so the time of reading tells nothing of how much was missed.
 */
export class StandstillWatch {
  readonly #timer = setInterval(() => this.look(), TICK_MS).unref();
  #lookedAt = Date.now();
  #standstill: { readonly since: number } | undefined;

  /** The one that counts, until it is forgotten. */
  get standstill(): { readonly since: number } | undefined {
    return this.#standstill;
  }

  /** To be called before what is read is believed: on awakening that may come before the timer. */
  look(): void {
    const now = Date.now();
    if (now - this.#lookedAt > 2 * TICK_MS)
      this.#standstill = { since: this.#standstill?.since ?? this.#lookedAt };
    this.#lookedAt = now;
  }

  /** All that came during it has been read. A later one stays. */
  forget(standstill: { readonly since: number } | undefined): void {
    if (this.#standstill === standstill) this.#standstill = undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
