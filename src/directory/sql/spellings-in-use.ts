import type { Spellings } from '../../phone/spellings.ts';

export interface ChosenSpellings {
  /** How many values each number is looked up under. */
  readonly count: number;
  /** @param number digits */
  readonly valuesOf: (number: string) => readonly string[];
}

/**
 * Under which values of `contacts.VALUE` a number is looked up: the usual ways to write it, and of the rare ones
 * those that this database has, since each costs a step into the index. At first these are the ways of which the
 * index knows one that begins so (`learnBeginnings`); when the whole table is read for a snapshot, all are seen.
 */
export class SpellingsInUse {
  readonly spellings: Spellings;
  /** Places in `Spellings.of`. */
  #inUse: readonly number[];
  #seen = new Set<number>();
  #isComplete = false;

  constructor(spellings: Spellings) {
    this.spellings = spellings;
    this.#inUse = this.#usual();
  }

  /** Those of now, for a statement that has as many parameters: what is learnt later changes nothing in them. */
  choose(): ChosenSpellings {
    const places = this.#inUse;
    const first = (places.at(-1) ?? 0) + 1;
    return {
      count: places.length,
      valuesOf: (number) => {
        const all = this.spellings.of(number, first);
        return places.map((place) => all[place] ?? number);
      },
    };
  }

  /** Takes over what another one has seen of the same table, if that was the whole of it. */
  inherit(old: SpellingsInUse): void {
    if (!old.#isComplete) return;
    this.#inUse = old.#inUse;
    this.#isComplete = true;
  }

  /** @param beginnings of `Spellings.beginnings`, with which a value in the table begins */
  learnBeginnings(beginnings: ReadonlySet<string>): void {
    if (this.#isComplete) return;
    const known = this.spellings.beginnings.flatMap((beginning, place) =>
      beginning !== undefined && beginnings.has(beginning) ? [place] : [],
    );
    this.#inUse = inOrder(new Set([...this.#usual(), ...known]));
  }

  /** The table is read from its beginning. */
  begin(): void {
    this.#seen = new Set(this.#usual());
  }

  /** A number is written in this way. */
  readonly see = (place: number): void => {
    if (place >= 0) this.#seen.add(place);
  };

  /** The table has been read to its end. @returns whether statements must be made anew */
  finish(): boolean {
    const before = this.#inUse.join();
    this.#inUse = inOrder(this.#seen);
    this.#isComplete = true;
    return this.#inUse.join() !== before;
  }

  #usual(): number[] {
    return Array.from({ length: this.spellings.usual }, (_, place) => place);
  }
}

function inOrder(places: ReadonlySet<number>): number[] {
  return [...places].toSorted((a, b) => a - b);
}
