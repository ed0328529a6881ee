import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { JournalDatabase } from '../journal/tables.ts';
import { ROLES, type Role } from './client.ts';
import { nameKey } from './name.ts';

export interface Session {
  readonly name: string;
  /** As the OpenID provider said; null when the file of users tells it. */
  readonly role: Role | null;
  /** Of the user in the file when they signed in. */
  readonly generation: string | null;
}

const HOUR_MS = 3_600_000;
/** An open page asks again and again: without one for so long a session ends, in ms. */
export const IDLE_MS = 2 * HOUR_MS;
/** One sign-in a working day, in ms. */
export const ABSOLUTE_MS = 16 * HOUR_MS;
/** How exactly it is kept when a session was last used, in ms: not each request should write. */
const SEEN_EVERY_MS = 60_000;
const ID_BYTES = 32;

/** Sessions of the people who are signed in, kept in the journal's database. Every method may reject with what the database says. */
export class Sessions {
  readonly #db: () => Kysely<JournalDatabase>;
  readonly #now: () => number;

  /** @param db throws while the journal is away */
  constructor(db: () => Kysely<JournalDatabase>, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
  }

  /** @returns the id for the cookie */
  async create({ name, role, generation }: Session): Promise<string> {
    const now = this.#now();
    await this.#sweep(now);
    const id = randomBytes(ID_BYTES).toString('base64url');
    await this.#db()
      .insertInto('sessions')
      .values({ sha256: sha256(id), user_name: name, role, generation, created_at: now, seen_at: now })
      .execute();
    return id;
  }

  /** @returns null when there is none, or none any more */
  async find(id: string): Promise<Session | null> {
    const row = await this.#db()
      .selectFrom('sessions')
      .selectAll()
      .where('sha256', '=', sha256(id))
      .executeTakeFirst();
    const now = this.#now();
    if (row === undefined || isOver(row, now)) return null;
    if (now - row.seen_at > SEEN_EVERY_MS) {
      await this.#db()
        .updateTable('sessions')
        .set({ seen_at: now })
        .where('sha256', '=', row.sha256)
        .execute();
    }
    const role = ROLES.find((one) => one === row.role) ?? null;
    return { name: row.user_name, role, generation: row.generation };
  }

  async end(id: string): Promise<void> {
    await this.#db().deleteFrom('sessions').where('sha256', '=', sha256(id)).execute();
  }

  /** Capital and small letters are the same. */
  async endAllOf(name: string): Promise<void> {
    const known = await this.#db().selectFrom('sessions').select('user_name').distinct().execute();
    // Databases differ in which letters are the same.
    const same = known.map((row) => row.user_name).filter((one) => nameKey(one) === nameKey(name));
    if (same.length > 0) await this.#db().deleteFrom('sessions').where('user_name', 'in', same).execute();
  }

  /** Takes those out that are over. */
  async #sweep(now: number): Promise<void> {
    await this.#db()
      .deleteFrom('sessions')
      .where((eb) =>
        eb.or([
          eb('seen_at', '<', now - IDLE_MS),
          eb('seen_at', '>', now + IDLE_MS),
          eb('created_at', '<', now - ABSOLUTE_MS),
        ]),
      )
      .execute();
  }
}

/** Also one of a clock that was far ahead, and has been set right since: it would last until that time. */
function isOver(
  { seen_at, created_at }: { readonly seen_at: number; readonly created_at: number },
  now: number,
): boolean {
  return Math.abs(now - seen_at) > IDLE_MS || now - created_at > ABSOLUTE_MS;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
