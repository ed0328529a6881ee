import { CodedError, systemCodeOf } from '../util/errors.ts';

/** The journal's database cannot be read or written now: away, full, locked, or no database at all. */
export class JournalStoreError extends CodedError {
  readonly code = 'JOURNAL_STORE';
  /** SQLite's number of what it says; undefined where it is not SQLite who says it. */
  readonly errcode: number | undefined;

  constructor(
    message: string,
    { errcode, ...options }: ErrorOptions & { errcode?: number | undefined } = {},
  ) {
    super(message, options);
    this.errcode = errcode;
  }
}

/** Somebody waits for an answer, and has waited long enough. */
export function journalTooLate(): JournalStoreError {
  return new JournalStoreError('The journal did not answer in time.');
}

/** The journal's tables are of another version of courier-agi. */
export class JournalVersionError extends CodedError {
  readonly code = 'JOURNAL_VERSION';
}

/** Something that stands in the journal can no longer be read. */
export class JournalDamagedError extends CodedError {
  readonly code = 'JOURNAL_DAMAGED';
}

/** Codes of MySQL's answers, of its driver and of sockets. */
const DATABASE_CODE = /^(?:ER_|PROTOCOL_|HANDSHAKE_|E[A-Z]+$)/;

/** Whether it is the journal's database that failed, and not we: SQLite's thread says so itself, MySQL's driver by its codes. */
export function isJournalAway(thrown: unknown): boolean {
  return thrown instanceof JournalStoreError || DATABASE_CODE.test(systemCodeOf(thrown) ?? '');
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
const SQLITE_COLLISIONS: ReadonlySet<unknown> = new Set([1555, 2067]);
const MYSQL_COLLISIONS: ReadonlySet<unknown> = new Set(['ER_DUP_ENTRY', 'ER_LOCK_DEADLOCK']);

/** Another desk wrote at the same moment: the same again may do. */
export function isCollision(thrown: unknown): boolean {
  return SQLITE_COLLISIONS.has(propertyOf(thrown, 'errcode')) || MYSQL_COLLISIONS.has(systemCodeOf(thrown));
}

/** SQLITE_TOOBIG, SQLITE_CONSTRAINT and SQLITE_MISMATCH, without their details. */
const SQLITE_REFUSALS: ReadonlySet<number> = new Set([18, 19, 20]);
/** Data exceptions and broken constraints; MySQL 8 gives some without a class. */
const MYSQL_REFUSALS = /^2[23]/;
const MYSQL_REFUSAL_CODES: ReadonlySet<unknown> = new Set([
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_NET_PACKET_TOO_LARGE',
]);

/** It was refused for what is in it, and will be refused again. */
export function isRefusal(thrown: unknown): boolean {
  const errcode = propertyOf(thrown, 'errcode');
  if (typeof errcode === 'number') return SQLITE_REFUSALS.has(errcode % 256);
  // It could not even be put into a row.
  if (thrown instanceof RangeError || thrown instanceof TypeError) return true;
  return (
    MYSQL_REFUSALS.test(String(propertyOf(thrown, 'sqlState'))) ||
    MYSQL_REFUSAL_CODES.has(systemCodeOf(thrown))
  );
}

function propertyOf(thrown: unknown, name: string): unknown {
  return Reflect.get(Object(thrown), name);
}

/** `journal.url` cannot be used. */
export class JournalUrlError extends CodedError {
  readonly code = 'JOURNAL_URL';
}
