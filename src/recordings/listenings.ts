import { randomBytes } from 'node:crypto';
import type { ListeningTable } from '../journal/tables.ts';
import type { RecordingRow } from './channel.row.ts';
import type { ListeningsStore } from './listenings.store.ts';

/** Who listens. */
export interface Listener {
  readonly kind: 'token' | 'session';
  readonly name: string;
  readonly role: string;
  readonly address: string;
}

/** A player that goes on asking, with each jump of its listener, is one listening; after so long it is another one. */
const SAME_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;

/** Writes down who listens to what, before they hear it. */
export class Listenings {
  readonly #store: () => ListeningsStore;
  /** When each listener last asked for each recording. */
  readonly #last = new Map<string, number>();

  /** @param store throws while the journal is away: then nobody listens, either */
  constructor(store: () => ListeningsStore) {
    this.#store = store;
  }

  /** @throws what the journal says: it is not written down, so it must not be heard */
  async note(
    listener: Listener,
    { id, call_id }: Pick<RecordingRow, 'id' | 'call_id'>,
    now = Date.now(),
  ): Promise<void> {
    const { kind, name, role, address } = listener;
    const key = JSON.stringify([kind, name, id]);
    const last = this.#last.get(key);
    this.#last.delete(key);
    this.#last.set(key, now);
    if (this.#last.size > MAX_REMEMBERED) this.#last.delete(this.#last.keys().next().value ?? '');
    if (last !== undefined && now - last < SAME_MS) return;
    const row: ListeningTable = {
      id: randomBytes(12).toString('base64url'),
      at: now,
      recording_id: id,
      call_id,
      kind,
      name: name.slice(0, 100),
      role,
      address: address.slice(0, 45),
    };
    try {
      await this.#store().add(row);
    } catch (error) {
      this.#last.delete(key);
      throw error;
    }
  }
}
