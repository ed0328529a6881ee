import { CodedError } from '../../util/errors.ts';

/** The call detail records of Asterisk cannot be read. */
export class CdrError extends CodedError {
  readonly code = 'CDR';
}
