import { isAnswerOfServer, isNobodyThere, isTooMany } from './mysql.errors.ts';

/** How long those that are open are shared once the server has refused one connection more, in ms. */
const SHARE_MS = 1000;

/** Pause after an attempt that was broken off, in ms; it doubles each time. */
const FIRST_PAUSE_MS = 1000;
/** Longest pause where nobody has greeted us: a proxy whose database is away. */
const LONGEST_UNGREETED_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 30_000;

/** One that has been opening for longer than that, in ms, is waited for: another would fare no better. */
const SLOW_MS = 300;

/** An attempt to open a connection that has failed. */
export interface FailedOpening {
  readonly error: unknown;
  /** The server had begun to speak. */
  readonly isGreeted: boolean;
  /** Others are open, which those who wait can share. */
  readonly hasOthers: boolean;
}

/**
 * When another connection may be opened. Where nobody listens it is tried as often as somebody asks. But a server
 * counts each handshake that breaks off, and after max_connect_errors (100; 10 before MySQL 5.6) of them it
 * refuses our address until FLUSH HOSTS: so there is one attempt at a time after a failure, and a pause that grows.
 */
export class OpeningPace {
  /** Attempts that failed since the last success. */
  #failures = 0;
  #pauses = 0;
  #lastError: unknown;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param since when those that are being opened were begun, in ms of `performance.now()`
   * @returns undefined when one may be opened, `slow` when those that are being opened are to be waited for, else
   * the error after which there is a pause
   */
  problem(since: readonly number[]): unknown {
    if (this.#timer !== undefined) return this.#lastError;
    if (since.length === 0) return undefined;
    const isSlow = performance.now() - Math.min(...since) >= SLOW_MS;
    return this.#failures > 0 || isSlow ? 'slow' : undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.stop();
  }

  /** @param onPauseOver told when there was one */
  failed(opening: FailedOpening, onPauseOver: () => void): void {
    this.#failures += 1;
    this.#lastError = opening.error;
    if (this.#timer !== undefined) return;
    const pauseMs = this.#pauseAfter(opening);
    if (pauseMs === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      onPauseOver();
    }, pauseMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pauseAfter({ error, isGreeted, hasOthers }: FailedOpening): number {
    if (isTooMany(error)) return hasOthers ? SHARE_MS : 0;
    if (isNobodyThere(error) || isAnswerOfServer(error)) return 0;
    const longest = isGreeted ? LONGEST_PAUSE_MS : LONGEST_UNGREETED_PAUSE_MS;
    const pause = Math.min(longest, FIRST_PAUSE_MS * 2 ** this.#pauses);
    this.#pauses += 1;
    // Servers that share a database must not come back in step.
    return pause * (0.8 + Math.random() * 0.2);
  }
}
