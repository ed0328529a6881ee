import type { CallResult } from './asterisk.ts';

/** What came of a load. */
export interface LoadReport {
  readonly started: number;
  /** The server set ROUTE_STATUS. */
  readonly answered: number;
  /** Answered with ROUTE_STATUS=OK. */
  readonly routed: number;
  /** Answered calls by ROUTE_STATUS. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Started and not answered: no connection, no end, closed without a word. */
  readonly lost: number;
  /** Due, but not started, because too many calls were in progress. */
  readonly skipped: number;
  /** What Asterisk would have stumbled over, and how often; quoted parts are left out. */
  readonly problems: Readonly<Record<string, number>>;
  /** Of answered calls, from the moment a call was due to its end, in milliseconds; zeros without any. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** From the first call to the end of the last. */
  readonly durationMs: number;
}

/** Adds up calls; holds one number a call, whatever else the calls were. */
export class LoadTally {
  readonly #byStatus = new Map<string, number>();
  readonly #problems = new Map<string, number>();
  readonly #latencies: number[] = [];
  #started = 0;
  #skipped = 0;

  /** @param waitedMs how long the call was overdue when it started */
  add(result: CallResult, waitedMs: number): void {
    this.#started++;
    for (const problem of result.problems) count(this.#problems, problem.replace(/«.*»/s, '«…»'));
    if (!result.commands.some((command) => command.includes('ROUTE_STATUS'))) return;
    count(this.#byStatus, result.variables.get('ROUTE_STATUS') ?? '');
    this.#latencies.push(result.durationMs + waitedMs);
  }

  skip(): void {
    this.#skipped++;
  }

  report(durationMs: number): LoadReport {
    const sorted = Float64Array.from(this.#latencies).toSorted();
    const percentile = (part: number): number => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
    return {
      started: this.#started,
      answered: sorted.length,
      routed: this.#byStatus.get('OK') ?? 0,
      byStatus: Object.fromEntries(this.#byStatus),
      lost: this.#started - sorted.length,
      skipped: this.#skipped,
      problems: Object.fromEntries(this.#problems),
      latencyMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: percentile(1) },
      durationMs,
    };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
