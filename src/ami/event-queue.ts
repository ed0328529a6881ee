export interface EventQueueOptions<T> {
  readonly consume: (event: T) => void | Promise<void>;
  /** Of a consumer that threw. */
  readonly onError: (error: unknown) => void;
  /** Events that wait at most. */
  readonly maxLength: number;
  /** What they weigh together at most, in characters. */
  readonly maxWeight: number;
  readonly weigh: (event: T) => number;
}

/** Hands events on, one after the other, and keeps a bounded number while the consumer is busy. */
export class EventQueue<T> {
  readonly #options: EventQueueOptions<T>;
  #waiting: T[] = [];
  /** Of `#waiting`, how many have been handed on. */
  #done = 0;
  #weight = 0;
  #busy = false;
  /** Busy for no longer than this turn of the loop, whatever comes in it. */
  #held = false;

  constructor(options: EventQueueOptions<T>) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length - this.#done;
  }

  /** @returns false when there was no room */
  push(event: T): boolean {
    const { maxLength, maxWeight } = this.#options;
    if (this.#busy && !this.#held && (this.length >= maxLength || this.#weight > maxWeight)) return false;
    this.pushAnyhow(event);
    return true;
  }

  /** For the few that must not be lost. */
  pushAnyhow(event: T): void {
    if (!this.#busy) {
      this.#hand(event);
      return;
    }
    this.#waiting.push(event);
    this.#weight += this.#options.weigh(event);
  }

  /** Lets whoever awaits an answer act on it first: the events behind the answer in the stream come later. */
  holdForAnswer(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#held = true;
    setImmediate(() => this.#goOn());
  }

  /** Throws away what waits and is meant. @returns how many */
  discard(isMeant: (event: T) => boolean): number {
    const count = this.length;
    this.#waiting = this.#waiting.slice(this.#done).filter((event) => !isMeant(event));
    this.#done = 0;
    this.#weight = this.#waiting.reduce((sum, event) => sum + this.#options.weigh(event), 0);
    return count - this.length;
  }

  #hand(event: T): void {
    try {
      const pending = this.#options.consume(event);
      if (pending === undefined) return;
      this.#busy = true;
      pending.then(
        () => this.#goOn(),
        (error: unknown) => {
          this.#options.onError(error);
          this.#goOn();
        },
      );
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #goOn(): void {
    this.#busy = false;
    this.#held = false;
    while (!this.#busy) {
      const event = this.#waiting[this.#done];
      if (event === undefined) break;
      this.#done += 1;
      this.#weight -= this.#options.weigh(event);
      this.#hand(event);
    }
    if (2 * this.#done < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#done);
    this.#done = 0;
  }
}
