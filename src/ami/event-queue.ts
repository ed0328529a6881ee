/** Hands events on, one after the other, and keeps a bounded number while the consumer is busy. */
export class EventQueue<T> {
  readonly #consume: (event: T) => void | Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #max: number;
  #waiting: T[] = [];
  /** Of `#waiting`, how many have been handed on. */
  #done = 0;
  #busy = false;

  constructor(max: number, consume: (event: T) => void | Promise<void>, onError: (error: unknown) => void) {
    this.#max = max;
    this.#consume = consume;
    this.#onError = onError;
  }

  get length(): number {
    return this.#waiting.length - this.#done;
  }

  /** @returns false when there was no room */
  push(event: T): boolean {
    if (this.#busy && this.length >= this.#max) return false;
    this.pushAnyhow(event);
    return true;
  }

  /** For the few that must not be lost. */
  pushAnyhow(event: T): void {
    if (this.#busy) this.#waiting.push(event);
    else this.#hand(event);
  }

  /** Lets whoever awaits an answer act on it first: the events behind the answer in the stream come later. */
  holdForAnswer(): void {
    if (this.#busy) return;
    this.#busy = true;
    setImmediate(() => this.#goOn());
  }

  /** Throws away what waits and is meant. @returns how many */
  discard(isMeant: (event: T) => boolean): number {
    const count = this.length;
    this.#waiting = this.#waiting.slice(this.#done).filter((event) => !isMeant(event));
    this.#done = 0;
    return count - this.length;
  }

  #hand(event: T): void {
    try {
      const pending = this.#consume(event);
      if (pending === undefined) return;
      this.#busy = true;
      pending.then(
        () => this.#goOn(),
        (error: unknown) => {
          this.#onError(error);
          this.#goOn();
        },
      );
    } catch (error) {
      this.#onError(error);
    }
  }

  #goOn(): void {
    this.#busy = false;
    while (!this.#busy) {
      const event = this.#waiting[this.#done];
      if (event === undefined) break;
      this.#done += 1;
      this.#hand(event);
    }
    if (2 * this.#done < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#done);
    this.#done = 0;
  }
}
