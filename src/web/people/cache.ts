import { signal, type Signal } from '@preact/signals';

export interface Entry<Value> {
  readonly value: Signal<Value>;
  askedAt: number;
}

/** How long an answer serves, in ms. Cards ask anew. */
const FRESH_MS = 5 * 60_000;
/** After a failure nobody is asked about again for so long, in ms: what failed is drawn anew, and would ask at once. */
const FAILED_MS = 5000;
const MAX_KEPT = 3000;

/** What is known by number or code; the oldest is forgotten. */
export class Cache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #empty: (key: string) => Value;

  constructor(empty: (key: string) => Value) {
    this.#empty = empty;
  }

  get(key: string): Entry<Value> {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { value: signal(this.#empty(key)), askedAt: 0 };
      this.#entries.set(key, entry);
      const oldest = this.#entries.size > MAX_KEPT ? this.#entries.keys().next().value : undefined;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }
}

export function isFresh({ askedAt }: Entry<unknown>): boolean {
  return Date.now() - askedAt <= FRESH_MS;
}

export function askLater(entry: Entry<unknown>): void {
  entry.askedAt = Date.now() - FRESH_MS + FAILED_MS;
}
