import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Engine } from './engine.ts';
import type { JournalDatabase } from './tables.ts';

/** Of several desks, the one that follows the calls. After `ttlMs` without a renewal another one takes over. */
export const FOLLOWING = { name: 'follow', ttlMs: 7_000 } as const;

/** Whose turn it is, kept in the journal's database and judged by its clock. */
export class Lease {
  readonly #db: Kysely<JournalDatabase>;
  readonly #now: RawBuilder<number>;
  readonly #name: string;
  readonly #holder: string;
  readonly #ttlMs: number;

  /**
   * @param holder differs from that of every other desk
   * @param ttlMs after that long without a renewal another desk may take it
   */
  constructor(
    { db, engine }: { db: Kysely<JournalDatabase>; engine: Engine },
    { name, holder, ttlMs }: { name: string; holder: string; ttlMs: number },
  ) {
    this.#db = db;
    this.#now =
      engine === 'mysql'
        ? sql<number>`cast(unix_timestamp(now(3)) * 1000 as unsigned)`
        : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;
    this.#name = name;
    this.#holder = holder;
    this.#ttlMs = ttlMs;
  }

  /**
   * When somebody last held it, in ms since 1970 by the database's clock; null when nobody ever did. From then on
   * calls may have gone unseen.
   */
  async lastHeldAt(): Promise<number | null> {
    const row = await this.#db
      .selectFrom('leases')
      .select('renewed_at')
      .where('name', '=', this.#name)
      .executeTakeFirst();
    return row?.renewed_at ?? null;
  }

  /** Takes it, or renews it. @returns whether it is ours for `ttlMs` from now on */
  async take(): Promise<boolean> {
    const taken = await this.#db
      .updateTable('leases')
      .set({ holder: this.#holder, renewed_at: this.#now })
      .where('name', '=', this.#name)
      .where((eb) =>
        eb.or([
          eb('holder', 'in', [this.#holder, '']),
          eb('renewed_at', '<', sql<number>`${this.#now} - ${sql.lit(this.#ttlMs)}`),
        ]),
      )
      .executeTakeFirst();
    if (taken.numUpdatedRows > 0n) return true;
    const row = await this.#db
      .selectFrom('leases')
      .select('holder')
      .where('name', '=', this.#name)
      .executeTakeFirst();
    if (row !== undefined) return row.holder === this.#holder;
    try {
      await this.#db
        .insertInto('leases')
        .values({ name: this.#name, holder: this.#holder, renewed_at: this.#now })
        .execute();
      return true;
    } catch {
      // Another desk was first.
      return false;
    }
  }

  /** Lets another desk take it at once. */
  async release(): Promise<void> {
    await this.#db
      .updateTable('leases')
      .set({ holder: '', renewed_at: this.#now })
      .where('name', '=', this.#name)
      .where('holder', '=', this.#holder)
      .execute();
  }
}
