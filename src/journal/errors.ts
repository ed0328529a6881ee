import { CodedError } from '../util/errors.ts';

/** The journal's database cannot be read or written now: away, full, locked, or no database at all. */
export class JournalStoreError extends CodedError {
  readonly code = 'JOURNAL_STORE';
}

/** `journal.url` cannot be used. */
export class JournalUrlError extends CodedError {
  readonly code = 'JOURNAL_URL';
}
