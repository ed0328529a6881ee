import type { CallRecord } from './call-record.ts';
import { toCallLine, toCallNote, type CallLine, type CallNote } from './call-line.ts';

type Listener = (line: CallLine) => void;

/** The last calls, and those to come. A call costs next to nothing here while nobody looks. */
export class RecentCalls {
  readonly #capacity: number;
  readonly #recent: CallNote[] = [];
  /** Where the next one goes once the list is full. */
  #next = 0;
  readonly #listeners = new Set<Listener>();

  /** @param capacity how many calls are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(record: CallRecord): void {
    const note = toCallNote(record);
    this.#recent[this.#next] = note;
    this.#next = (this.#next + 1) % this.#capacity;
    if (this.#listeners.size === 0) return;
    const line = toCallLine(note);
    for (const listener of this.#listeners) listener(line);
  }

  /** The oldest first. */
  recent(): CallLine[] {
    const inOrder = [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)];
    return inOrder.map(toCallLine);
  }

  /** @returns ends it */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get followers(): number {
    return this.#listeners.size;
  }
}
