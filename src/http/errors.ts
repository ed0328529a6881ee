import { CodedError } from '../util/errors.ts';

/** The address for health and metrics is taken, not ours or not permitted. */
export class HttpListenError extends CodedError {
  readonly code = 'HTTP_LISTEN';
}
