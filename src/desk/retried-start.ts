import { messageOf } from '../util/errors.ts';

export interface RetriedStartOptions {
  /** Called again until it succeeds. */
  readonly start: () => Promise<unknown>;
  /** It has failed, for another reason than before. */
  readonly onProblem: (problem: string) => void;
  /** It has succeeded, after it had failed. */
  readonly onBack: () => void;
  /** Between two tries, in ms. Default 10 s. */
  readonly everyMs?: number;
}

/** Starts what the desk can do without for a while, such as a port that another program has taken. */
export class RetriedStart {
  readonly #options: Required<RetriedStartOptions>;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: RetriedStartOptions) {
    this.#options = { everyMs: 10_000, ...options };
  }

  /** Why it could not be started; undefined once it could. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Comes back after the first try, whatever became of it. */
  async start(): Promise<void> {
    this.#trying = this.#try();
    await this.#trying;
  }

  /** No further try begins, and one that goes on has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#trying;
  }

  async #try(): Promise<void> {
    const { start, onProblem, onBack, everyMs } = this.#options;
    try {
      await start();
      const wasAway = this.#problem !== undefined;
      this.#problem = undefined;
      if (wasAway) onBack();
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem) onProblem(problem);
      this.#problem = problem;
      if (!this.#isStopped) this.#timer = setTimeout(() => void this.start(), everyMs).unref();
    }
  }
}
