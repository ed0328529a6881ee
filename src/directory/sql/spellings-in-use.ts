import type { Spellings } from '../../phone/spellings.ts';

/**
 * Under which values of `contacts.VALUE` a number is looked up: the usual ways to write it, and of the rare ones
 * those that this database has. Which these are is learnt when the whole table is read for a snapshot; until then
 * all are looked for, which takes the database a fifth of a millisecond longer.
 */
export class SpellingsInUse {
  readonly #spellings: Spellings;
  /** Places in `Spellings.of`; null: all. */
  #inUse: readonly number[] | null = null;
  #seen = new Set<number>();

  constructor(spellings: Spellings) {
    this.#spellings = spellings;
  }

  get spellings(): Spellings {
    return this.#spellings;
  }

  /** How many values each number is looked up under. */
  get count(): number {
    return this.#inUse?.length ?? this.#spellings.count;
  }

  /** @param number digits */
  valuesOf(number: string): readonly string[] {
    const all = this.#spellings.of(number);
    return this.#inUse?.map((place) => all[place] ?? number) ?? all;
  }

  /** The table is read from its beginning. */
  begin(): void {
    this.#seen = new Set(Array.from({ length: this.#spellings.usual }, (_, place) => place));
  }

  /** A number is written in this way. */
  readonly see = (place: number): void => {
    if (place >= 0) this.#seen.add(place);
  };

  /** The table has been read to its end. @returns whether statements must be made anew */
  finish(): boolean {
    const before = this.#inUse?.join();
    this.#inUse = [...this.#seen].toSorted((a, b) => a - b);
    return this.#inUse.join() !== before;
  }
}
