import type { Match } from '../match.ts';
import { CompactMatchIndex } from './compact-match-index.ts';

/** A number and one of its matches, as portions and the file hold them. */
export type SnapshotEntry = readonly [number: string, match: Match];

/**
 * The links that routing needs, remembered: whose a number is. Recipients are in it only while their
 * shipment is open or in a courier's hands, since the others lead to nobody; that keeps it small.
 */
export class Snapshot {
  readonly #matches: Pick<CompactMatchIndex, 'find' | 'size'>;
  /** When the oldest of it was read, in ms since 1970. */
  readonly takenAt: number;

  constructor(matches: Pick<CompactMatchIndex, 'find' | 'size'>, takenAt: number) {
    this.#matches = matches;
    this.takenAt = takenAt;
  }

  /** How many numbers it knows. */
  get size(): number {
    return this.#matches.size;
  }

  /** Whole seconds; 0 when the clock was set back. */
  ageSeconds(now = Date.now()): number {
    return Math.max(0, Math.floor((now - this.takenAt) / 1000));
  }

  find(number: string): readonly Match[] {
    return this.#matches.find(number);
  }
}

/** A number with hundreds of open shipments is a shop's own; the live look-up stops at as many rows. */
const MAX_MATCHES_PER_NUMBER = 200;

/** Collects a snapshot portion by portion. */
export class SnapshotBuilder {
  readonly #matches = new CompactMatchIndex();
  readonly #takenAt: number;

  constructor(takenAt: number) {
    this.#takenAt = takenAt;
  }

  add(entries: readonly SnapshotEntry[]): void {
    for (const [number, match] of entries) {
      // In the look-up's order: what leads to somebody has come before.
      if (this.#matches.count(number) < MAX_MATCHES_PER_NUMBER) this.#matches.add(number, match);
    }
  }

  build(): Snapshot {
    this.#matches.close();
    return new Snapshot(this.#matches, this.#takenAt);
  }
}

/** Whether the snapshot remembers a match: all but shipments that are closed and in nobody's hands. */
export function isWorthRemembering(match: Match): boolean {
  return match.kind !== 'recipient' || match.open || match.holder !== null;
}
