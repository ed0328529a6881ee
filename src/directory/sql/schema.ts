import type { Kysely, CompiledQuery } from 'kysely';
import { sql } from 'kysely';
import { CodedError } from '../../util/errors.ts';
import type { SchemaWarning } from '../directory.ts';
import type { Conversion, LookupShape } from './lookup.query.ts';

/** One row of the answer to `compileColumnsQuery`. */
export interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  readonly charset: string | null;
  readonly collation: string | null;
}

export interface SchemaSettings {
  readonly contactPersonClientColumn: string;
  readonly inHandStates: readonly number[];
}

export interface SchemaFindings {
  readonly shape: LookupShape;
  readonly warnings: readonly SchemaWarning[];
}

/** The database lacks columns that no look-up can do without, or hides them from this user. */
export class SchemaError extends CodedError {
  readonly code = 'SCHEMA';
  /** Such as `givn.State`. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[]) {
    super(message);
    this.missing = missing;
  }
}

/** The tables and columns that a look-up cannot do without, as the vendor spells them. */
export const REQUIRED_COLUMNS = {
  contacts: ['Source', 'SourceCodeType', 'VALUE'],
  givn: ['address', 'kurier', 'State'],
  kurier: ['code', 'phonem', 'manager'],
  users: ['user', 'extPhone'],
  clients: ['code', 'manager'],
  address: ['code', 'zakaz', 'date_put'],
  zakaz: ['code', 'source'],
} as const;

const TABLES: readonly string[] = [...Object.keys(REQUIRED_COLUMNS), 'fio'];

const GRANT_HINT = 'A column without GRANT SELECT looks as if it were missing: see deploy/grants.sql.';

/** Asks `information_schema` for the columns of the tables that matter, in the current database. */
export function compileColumnsQuery<DB>(db: Kysely<DB>): CompiledQuery {
  // Aliases, since MySQL 8 answers with TABLE_NAME whatever the case of the question.
  return sql`select table_name as tableName, column_name as columnName,
    character_set_name as charset, collation_name as collation
    from information_schema.columns
    where table_schema = database() and table_name in (${sql.join(TABLES.map((name) => sql.lit(name)))})`.compile(
    db,
  );
}

/** A row as the driver hands it over. */
export function toColumnRow(row: Readonly<Record<string, unknown>>): ColumnRow {
  const text = (name: keyof ColumnRow) => (typeof row[name] === 'string' ? row[name] : null);
  return {
    tableName: text('tableName') ?? '',
    columnName: text('columnName') ?? '',
    charset: text('charset'),
    collation: text('collation'),
  };
}

/**
 * Decides how the look-up is put on this database. Names are compared without regard to case, as the
 * server compares those of columns; on Linux it does regard the case of tables, and then tables with
 * another one have no rows here.
 *
 * @throws {SchemaError} naming every required column that is missing
 */
export function checkSchema(columns: readonly ColumnRow[], settings: SchemaSettings): SchemaFindings {
  const schema = new Schema(columns);

  const missing = Object.entries(REQUIRED_COLUMNS).flatMap(([table, names]) =>
    names.filter((name) => !schema.has(table, name)).map((name) => `${table}.${name}`),
  );
  if (missing.length > 0) {
    throw new SchemaError(
      `The courier database lacks ${missing.join(', ')}, and no look-up works without. ${GRANT_HINT}`,
      missing,
    );
  }

  const warnings: SchemaWarning[] = [];
  const optional = (feature: string, table: string, name: string, consequence: string): boolean => {
    if (schema.has(table, name)) return true;
    const column = `${table}.${name}`;
    warnings.push({
      feature,
      column,
      message: `The courier database lacks ${column}: ${consequence}. ${GRANT_HINT}`,
    });
    return false;
  };

  const client = settings.contactPersonClientColumn;
  const contactPersons =
    optional('contact persons', 'fio', 'code', 'contact persons of clients are not recognised') &&
    optional(
      'contact persons',
      'fio',
      client,
      `contact persons of clients are not recognised. The table has ${schema.columnsOf('fio').join(', ')}; ` +
        'name the column that holds the client in database.contactPersonClientColumn',
    );
  const shape: LookupShape = {
    inHandStates: settings.inHandStates,
    contactPersonClientColumn: contactPersons ? client : null,
    courierContactPhone: optional(
      'courier contact phone',
      'kurier',
      'phonek',
      'couriers have one telephone only',
    ),
    clientState: optional('client state', 'clients', 'State', 'ROUTE_CLIENT_STATE stays empty'),
    issueDate: optional(
      'issue date',
      'givn',
      'date_beg',
      'of several shipments the one with the highest code counts as the newest',
    ),
    managerCollation: {
      kurier: schema.collationForJoin('kurier', 'manager'),
      clients: schema.collationForJoin('clients', 'manager'),
    },
  };
  return { shape, warnings };
}

class Schema {
  readonly #columns: ReadonlyMap<string, ColumnRow>;

  constructor(columns: readonly ColumnRow[]) {
    this.#columns = new Map(columns.map((row) => [key(row.tableName, row.columnName), row]));
  }

  has(table: string, column: string): boolean {
    return this.#columns.has(key(table, column));
  }

  columnsOf(table: string): string[] {
    return [...this.#columns.values()]
      .filter((row) => row.tableName.toLowerCase() === table.toLowerCase())
      .map((row) => row.columnName);
  }

  /** What a manager column must be converted to before `users.user` is compared with it; null: nothing. */
  collationForJoin(table: string, column: string): Conversion | null {
    const from = this.#columns.get(key(table, column));
    const to = this.#columns.get(key('users', 'user'));
    // A number has no collation, and compares with anything.
    if (!from?.collation || !to?.collation || !to.charset || from.collation === to.collation) return null;
    return { charset: to.charset, collation: to.collation };
  }
}

function key(table: string, column: string): string {
  return `${table}.${column}`.toLowerCase();
}
