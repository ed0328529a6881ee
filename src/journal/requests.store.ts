import type { Kysely, Selectable } from 'kysely';
import type { JournalDatabase, RequestTable } from './tables.ts';

/** A call that was asked for. It holds codes and no number. */
export type StoredRequest = Selectable<RequestTable>;

/** What calls were asked for. Every method may reject with what the database says. */
export class RequestStore {
  readonly #db: Kysely<JournalDatabase>;

  constructor(db: Kysely<JournalDatabase>) {
    this.#db = db;
  }

  /** @returns the row that has the same key of the same requester; undefined when the new one was written */
  async add(request: StoredRequest): Promise<StoredRequest | undefined> {
    try {
      await this.#db.insertInto('requests').values(request).execute();
      return undefined;
    } catch (error) {
      const { requester, request_key: key } = request;
      const same = key === null ? undefined : await this.find(requester, key);
      if (same === undefined) throw error;
      return same;
    }
  }

  async find(requester: string, key: string): Promise<StoredRequest | undefined> {
    return this.#db
      .selectFrom('requests')
      .selectAll()
      .where('requester', '=', requester)
      .where('request_key', '=', key)
      .executeTakeFirst();
  }

  async update(id: string, changes: Partial<Pick<StoredRequest, 'state' | 'cancelled_at'>>): Promise<void> {
    await this.#db.updateTable('requests').set(changes).where('id', '=', id).execute();
  }

  /** Nothing of it has reached Asterisk: the key is free again. */
  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('requests').where('id', '=', id).execute();
  }

  /** Those of before are forgotten: what stands with the call stays there. */
  async since(time: number): Promise<StoredRequest[]> {
    await this.#db.deleteFrom('requests').where('created_at', '<', time).execute();
    return this.#db.selectFrom('requests').selectAll().execute();
  }
}
