import { Breaker } from './breaker.ts';
import {
  DirectoryUnavailableError,
  type DirectoryAnswer,
  type DirectoryReport,
  type ManagedDirectory,
  type PoolStats,
} from './directory.ts';
import type { SnapshotKeeper } from './snapshot/keeper.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

export interface ResilientDirectoryOptions {
  readonly live: ManagedDirectory;
  /** null: nothing is remembered, and a database that is away means no answer. */
  readonly keeper: SnapshotKeeper | null;
  /** With a snapshot at hand the live look-up gets no longer than that, in ms. */
  readonly liveBudgetMs: number;
  readonly onBreaker: (isOpen: boolean) => void;
  /** Default 1000. */
  readonly probeEveryMs?: number;
}

/**
 * Asks the live database, and where it fails or takes too long, the snapshot. After some failures in a row
 * the database is not asked at all until a probe finds it back.
 */
export class ResilientDirectory implements ManagedDirectory {
  readonly #live: ManagedDirectory;
  readonly #keeper: SnapshotKeeper | null;
  readonly #liveBudgetMs: number;
  readonly #breaker: Breaker;

  constructor({ live, keeper, liveBudgetMs, onBreaker, probeEveryMs = 1000 }: ResilientDirectoryOptions) {
    this.#live = live;
    this.#keeper = keeper;
    this.#liveBudgetMs = liveBudgetMs;
    this.#breaker = new Breaker({
      probeEveryMs,
      probe: async () => (await live.start()).state === 'ready',
      onChange: (isOpen) => {
        onBreaker(isOpen);
        if (!isOpen && keeper?.usable() === null) void keeper.refresh();
      },
    });
  }

  /** The snapshot on disk is read first, so that it is there when the database is not. */
  async start(): Promise<DirectoryReport> {
    await this.#keeper?.load();
    const report = await this.#live.start();
    if (report.state === 'unavailable') this.#breaker.open();
    void this.#keeper?.refresh();
    return report;
  }

  async find(number: string, budgetMs: number): Promise<DirectoryAnswer> {
    const snapshot = this.#keeper?.usable() ?? null;
    if (this.#breaker.isOpen) {
      if (snapshot !== null) return remember(snapshot, number);
      throw new DirectoryUnavailableError(
        'The database has not answered for a while, and there is no snapshot that is new enough; it is asked again every second.',
      );
    }
    try {
      const answer = await this.#live.find(
        number,
        snapshot === null ? budgetMs : Math.min(budgetMs, this.#liveBudgetMs),
      );
      this.#breaker.succeeded();
      return answer;
    } catch (error) {
      this.#breaker.failed();
      if (snapshot === null) throw error;
      return remember(snapshot, number);
    }
  }

  stats(): PoolStats {
    return this.#live.stats();
  }

  /** For metrics: whether the breaker is open, and what is remembered. */
  resilience(): Resilience {
    const snapshot = this.#keeper?.usable() ?? null;
    return {
      breakerOpen: this.#breaker.isOpen,
      snapshot: snapshot === null ? null : { numbers: snapshot.size, ageSeconds: snapshot.ageSeconds() },
    };
  }

  async close(): Promise<void> {
    this.#breaker.stop();
    await this.#keeper?.stop();
    await this.#live.close();
  }
}

export interface Resilience {
  readonly breakerOpen: boolean;
  readonly snapshot: { readonly numbers: number; readonly ageSeconds: number } | null;
}

function remember(snapshot: Snapshot, number: string): DirectoryAnswer {
  return { matches: snapshot.find(number), source: 'snapshot', ageSeconds: snapshot.ageSeconds() };
}
