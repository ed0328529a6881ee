import { setTimeout as sleep } from 'node:timers/promises';
import { eraseRecordings, type Erased, type Kept } from './erase.ts';
import type { ListeningsStore } from './listenings.store.ts';

export interface RecordingsRetentionOptions {
  /** `recordings.keepDays` */
  readonly keepDays: number;
  /** Days that the access log is kept: as long as the calls themselves. */
  readonly keepListeningsDays: number;
  /** @returns undefined while another desk does this, or the journal is away */
  readonly kept: () => Kept | undefined;
  /** Likewise. */
  readonly listenings: () => ListeningsStore | undefined;
  readonly onErased: (erased: Erased) => void;
  readonly onProblem: (problem: unknown) => void;
  /** Default an hour. */
  readonly everyMs?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PORTION = 100;
/** Files that the source did not let go, tried again each time. */
const LEFT_PORTION = 20;

/** Erases recordings that are old enough, each hour. */
export class RecordingsRetention {
  readonly #options: RecordingsRetentionOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: RecordingsRetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#eraseOld().catch((error: unknown) => this.#options.onProblem(error));
      await sleep(this.#options.everyMs ?? HOUR_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #eraseOld(): Promise<void> {
    const { keepDays, keepListeningsDays, kept, listenings, onErased } = this.#options;
    const now = Date.now();
    const before = now - keepDays * DAY_MS;
    for (let isMore = true; isMore && !this.#stopping.signal.aborted;) {
      const place = kept();
      if (place === undefined) return;
      const rows = await place.store.olderThan(before, PORTION);
      const erased = rows.length === 0 ? undefined : await eraseRecordings(place, rows);
      if (erased !== undefined) onErased(erased);
      // They are the oldest ones again.
      isMore = rows.length === PORTION && erased?.unsearched === 0;
    }
    const place = kept();
    if (place === undefined) return;
    const left = await place.store.leftAtSource(LEFT_PORTION);
    if (left.length > 0) onErased(await eraseRecordings(place, left));
    await listenings()?.forgetBefore(now - keepListeningsDays * DAY_MS);
  }
}
