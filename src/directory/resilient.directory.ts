import { errorCode, messageOf } from '../util/errors.ts';
import { Breaker } from './breaker.ts';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
  LEAST_BUDGET_MS,
  NO_NUMBER,
  type DirectoryAnswer,
  type DirectoryReport,
  type ManagedDirectory,
  type PoolStats,
  type Resilience,
} from './directory.ts';
import type { SnapshotRefresher } from './snapshot/refresher.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { SchemaError } from './sql/schema.ts';

export interface ResilientDirectoryOptions {
  readonly live: ManagedDirectory;
  /** null: nothing is remembered, and a database that is away means no answer. */
  readonly refresher: SnapshotRefresher | null;
  /** With a snapshot at hand the live look-up gets no longer than that, in ms. */
  readonly liveBudgetMs: number;
  /** The longest budget that `find` will be given, in ms. */
  readonly maxBudgetMs: number;
  /** The database is not asked any more, or still not and now for this reason. */
  readonly onProblem: (problem: string) => void;
  /** The database is asked again. */
  readonly onBack: () => void;
  /** Default 1000. */
  readonly probeEveryMs?: number;
}

/** `liveError` of an answer for which the database was not asked. */
const BREAKER_OPEN = 'BREAKER_OPEN';

/**
 * Asks the live database, and where it fails or takes too long, the snapshot. After some failures in a row
 * the database is not asked at all until a probe finds it back, a second after it answers again.
 */
export class ResilientDirectory implements ManagedDirectory {
  readonly #live: ManagedDirectory;
  readonly #refresher: SnapshotRefresher | null;
  readonly #liveBudgetMs: number;
  /** A look-up that had that long and no answer says something about the database. */
  readonly #fairBudgetMs: number;
  readonly #breaker: Breaker;
  /** Of the last look-up in the database; undefined when it was answered. */
  #lastError: unknown;
  /** Calls that share a statement share its error, which counts once. */
  readonly #counted = new WeakSet<Error>();

  constructor(options: ResilientDirectoryOptions) {
    const { live, refresher, liveBudgetMs, maxBudgetMs, onProblem, onBack, probeEveryMs = 1000 } = options;
    this.#live = live;
    this.#refresher = refresher;
    this.#liveBudgetMs = liveBudgetMs;
    this.#fairBudgetMs = Math.min(liveBudgetMs, maxBudgetMs / 2);
    this.#breaker = new Breaker({
      probeEveryMs,
      probe: async () => {
        await live.find(NO_NUMBER, this.#fairBudgetMs);
      },
      onProblem,
      onClosed: () => {
        this.#lastError = undefined;
        onBack();
        void this.#checkSchema();
        if (refresher?.current() === null) void refresher.refresh();
      },
    });
  }

  /**
   * Takes over the snapshot of one that it replaces, if that is of the same database, and what was learnt with it. To be
   * called before `start`.
   */
  inherit(old: ManagedDirectory): void {
    if (!(old instanceof ResilientDirectory) || old.#refresher === null) return;
    if (this.#refresher?.inherit(old.#refresher) === true) this.#live.inherit?.(old.#live);
  }

  /**
   * The snapshot on disk is read first, so that it is there when the database is not.
   *
   * @throws {SchemaError} the database lacks what no look-up can do without, and there is no snapshot to go on with
   */
  async start(): Promise<DirectoryReport> {
    await this.#refresher?.load();
    const report = await this.#live.start().catch((error: unknown) => {
      if (error instanceof SchemaError && this.#refresher?.current()) return unavailable(error.message);
      throw error;
    });
    if (report.problem !== null) this.#breaker.open(report.problem);
    this.#refresher?.start();
    return report;
  }

  async find(number: string, budgetMs: number): Promise<DirectoryAnswer> {
    const snapshot = this.#refresher?.current() ?? null;
    const { problem } = this.#breaker;
    if (problem !== undefined) {
      if (snapshot !== null) return remember(snapshot, number, BREAKER_OPEN);
      throw new DirectoryUnavailableError(
        `There is no snapshot that is new enough, and the database is asked again every second only: ${problem}`,
      );
    }
    const liveMs = snapshot === null ? budgetMs : Math.min(budgetMs, this.#liveBudgetMs);
    if (liveMs < LEAST_BUDGET_MS) {
      const error = new DirectoryTimeoutError(`Only ${Math.round(liveMs)} ms are left for the look-up.`);
      if (snapshot !== null) return remember(snapshot, number, error.code);
      throw error;
    }
    try {
      const answer = await this.#live.find(number, liveMs);
      this.#breaker.succeeded();
      this.#lastError = undefined;
      return answer;
    } catch (error) {
      if (this.#blamesDatabase(error, liveMs) && this.#isNew(error)) this.#breaker.failed(number, error);
      this.#lastError = error;
      if (snapshot === null) throw error;
      return remember(snapshot, number, errorCode(error));
    }
  }

  /** Once the database is back: it may have come back another. */
  async #checkSchema(): Promise<void> {
    try {
      await this.#live.start();
    } catch (error) {
      this.#breaker.open(messageOf(error));
    }
  }

  #isNew(error: unknown): boolean {
    if (!(error instanceof Error)) return true;
    const isNew = !this.#counted.has(error);
    this.#counted.add(error);
    return isNew;
  }

  /** Not when we have too many calls for it, or had too little time left. */
  #blamesDatabase(error: unknown, budgetMs: number): boolean {
    if (error instanceof DirectoryBusyError) return false;
    return !(error instanceof DirectoryTimeoutError) || budgetMs >= this.#fairBudgetMs;
  }

  stats(): PoolStats {
    return this.#live.stats();
  }

  /** For those who watch: how the database does, and what is remembered. */
  resilience(): Resilience {
    const snapshot = this.#refresher?.current() ?? null;
    return {
      breakerOpen: this.#breaker.problem !== undefined,
      problem: this.#breaker.problem ?? (this.#lastError === undefined ? null : messageOf(this.#lastError)),
      snapshot:
        snapshot === null
          ? null
          : { numbers: snapshot.size, ageSeconds: snapshot.ageSeconds(), ...partial(snapshot) },
      taking: this.#refresher?.progress() ?? null,
    };
  }

  async close(): Promise<void> {
    this.#breaker.stop();
    await this.#refresher?.stop();
    await this.#live.close();
  }
}

function unavailable(problem: string): DirectoryReport {
  return { state: 'unavailable', version: null, warnings: [], problem };
}

/** @throws {DirectoryUnavailableError} the number may stand in a part of the snapshot that is lost */
function remember(snapshot: Snapshot, number: string, liveError: string): DirectoryAnswer {
  const matches = snapshot.find(number);
  if (snapshot.isPartial && matches.length === 0 && number !== NO_NUMBER) {
    throw new DirectoryUnavailableError(
      `The database did not answer (${liveError}), and the number is not in what is left of a damaged snapshot.`,
    );
  }
  const ageSeconds = snapshot.ageSeconds();
  return { matches, source: 'snapshot', ageSeconds, liveError, ...partial(snapshot) };
}

function partial(snapshot: Snapshot): { isPartial?: true } {
  return snapshot.isPartial ? { isPartial: true } : {};
}
