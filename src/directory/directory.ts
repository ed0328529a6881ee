import { CodedError } from '../errors.ts';
import type { Match } from './match.ts';

export interface DirectoryAnswer {
  /** Every match of the number in `contacts`; empty when the number is not there. */
  readonly matches: readonly Match[];
  /** `live`: asked from the database now. `snapshot`: remembered. */
  readonly source: 'live' | 'snapshot';
  /** Age of what was remembered, in whole seconds; 0 for `live`. */
  readonly ageSeconds: number;
}

/** Finds out whose a phone number is. */
export interface Directory {
  /**
   * @param number digits as `contacts.VALUE` holds them, such as `79161234567`
   * @param budgetMs after that many milliseconds the promise is rejected, whatever the database does
   * @throws {DirectoryTimeoutError} the budget is used up
   * @throws {DirectoryUnavailableError} the database cannot be asked
   */
  find(number: string, budgetMs: number): Promise<DirectoryAnswer>;
}

export class DirectoryTimeoutError extends CodedError {
  readonly code = 'DIRECTORY_TIMEOUT';
}

export class DirectoryUnavailableError extends CodedError {
  readonly code = 'DIRECTORY_UNAVAILABLE';
}
