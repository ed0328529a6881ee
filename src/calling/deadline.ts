/** Whoever asks for a call calls by other means after 2 s: all that is waited for shares this time. In ms. */
export const ANSWER_MS = 1800;

/** Until when somebody who waits must have an answer. */
export class Deadline {
  readonly #at: number;

  /** @param ms from now on */
  constructor(ms = ANSWER_MS) {
    this.#at = performance.now() + ms;
  }

  get leftMs(): number {
    return Math.max(0, this.#at - performance.now());
  }

  /**
   * Waits for an answer until the deadline. What comes later is nobody's.
   *
   * @param late the error that is thrown then
   * @param ms that it may take at most, where that is less
   */
  async within<T>(answer: Promise<T>, late: () => Error, ms = Infinity): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(late()), Math.min(ms, this.leftMs));
    });
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
