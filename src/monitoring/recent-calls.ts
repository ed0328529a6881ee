import type { CallRecord } from './call-record.ts';
import { toCallLine, type CallLine } from './call-line.ts';
import type { CallFields } from './call-log.ts';

type Listener = (line: CallLine) => void;

/** A call of which a line is made when somebody asks for it: hardly ever. */
interface Remembered extends Pick<CallRecord, 'endedAt' | 'error'> {
  readonly fields: CallFields;
}

/** The last calls, and those to come. */
export class RecentCalls {
  readonly #capacity: number;
  readonly #recent: (Remembered | CallLine)[] = [];
  /** Where the next one goes once the list is full. */
  #next = 0;
  readonly #listeners = new Set<Listener>();

  /** @param capacity how many calls are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param fields masked */
  push({ endedAt, error }: CallRecord, fields: CallFields): void {
    this.#remember({ endedAt, error, fields });
    if (this.#listeners.size === 0) return;
    const line = toCallLine({ endedAt, error }, fields);
    for (const listener of this.#listeners) listener(line);
  }

  /** Calls of before a restart. @param lines the oldest first; to be called before the first call */
  restore(lines: readonly CallLine[]): void {
    for (const line of lines.slice(-this.#capacity)) this.#remember(line);
  }

  /** The oldest first. */
  recent(): CallLine[] {
    const inOrder = [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)];
    return inOrder.map((call) => ('fields' in call ? toCallLine(call, call.fields) : call));
  }

  /** @returns ends it */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #remember(call: Remembered | CallLine): void {
    this.#recent[this.#next] = call;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  get followers(): number {
    return this.#listeners.size;
  }
}
