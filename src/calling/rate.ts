const MINUTE_MS = 60_000;

/** Counts what each has asked for within the last minute. */
export class MinuteRate {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #times = new Map<string, number[]>();

  /** @param now in ms, of a clock that is never set */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** @returns whether one more is within the limit; it is counted then */
  take(name: string): boolean {
    const since = this.#now() - MINUTE_MS;
    // Those who have asked for nothing lately need not be remembered.
    for (const [one, times] of this.#times) if ((times.at(-1) ?? 0) <= since) this.#times.delete(one);
    const times = (this.#times.get(name) ?? []).filter((time) => time > since);
    const isWithin = times.length < this.#perMinute;
    if (isWithin) times.push(this.#now());
    this.#times.set(name, times);
    return isWithin;
  }
}
