import type { CallRecord } from './call-record.ts';
import { toCallLine, type CallLine } from './call-line.ts';

type Listener = (line: CallLine) => void;

/** The last calls, and those to come. */
export class RecentCalls {
  readonly #capacity: number;
  readonly #recent: CallLine[] = [];
  /** Where the next one goes once the list is full. */
  #next = 0;
  readonly #listeners = new Set<Listener>();

  /** @param capacity how many calls are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(record: CallRecord): void {
    const line = toCallLine(record);
    this.#remember(line);
    for (const listener of this.#listeners) listener(line);
  }

  /** Calls of before a restart. @param lines the oldest first; to be called before the first call */
  restore(lines: readonly CallLine[]): void {
    for (const line of lines.slice(-this.#capacity)) this.#remember(line);
  }

  /** The oldest first. */
  recent(): CallLine[] {
    return [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)];
  }

  /** @returns ends it */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #remember(line: CallLine): void {
    this.#recent[this.#next] = line;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  get followers(): number {
    return this.#listeners.size;
  }
}
