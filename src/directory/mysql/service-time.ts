/** How much of the last answer's time goes into the estimate. */
const WEIGHT = 0.1;

/**
 * Knows how long a connection is at work for one statement, as a moving average, and so how long somebody waits
 * who has others before him.
 */
export class ServiceTime {
  readonly #connections: number;
  #averageMs = 0;

  /** @param connections that work side by side */
  constructor(connections: number) {
    this.#connections = connections;
  }

  add(ms: number): void {
    this.#averageMs = this.#averageMs === 0 ? ms : this.#averageMs + (ms - this.#averageMs) * WEIGHT;
  }

  /** Of one look-up, in ms; 0 as long as nothing is known. */
  get averageMs(): number {
    return this.#averageMs;
  }

  /** Until the answer comes, the own look-up included. @param waiting how many wait already */
  expectedMs(waiting: number): number {
    return this.#averageMs * ((waiting + 1) / this.#connections + 1);
  }
}
