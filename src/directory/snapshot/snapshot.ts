import { arrange, compareMatches, type Match } from '../match.ts';
import { CompactMatchIndex } from './compact-match-index.ts';

/** A number and one of its matches, as pages and the file hold them. */
export type SnapshotEntry = readonly [number: string, match: Match];

/**
 * The links that routing needs, remembered: whose a number is. Of shipments that are closed and in nobody's
 * hands, which are most, the newest one of a number is enough: the others change
 * nothing in an answer.
 */
export class Snapshot {
  readonly #matches: Pick<CompactMatchIndex, 'find' | 'size'>;
  /** When the oldest of it was read, in ms since 1970. */
  readonly takenAt: number;
  /** Some of it is lost: a number that is not in it may be known to the database. */
  readonly isPartial: boolean;

  constructor(matches: Pick<CompactMatchIndex, 'find' | 'size'>, takenAt: number, isPartial = false) {
    this.#matches = matches;
    this.takenAt = takenAt;
    this.isPartial = isPartial;
  }

  /** How many numbers it knows. */
  get size(): number {
    return this.#matches.size;
  }

  /** Whole seconds; 0 when the clock was set back. */
  ageSeconds(now = Date.now()): number {
    return Math.max(0, Math.floor((now - this.takenAt) / 1000));
  }

  /** In the order of a live answer. */
  find(number: string): readonly Match[] {
    return arrange(this.#matches.find(number));
  }
}

/** Collects a snapshot page by page. */
export class SnapshotBuilder {
  readonly #matches = new CompactMatchIndex();
  readonly #takenAt: number;

  constructor(takenAt: number) {
    this.#takenAt = takenAt;
  }

  add(entries: readonly SnapshotEntry[]): void {
    for (const [number, match] of entries) {
      if (isClosed(match)) this.#matches.addClosed(number, match, isMoreUrgent);
      else this.#matches.add(number, match);
    }
  }

  build({ isPartial = false } = {}): Snapshot {
    this.#matches.close();
    return new Snapshot(this.#matches, this.#takenAt, isPartial);
  }
}

/** A shipment that leads to nobody. */
function isClosed(match: Match): boolean {
  return match.kind === 'recipient' && !match.open && match.holder === null;
}

function isMoreUrgent(match: Match, known: Match): boolean {
  return compareMatches(match, known) < 0;
}
