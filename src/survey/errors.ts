import { CodedError } from '../util/errors.ts';

/** Nobody is asked about a call that may be somebody else's. */
export class SurveyUnboundError extends CodedError {
  readonly code = 'SURVEY_UNBOUND';
}
