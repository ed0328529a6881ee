const HOUR_MS = 3_600_000;
/** Beyond so many names those that are not in use are looked for. */
const CLEAN_AT = 1000;

/** Counts what happened in the last hour, by name. */
export class Hourly {
  readonly #limit: number;
  readonly #now: () => number;
  /** Times, the oldest first; at most `limit` of them. */
  readonly #times = new Map<string, number[]>();
  #cleanAt = CLEAN_AT;

  /** @param now in ms, of a clock that never goes back */
  constructor(limit: number, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Names that are kept. */
  get size(): number {
    return this.#times.size;
  }

  /** @returns false when the limit is reached; then it does not count */
  take(name: string): boolean {
    const times = this.#recent(name);
    if (times.length >= this.#limit) return false;
    times.push(this.#now());
    this.#times.set(name, times);
    if (this.#times.size > this.#cleanAt) this.#clean();
    return true;
  }

  /** The latest did not happen after all. */
  giveBack(name: string): void {
    this.#times.get(name)?.pop();
  }

  #recent(name: string): number[] {
    const since = this.#now() - HOUR_MS;
    const times = this.#times.get(name) ?? [];
    const first = times.findIndex((time) => time > since);
    if (first === -1) times.length = 0;
    else times.splice(0, first);
    return times;
  }

  #clean(): void {
    for (const name of this.#times.keys()) if (this.#recent(name).length === 0) this.#times.delete(name);
    this.#cleanAt = Math.max(CLEAN_AT, 2 * this.#times.size);
  }
}
