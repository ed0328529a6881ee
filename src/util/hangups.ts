/**
 * SIGHUP, from the first moment of a service on: without a listener it would end the process. One that comes while the
 * service starts waits until there is something to reload.
 */
export class Hangups {
  #isWaiting = false;
  #onHangup: (() => void) | undefined;

  constructor() {
    process.on('SIGHUP', () => {
      if (this.#onHangup === undefined) this.#isWaiting = true;
      else this.#onHangup();
    });
  }

  /** From now on; at once if one waits. Takes the place of whoever listened before. */
  listen(onHangup: () => void): void {
    this.#onHangup = onHangup;
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    onHangup();
  }
}
