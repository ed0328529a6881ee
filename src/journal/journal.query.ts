import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import { reversed, SEQ_PER_MS } from './call.row.ts';
import type { Link } from '../calls/call.ts';
import { KEY_KINDS, type CallTable, type JournalDatabase, type KeyKind } from './tables.ts';

/** What calls to list; everything may be left out. */
export interface CallFilter {
  /** Calls that began then or later, in ms since 1970. */
  readonly since?: number | undefined;
  /** Calls that began before, in ms since 1970. */
  readonly until?: number | undefined;
  /** Digits that the number of any party ends with. */
  readonly number?: string | undefined;
  readonly extension?: string | undefined;
  readonly user?: string | undefined;
  readonly link?: { readonly kind: Link['kind']; readonly code: string } | undefined;
  readonly direction?: string | undefined;
  readonly outcome?: string | undefined;
  readonly state?: string | undefined;
  readonly missed?: boolean | undefined;
  /** Missed, and nobody has called back. */
  readonly open?: boolean | undefined;
}

/** The character behind the digits: numbers that begin with some digits stand between them and them with it. */
const AFTER_DIGITS = ':';

/** Written out: SQLite uses an index of a part of the table only for what says the same as the index does. */
const NOT_ENDED = sql<boolean>`calls.state <> 'ended'`;
const NOT_ANSWERED = sql<boolean>`calls.outcome <> 'answered'`;
const WAITING = sql<boolean>`calls.open_missed is not null and calls.state = 'ended'`;

type CallQuery = SelectQueryBuilder<JournalDatabase, 'calls', CallTable>;

/**
 * The calls of a filter, the newest first.
 *
 * @param before `seq` of the last call of the page before; null for the first page
 */
export function selectCalls(
  db: Kysely<JournalDatabase>,
  filter: CallFilter,
  before: number | null,
  limit: number,
): CallQuery {
  const { since, until, number, extension, user, link, direction, outcome, state, missed, open } = filter;
  const bounds: ['>=' | '<', number][] = [];
  if (since !== undefined) bounds.push(['>=', since * SEQ_PER_MS]);
  if (until !== undefined) bounds.push(['<', until * SEQ_PER_MS]);
  if (before !== null) bounds.push(['<', before]);
  const keys: [KeyKind, string][] = [];
  if (extension !== undefined) keys.push([KEY_KINDS.extension, extension]);
  if (user !== undefined) keys.push([KEY_KINDS.user, user]);
  if (link !== undefined) keys.push([KEY_KINDS[link.kind], link.code]);

  let query = db.selectFrom('calls').selectAll('calls').orderBy('calls.seq', 'desc').limit(limit);
  for (const [operator, seq] of bounds) query = query.where('calls.seq', operator, seq);
  if (direction !== undefined) query = query.where('direction', '=', direction);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (outcome !== undefined && outcome !== 'answered') query = query.where(NOT_ANSWERED);
  if (state !== undefined) query = query.where('state', '=', state);
  if (state !== undefined && state !== 'ended') query = query.where(NOT_ENDED);
  if (missed === true) query = query.where('missed', '=', 1);
  if (open === true) query = query.where(WAITING);

  const found = (kind: KeyKind) => {
    let rows = db.selectFrom('call_keys').select('seq').where('kind', '=', kind);
    for (const [operator, seq] of bounds) rows = rows.where('seq', operator, seq);
    return rows;
  };
  const isAlone = [direction, outcome, state, missed, open, number].every((one) => one === undefined);
  for (const [kind, value] of keys) {
    const ofValue = found(kind).where('value', '=', value);
    // A colleague may have a tenth of all calls: where nothing else is asked for, the newest of them are the page.
    // MySQL takes a limited list only as a table.
    const newest = db.selectFrom(ofValue.orderBy('seq', 'desc').limit(limit).as('newest')).select('seq');
    query = query.where('calls.seq', 'in', isAlone && keys.length === 1 ? newest : ofValue);
  }
  if (number !== undefined) {
    const end = reversed(number);
    query = query.where(
      'calls.seq',
      'in',
      found(KEY_KINDS.number)
        .where('value', '>=', end)
        .where('value', '<', end + AFTER_DIGITS),
    );
  }
  return query;
}

/** Calls that had not ended when they were last written, the oldest first. */
export function selectLive(db: Kysely<JournalDatabase>): CallQuery {
  // The states by name as well: for what is merely not equal to something SQLite reads the whole table.
  return db
    .selectFrom('calls')
    .selectAll('calls')
    .where('state', 'in', ['ringing', 'talking'])
    .where(NOT_ENDED)
    .orderBy('calls.seq');
}
