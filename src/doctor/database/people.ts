import { sql, type RawBuilder } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import type { Row } from '../../directory/mysql/query.pool.ts';
import { isInHand, tableOf } from '../../directory/sql/selection.ts';
import type { LookupShape, OptionalColumn } from '../../directory/sql/shape.ts';
import { textOf, type Questions } from './questions.ts';

export type CourierPhone = 'phonem' | 'phonek' | 'phone';

/** A row of `kurier`: a courier, or anybody else of the staff. */
export interface StaffMember {
  readonly code: string;
  /** By the name of the column; empty where this database has none. */
  readonly phones: Readonly<Record<CourierPhone, string>>;
  readonly manager: string;
  /** `dateput` is set: they have left the company, and are not rung. */
  readonly hasLeft: boolean;
}

export interface ClientRow {
  readonly code: string;
  readonly manager: string;
}

/** The people of a company, as far as who rings whom depends on them. */
export interface People {
  readonly staff: readonly StaffMember[];
  readonly clients: readonly ClientRow[];
  /** `users.extPhone` by `keyOf(users.user)`. */
  readonly extPhones: ReadonlyMap<string, string>;
  /** A table has more rows than were read. */
  readonly cut: boolean;
}

/** Far more than a company has; each row is some dozens of bytes. */
const MAX_ROWS = 50_000;

/** Beyond this many rows `givn` is counted by an index or not at all. */
const MAX_SCANNED_ROWS = 200_000;

const db = mysqlBuilder();

/** Reads `kurier`, `users` and `clients` once, each up to `MAX_ROWS` rows: codes, phones and logins. */
export async function readPeople(questions: Questions, shape: LookupShape): Promise<People> {
  const limit = sql.lit(MAX_ROWS);
  const optional = (column: OptionalColumn, expression: RawBuilder<unknown>) =>
    shape.optional.has(column) ? expression : sql`null`;
  const staff = await questions.ask(
    sql`select code as code, phonem as phonem, manager as manager,
      ${optional('kurier.phonek', sql`phonek`)} as phonek, ${optional('kurier.phone', sql`phone`)} as phone,
      ${optional('kurier.dateput', sql`dateput >= '1000-01-01'`)} as hasLeft
      from ${tableOf(shape, 'kurier')} limit ${limit}`.compile(db),
  );
  const users = await questions.ask(
    sql`select ${sql.id('user')} as name, extPhone as extPhone from ${tableOf(shape, 'users')} limit ${limit}`.compile(
      db,
    ),
  );
  const clients = await questions.ask(
    sql`select code as code, manager as manager from ${tableOf(shape, 'clients')} limit ${limit}`.compile(db),
  );
  return {
    staff: staff.map(toStaffMember),
    clients: clients.map((row) => ({ code: textOf(row, 'code'), manager: textOf(row, 'manager').trim() })),
    extPhones: new Map(users.map((row) => [keyOf(textOf(row, 'name')), textOf(row, 'extPhone')])),
    cut: [staff, users, clients].some((rows) => rows.length === MAX_ROWS),
  };
}

function toStaffMember(row: Row): StaffMember {
  return {
    code: textOf(row, 'code'),
    phones: { phonem: textOf(row, 'phonem'), phonek: textOf(row, 'phonek'), phone: textOf(row, 'phone') },
    manager: textOf(row, 'manager').trim(),
    hasLeft: textOf(row, 'hasLeft') === '1',
  };
}

/** As the look-up compares logins: without regard to case and to the spaces around them. */
export function keyOf(user: string): string {
  return user.trim().toLowerCase();
}

/**
 * Parcels in hand by `kurier.code`.
 *
 * @returns null when that would read the whole of a big table
 */
export async function countParcels(
  questions: Questions,
  shape: LookupShape,
): Promise<ReadonlyMap<string, number> | null> {
  if (!(await isCheapToCount(questions))) return null;
  const rows = await questions.ask(
    sql`select kurier as courier, count(*) as parcels from ${tableOf(shape, 'givn')}
      where ${isInHand(shape, sql.ref('State'))} and kurier > 0
      group by kurier limit ${sql.lit(MAX_ROWS)}`.compile(db),
  );
  return new Map(rows.map((row) => [textOf(row, 'courier'), Number(textOf(row, 'parcels'))]));
}

/** By an index that begins with `State`, or that has both columns, or because the table is small. */
async function isCheapToCount(questions: Questions): Promise<boolean> {
  const [table] = await questions.ask(
    sql`select table_rows as estimate from information_schema.tables
      where table_schema = database() and lower(table_name) = 'givn'`.compile(db),
  );
  if (Number(textOf(table, 'estimate')) <= MAX_SCANNED_ROWS) return true;
  const rows = await questions.ask(
    sql`select index_name as indexName, column_name as columnName, seq_in_index as place
      from information_schema.statistics
      where table_schema = database() and lower(table_name) = 'givn' and lower(column_name) in ('state', 'kurier')`.compile(
      db,
    ),
  );
  const columns = (name: string): string[] =>
    rows
      .filter((row) => textOf(row, 'indexName') === name)
      .map((row) => `${textOf(row, 'columnName').toLowerCase()} ${textOf(row, 'place')}`);
  return rows.some((row) => {
    const found = columns(textOf(row, 'indexName'));
    return found.includes('state 1') || (found.includes('kurier 1') && found.includes('state 2'));
  });
}
