import type { Client, Match } from '../match.ts';

/** A number and one of its matches, as portions and the file hold them. */
export type SnapshotEntry = readonly [number: string, match: Match];

/**
 * The links that routing needs, remembered: whose a number is. Recipients are in it only while their
 * shipment is open or in a courier's hands, since the others lead to nobody; that keeps it small.
 */
export class Snapshot {
  readonly #matches: ReadonlyMap<string, readonly Match[]>;
  /** When the oldest of it was read, in ms since 1970. */
  readonly takenAt: number;

  constructor(matches: ReadonlyMap<string, readonly Match[]>, takenAt: number) {
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
    return this.#matches.get(number) ?? [];
  }
}

/** A number with hundreds of open shipments is a shop's own; the live look-up stops at as many rows. */
const MAX_MATCHES_PER_NUMBER = 200;

/** Collects a snapshot portion by portion. */
export class SnapshotBuilder {
  readonly #matches = new Map<string, Match[]>();
  readonly #takenAt: number;
  /** One object for a client who is met a thousand times. */
  readonly #clients = new Map<number, Client>();

  constructor(takenAt: number) {
    this.#takenAt = takenAt;
  }

  add(entries: readonly SnapshotEntry[]): void {
    for (const [number, match] of entries) {
      const matches = this.#matches.get(number);
      if (matches === undefined) this.#matches.set(number, [this.#shared(match)]);
      else if (matches.length < MAX_MATCHES_PER_NUMBER) matches.push(this.#shared(match));
      else this.#replaceLeastUseful(matches, match);
    }
  }

  build(): Snapshot {
    return new Snapshot(this.#matches, this.#takenAt);
  }

  /** As in the live look-up, what leads to somebody outlives a shipment that nobody has in hand. */
  #replaceLeastUseful(matches: Match[], match: Match): void {
    if (!leadsToSomebody(match)) return;
    const index = matches.findIndex((one) => !leadsToSomebody(one));
    if (index !== -1) matches[index] = this.#shared(match);
    else if (match.kind !== 'recipient') matches[0] = this.#shared(match);
  }

  #shared(match: Match): Match {
    if (match.kind === 'courier') return match;
    return { ...match, client: this.#once(match.client) };
  }

  #once(client: Client | null): Client | null {
    if (client === null) return null;
    const known = this.#clients.get(client.code);
    if (known === undefined) this.#clients.set(client.code, client);
    return known ?? client;
  }
}

/** Whether the snapshot remembers a match: all but shipments that are closed and in nobody's hands. */
export function isWorthRemembering(match: Match): boolean {
  return match.kind !== 'recipient' || match.open || match.holder !== null;
}

function leadsToSomebody(match: Match): boolean {
  return match.kind !== 'recipient' || match.holder !== null;
}
