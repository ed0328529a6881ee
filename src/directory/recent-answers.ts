export interface RecentAnswersOptions {
  /** How long an answer may be given again, in ms. Default 5 min. */
  readonly keepMs?: number;
  /** Answers that are kept at most; the oldest goes. Default 10,000. */
  readonly most?: number;
  /** In ms; for tests. */
  readonly now?: () => number;
}

/**
 * What a database has answered a moment ago, for while it is away. It counts from the answer on, however often it is given
 * again; as long as the database answers, nothing else does.
 */
export class RecentAnswers<Key, Answer> {
  readonly #options: Required<RecentAnswersOptions>;
  /** The oldest first. */
  readonly #answers = new Map<Key, { readonly answer: Answer; readonly at: number }>();

  constructor(options: RecentAnswersOptions = {}) {
    this.#options = { keepMs: 5 * 60_000, most: 10_000, now: () => performance.now(), ...options };
  }

  /** @throws what `ask` does, where there is no recent answer */
  async ask(key: Key, ask: () => Promise<Answer>): Promise<Answer> {
    const { now } = this.#options;
    try {
      const answer = await ask();
      this.#keep(key, { answer, at: now() });
      return answer;
    } catch (error) {
      this.#forgetOld();
      const known = this.#answers.get(key);
      if (known === undefined) throw error;
      return known.answer;
    }
  }

  #keep(key: Key, known: { readonly answer: Answer; readonly at: number }): void {
    this.#answers.delete(key);
    this.#answers.set(key, known);
    this.#forgetOld();
  }

  #forgetOld(): void {
    const { keepMs, most, now } = this.#options;
    for (const [key, { at }] of this.#answers) {
      if (this.#answers.size <= most && now() - at <= keepMs) return;
      this.#answers.delete(key);
    }
  }
}
