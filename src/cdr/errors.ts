import { CodedError } from '../util/errors.ts';

/** The call detail records of Asterisk cannot be read, or do not tell calls apart. */
export class CdrError extends CodedError {
  readonly code = 'CDR';
}
