import type { Selectable } from 'kysely';
import type { JournalConnections } from '../journal/journal.store.ts';
import type { ListeningTable } from '../journal/tables.ts';

/** The log of who listened to which recording. Every method may reject with what the database says. */
export class ListeningsStore {
  readonly #db: JournalConnections;

  constructor(db: JournalConnections) {
    this.#db = db;
  }

  async add(row: ListeningTable): Promise<void> {
    await this.#db.writer.insertInto('listenings').values(row).execute();
  }

  /** To the recordings of a call, the newest first. */
  async ofCall(call: string, limit: number): Promise<Selectable<ListeningTable>[]> {
    return this.#db.reader
      .selectFrom('listenings')
      .selectAll()
      .where('call_id', '=', call)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute();
  }

  async forgetBefore(time: number): Promise<void> {
    await this.#db.writer.deleteFrom('listenings').where('at', '<', time).execute();
  }
}
