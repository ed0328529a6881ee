/** What a test has started and must stop, whatever happens in between. */
export class Cleanups {
  readonly #actions: (() => Promise<void>)[] = [];

  add(action: () => Promise<void>): void {
    this.#actions.push(action);
  }

  /**
   * Runs all, the newest first, and forgets them. One that fails does not keep the others from running.
   *
   * @throws {AggregateError} some failed
   */
  readonly run = async (): Promise<void> => {
    const errors: unknown[] = [];
    for (const action of this.#actions.splice(0).toReversed()) {
      await action().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be stopped.');
  };
}
