import { CodedError, systemCodeOf } from '../util/errors.ts';

/** The journal's database cannot be read or written now: away, full, locked, or no database at all. */
export class JournalStoreError extends CodedError {
  readonly code = 'JOURNAL_STORE';
}

/** Codes of MySQL's answers, of its driver and of sockets. */
const DATABASE_CODE = /^(?:ER_|PROTOCOL_|HANDSHAKE_|E[A-Z]+$)/;

/** Whether it is the journal's database that failed, and not we: SQLite's thread says so itself, MySQL's driver by its codes. */
export function isJournalAway(thrown: unknown): boolean {
  return thrown instanceof JournalStoreError || DATABASE_CODE.test(systemCodeOf(thrown) ?? '');
}

/** `journal.url` cannot be used. */
export class JournalUrlError extends CodedError {
  readonly code = 'JOURNAL_URL';
}
