import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalStore } from '../journal/journal.store.ts';

export interface RetentionOptions {
  /** Days after which the persons of a call are forgotten: `journal.keepDays`. */
  readonly keepDays: number;
  /** @returns undefined while there is nothing to do, or nothing that it could be done on */
  readonly store: () => Pick<JournalStore, 'blankBefore' | 'blankAnswersBefore'> | undefined;
  readonly onBlanked: (calls: number) => void;
  readonly onProblem: (problem: unknown) => void;
  /** Default an hour. */
  readonly everyMs?: number;
  /** Default 200. */
  readonly pauseMs?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Calls of one transaction: what is to be written meanwhile waits some hundred ms at most. */
const PORTION = 200;

/** Forgets the persons of old calls, each hour, in portions. */
export class Retention {
  readonly #options: Required<RetentionOptions>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = { everyMs: HOUR_MS, pauseMs: 200, ...options };
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
    const { everyMs } = this.#options;
    while (!signal.aborted) {
      await this.#blankAll().catch((error: unknown) => this.#options.onProblem(error));
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #blankAll(): Promise<void> {
    const { signal } = this.#stopping;
    const { keepDays, store, onBlanked, pauseMs } = this.#options;
    const before = Date.now() - keepDays * DAY_MS;
    const inPortions = async (blank: () => Promise<number> | undefined): Promise<number> => {
      let total = 0;
      for (let blanked = PORTION; blanked === PORTION && !signal.aborted;) {
        blanked = (await blank()) ?? 0;
        total += blanked;
        if (blanked === PORTION)
          await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
      return total;
    };
    let end: number | undefined;
    const calls = await inPortions(async () => {
      const portion = await store()?.blankBefore(before, PORTION, end);
      end = portion?.end;
      return portion?.calls ?? 0;
    });
    if (calls > 0) onBlanked(calls);
    await inPortions(() => store()?.blankAnswersBefore(before, PORTION));
  }
}
