/** Times of the last calls, in ms; null when there were none. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Remembers how long the last calls took, in two arrays that never grow. */
export class RecentTimes {
  readonly #at: Float64Array;
  readonly #ms: Float64Array;
  #count = 0;

  /** @param capacity how many are remembered; the oldest is forgotten first */
  constructor(capacity: number) {
    this.#at = new Float64Array(capacity);
    this.#ms = new Float64Array(capacity);
  }

  /**
   * @param at when, in ms of any clock that `since` uses as well
   * @param ms how long it took
   */
  add(at: number, ms: number): void {
    const slot = this.#count % this.#at.length;
    this.#at[slot] = at;
    this.#ms[slot] = ms;
    this.#count += 1;
  }

  /** Of what was added at `since` or later. */
  percentiles(since: number): Percentiles | null {
    const filled = Math.min(this.#count, this.#at.length);
    const times = this.#ms.subarray(0, filled).filter((_ms, slot) => (this.#at[slot] ?? 0) >= since);
    if (times.length === 0) return null;
    times.sort();
    const rank = (share: number): number =>
      Math.round((times[Math.ceil(share * times.length) - 1] ?? 0) * 100) / 100;
    return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
  }
}
