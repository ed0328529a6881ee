/** How much of the last gap goes into the average. */
const WEIGHT = 1 / 32;

/** A longer gap counts as that, in ms: after a silent night a burst of calls is soon seen as one. */
const LONGEST_GAP_MS = 10;

/** Knows how close together calls come, as a moving average. */
export class Arrivals {
  #gapMs = LONGEST_GAP_MS;
  #lastAt = -Infinity;

  /** @param at `performance.now()` */
  add(at: number): void {
    this.#gapMs += (Math.min(at - this.#lastAt, LONGEST_GAP_MS) - this.#gapMs) * WEIGHT;
    this.#lastAt = at;
  }

  /** Between one call and the next, in ms. */
  get gapMs(): number {
    return this.#gapMs;
  }
}
