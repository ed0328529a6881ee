import { type Deferred, deferred, gentleRejection, rejectGently } from '../util/deferred.ts';
import { type AgiEnvironment, MAX_ENVIRONMENT_LINES, parseEnvironment } from './environment.ts';
import { AgiEnvironmentError, AgiProtocolError } from './errors.ts';

const MAX_LENGTH = 65_536;

/** Collects the lines that open a session, up to the blank one, and holds what they say. */
export class EnvironmentReader {
  #lines: string[] = [];
  #length = 0;
  #complete = false;
  #result: AgiEnvironment | AgiEnvironmentError | undefined;
  #waiter: Deferred<AgiEnvironment> | undefined;

  /** Whether the blank line has come: what follows are replies. */
  get complete(): boolean {
    return this.#complete;
  }

  /** @throws {AgiProtocolError} there are more lines or characters than Asterisk can send */
  push(line: string): void {
    if (line === '') {
      this.#finish();
      return;
    }
    this.#length += line.length;
    if (this.#lines.length >= MAX_ENVIRONMENT_LINES || this.#length > MAX_LENGTH) {
      throw new AgiProtocolError(
        `The environment has more than ${MAX_ENVIRONMENT_LINES} lines or ${MAX_LENGTH} characters.`,
      );
    }
    this.#lines.push(line);
  }

  /** @throws {AgiEnvironmentError} it is malformed */
  wait(): Promise<AgiEnvironment> {
    if (this.#result instanceof AgiEnvironmentError) return gentleRejection(this.#result);
    if (this.#result !== undefined) return Promise.resolve(this.#result);
    this.#waiter ??= deferred();
    return this.#waiter.promise;
  }

  /** No more lines will come; the error is made only if somebody waits for them. */
  abandon(makeError: () => Error): void {
    if (this.#waiter !== undefined) rejectGently(this.#waiter, makeError());
  }

  #finish(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#complete = true;
    try {
      this.#result = parseEnvironment(this.#lines);
      waiter?.resolve(this.#result);
    } catch (error) {
      if (!(error instanceof AgiEnvironmentError)) throw error;
      this.#result = error;
      if (waiter !== undefined) rejectGently(waiter, error);
    }
    this.#lines = [];
  }
}
