/**
 * Base of every error this project throws on purpose.
 *
 * `code` is stable and made for logs and tests; `message` is made for the person who reads it: what
 * happened, with which value, what to do. Anything that is not a `CodedError` is a defect of ours.
 */
export abstract class CodedError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
