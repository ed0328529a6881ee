import { CodedError } from '../util/errors.ts';

/** Too many tries to sign in. */
export class TooManyTriesError extends CodedError {
  readonly code = 'DESK_SIGN_IN_LIMIT';
  /** Until the next try is worth it. */
  readonly seconds: number;

  constructor(seconds: number) {
    super(`Too many tries to sign in: wait ${seconds} s.`);
    this.seconds = seconds;
  }
}
