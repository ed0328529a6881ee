/**
 * A set of what comes and goes with each call. Each table of a `Set` that has become too full leads to the next one,
 * dead or not, and so V8's young garbage collections kept what had long gone: twice as much of a call survived them
 * (bench/README.md).
 */
export class Bag<Item> implements Iterable<Item> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  has(item: Item): boolean {
    return this.#items.includes(item);
  }

  /** @param item that is not in it */
  add(item: Item): void {
    this.#items.push(item);
  }

  /** @returns whether it was in it */
  delete(item: Item): boolean {
    const place = this.#items.indexOf(item);
    if (place === -1) return false;
    const last = this.#items.pop();
    if (last !== undefined && place < this.#items.length) this.#items[place] = last;
    return true;
  }

  /** Of those that are in it now, in no order. */
  [Symbol.iterator](): Iterator<Item> {
    return this.#items.slice().values();
  }
}
