import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { CLOCK, type Engine } from './engine.ts';
import type { JournalDatabase } from './tables.ts';

/** Of several desks, the one that follows the calls. After `ttlMs` without a renewal another one takes over. */
export const FOLLOWING = { name: 'follow', ttlMs: 7_000 } as const;

export interface LeaseOptions {
  readonly name: string;
  /** Differs from that of every other desk. */
  readonly holder: string;
  /** After that long without a renewal another desk may take it. */
  readonly ttlMs: number;
  /** Whether another holder has surely ended: then nobody waits. Default: never known. */
  readonly isGone?: (holder: string) => boolean;
}

interface LeaseConnections {
  readonly engine: Engine;
  readonly reader: Kysely<JournalDatabase>;
  readonly writer: Kysely<JournalDatabase>;
}

/** Whose turn it is, kept in the journal's database and judged by its clock. */
export class Lease {
  readonly #db: Kysely<JournalDatabase>;
  /** Asked from within transactions of the other one. */
  readonly #reader: Kysely<JournalDatabase>;
  readonly #now: RawBuilder<number>;
  readonly #options: LeaseOptions;

  constructor({ engine, reader, writer }: LeaseConnections, options: LeaseOptions) {
    this.#db = writer;
    this.#reader = reader;
    this.#now = sql.raw<number>(CLOCK[engine]);
    this.#options = options;
  }

  /**
   * When somebody last held it, in ms since 1970 by our own clock, since that ends the gap which begins here; null when
   * nobody ever did. From then on calls may have gone unseen.
   */
  async lastHeldAt(): Promise<number | null> {
    const asked = Date.now();
    const row = await this.#db
      .selectFrom('leases')
      .select(['renewed_at', this.#now.as('now')])
      .where('name', '=', this.#options.name)
      .executeTakeFirst();
    return row === undefined ? null : asked - Math.max(0, row.now - row.renewed_at);
  }

  /** Whether another desk has it. */
  async isTaken(): Promise<boolean> {
    const row = await this.#reader
      .selectFrom('leases')
      .select('holder')
      .where('name', '=', this.#options.name)
      .executeTakeFirst();
    return row !== undefined && row.holder !== '' && row.holder !== this.#options.holder;
  }

  /** Takes it, or renews it. @returns whether it is ours for `ttlMs` from now on */
  async take(): Promise<boolean> {
    const { name, holder, isGone = () => false } = this.#options;
    if (await this.#takeFrom([holder, ''])) return true;
    const row = await this.#db
      .selectFrom('leases')
      .select('holder')
      .where('name', '=', name)
      .executeTakeFirst();
    if (row === undefined) return this.#begin();
    if (row.holder === holder) return true;
    return isGone(row.holder) && (await this.#takeFrom([row.holder]));
  }

  /** From one of these holders, or from one who has not renewed it in time. */
  async #takeFrom(holders: readonly string[]): Promise<boolean> {
    const { name, holder, ttlMs } = this.#options;
    const taken = await this.#db
      .updateTable('leases')
      .set({ holder, renewed_at: this.#now })
      .where('name', '=', name)
      .where((eb) =>
        eb.or([
          eb('holder', 'in', holders),
          eb('renewed_at', '<', sql<number>`${this.#now} - ${sql.lit(ttlMs)}`),
        ]),
      )
      .executeTakeFirst();
    return taken.numUpdatedRows > 0n;
  }

  async #begin(): Promise<boolean> {
    const { name, holder } = this.#options;
    try {
      await this.#db.insertInto('leases').values({ name, holder, renewed_at: this.#now }).execute();
      return true;
    } catch {
      // Another desk was first.
      return false;
    }
  }

  /** Lets another desk take it at once. @param agoMs since when it was held in name only */
  async release(agoMs = 0): Promise<void> {
    await this.#db
      .updateTable('leases')
      .set({ holder: '', renewed_at: sql<number>`${this.#now} - ${sql.lit(Math.round(agoMs))}` })
      .where('name', '=', this.#options.name)
      .where('holder', '=', this.#options.holder)
      .execute();
  }
}
