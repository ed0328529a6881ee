import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestStore } from '../journal/requests.store.ts';
import { messageOf } from '../util/errors.ts';
import type { PlacedCall, RememberedRequest } from './placed-calls.ts';
import { fromRow, toRow } from './request.row.ts';

export interface RequestJournalOptions {
  /** @throws while the journal is away: calls are made all the same */
  readonly requests: () => RequestStore;
  readonly onProblem: (problem: unknown) => void;
}

/** The journal's part in placing a call, in ms: one that is slow or away keeps nobody from calling. */
const STORE_MS = 250;
/** A key, and what a call was asked for, is known so long. In ms. */
const REMEMBERED_MS = 7 * 86_400_000;

/** What calls were asked for, in the journal: it outlives a restart, and is never waited for for long. */
export class RequestJournal {
  readonly #options: RequestJournalOptions;

  constructor(options: RequestJournalOptions) {
    this.#options = options;
  }

  /** What was asked for within the last week. @throws as the journal does */
  async load(): Promise<RememberedRequest[]> {
    const rows = await this.#options.requests().since(Date.now() - REMEMBERED_MS);
    return rows.flatMap((row) => {
      try {
        return fromRow(row);
      } catch (error) {
        // Damaged, or of a newer version: its call goes without a request, and all others are followed.
        const problem = `The request ${row.id} of the journal cannot be read: ${messageOf(error)}`;
        this.#options.onProblem(new Error(problem, { cause: error }));
        return [];
      }
    });
  }

  /** @returns a request that has had this key before. A journal that is away or slow is not waited for */
  async add(placed: PlacedCall): Promise<RememberedRequest | undefined> {
    const patience = new AbortController();
    try {
      const adding = this.#options.requests().add(toRow(placed));
      adding.catch(this.#options.onProblem);
      const late = sleep(STORE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
      const row = await Promise.race([adding, late]);
      return row === undefined ? undefined : fromRow(row);
    } catch {
      return undefined;
    } finally {
      patience.abort();
    }
  }

  /** Nobody waits for it. */
  change(change: (store: RequestStore) => Promise<void>): void {
    Promise.resolve()
      .then(() => change(this.#options.requests()))
      .catch(this.#options.onProblem);
  }
}
