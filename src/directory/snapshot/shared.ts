/** Values that many matches have in common, once each. */
export class Shared<Value> {
  readonly #values: Value[] = [];
  readonly #places = new Map<string, number>();

  indexOf(value: Value): number {
    const key = JSON.stringify(value);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  /** No more come. */
  close(): void {
    this.#places.clear();
  }

  at(index: number): Value | null {
    return this.#values[index] ?? null;
  }
}
