import { NO_NUMBER, type Directory } from '../directory/directory.ts';
import { maskText } from '../phone/mask.ts';

/** Whether a call would get an answer now. */
export interface Readiness {
  readonly ready: boolean;
  /** Where the answer would come from; null when there would be none. */
  readonly source: 'live' | 'snapshot' | null;
  readonly ageSeconds: number | null;
  /** Why the snapshot would have to answer: an error's code, or `BREAKER_OPEN`; null otherwise. */
  readonly liveError: string | null;
  /** What the database says to that, in one sentence; null while it answers. */
  readonly liveProblem: string | null;
  /** Why not, in one sentence; null when ready. */
  readonly problem: string | null;
  /** The snapshot's file was damaged: whom it does not know gets no answer until another one is taken. */
  readonly isPartial?: true;
}

/** How long an answer is shared, in ms: a prober that hammers must not become load on the database. */
const KEPT_MS = 1000;

/** Finds out by a look-up as a call makes it, so that whatever would help a call counts here too. */
export class ReadinessProbe {
  readonly #directory: Directory;
  readonly #budgetMs: number;
  readonly #liveProblem: () => string | null;
  #stopping = false;
  #last: Promise<Readiness> | undefined;
  /** When `#last` came back, in ms of `performance.now()`. */
  #lastAt = Number.POSITIVE_INFINITY;

  /**
   * @param budgetMs what a call has for its look-up
   * @param liveProblem why the database is not asked, or did not answer last time
   */
  constructor(directory: Directory, budgetMs: number, liveProblem: () => string | null = () => null) {
    this.#directory = directory;
    this.#budgetMs = budgetMs;
    this.#liveProblem = liveProblem;
  }

  /** From now on it is not ready: balancers send new calls elsewhere while those in progress finish. */
  stop(): void {
    this.#stopping = true;
  }

  /** Never rejects. */
  async check(): Promise<Readiness> {
    if (this.#stopping) return notReady('The server is stopping.');
    if (this.#last === undefined || performance.now() - this.#lastAt > KEPT_MS) {
      this.#lastAt = Number.POSITIVE_INFINITY;
      this.#last = this.#ask().finally(() => {
        this.#lastAt = performance.now();
      });
    }
    return this.#last;
  }

  async #ask(): Promise<Readiness> {
    try {
      const answer = await this.#directory.find(NO_NUMBER, this.#budgetMs);
      const { source, ageSeconds, liveError = null, isPartial } = answer;
      const liveProblem = liveError === null ? null : this.#liveProblem();
      const masked = liveProblem === null ? null : maskText(liveProblem);
      const partial = isPartial === undefined ? {} : { isPartial };
      return { ready: true, source, ageSeconds, liveError, liveProblem: masked, problem: null, ...partial };
    } catch (error) {
      return notReady(maskText(error instanceof Error ? error.message : String(error)));
    }
  }
}

function notReady(problem: string): Readiness {
  return { ready: false, source: null, ageSeconds: null, liveError: null, liveProblem: null, problem };
}
