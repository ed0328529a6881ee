import type { Kysely, CompiledQuery } from 'kysely';
import { sql } from 'kysely';
import { CodedError } from '../../util/errors.ts';
import type { SchemaWarning } from '../directory.ts';
import { OPTIONAL_COLUMNS } from './shape.ts';
import type { Conversion, LookupShape, ManagerColumn, OptionalColumn } from './shape.ts';
import { toInteger, toRawText } from './values.ts';

/** One row of the answer to `compileColumnsQuery`. */
export interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  /** Such as `varchar`. */
  readonly type: string;
  /** Such as `enum('1','2')`. */
  readonly fullType: string;
  readonly charset: string | null;
  readonly collation: string | null;
}

/** One column of an index, as `compileIndexesQuery` finds it. */
export interface IndexRow {
  readonly tableName: string;
  readonly indexName: string;
  readonly columnName: string;
  /** Its place in the index, from 1. */
  readonly place: number;
  /** How many of its first characters are in the index; null: all. */
  readonly prefix: number | null;
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

/** What is off without an optional column: the feature in a few words, and what that means. */
const FEATURES: Readonly<Record<OptionalColumn, readonly [feature: string, consequence: string]>> = {
  'kurier.phonek': ['courier contact phone', 'couriers have one telephone less'],
  'kurier.phone': ['courier personal phone', 'routing.courierPhones finds nothing under phone'],
  'kurier.store': [
    'courier branch',
    'ROUTE_BRANCH is empty for couriers, and where a shipment names no branch',
  ],
  'kurier.dateput': ['couriers who left', 'couriers who have left the company are rung, too'],
  'clients.State': ['client state', 'ROUTE_CLIENT_STATE stays empty'],
  'givn.date_beg': ['issue date', 'of several shipments the one with the highest code counts as the newest'],
  'givn.kurierstate': [
    'reported shipments',
    'shipments that their courier has reported as handed over come no later than the others',
  ],
  'address.FL': ['shipment branch', 'ROUTE_BRANCH is that of the courier only'],
  'zakaz.Visible': ['live orders', 'shipments of orders that are not live come no later than the others'],
};

const NUMBER_TYPES = /^(?:tiny|small|medium|big)?int$|^(?:integer|decimal|numeric|float|double|year|bit)$/i;

/** Character sets with a no-break space, among those in use. */
const WITH_NO_BREAK_SPACE = /^(?:utf8|ucs2|utf16|utf32|latin1$|cp1251$|koi8)/i;

const GRANT_HINT = 'A column without GRANT SELECT looks as if it were missing: see deploy/grants.sql.';

/** Asks `information_schema` for the columns of the tables that matter, in the current database. */
export function compileColumnsQuery<DB>(db: Kysely<DB>): CompiledQuery {
  // Aliases, since MySQL 8 answers with TABLE_NAME whatever the case of the question.
  return sql`select table_name as tableName, column_name as columnName, data_type as type, column_type as fullType,
    character_set_name as charset, collation_name as collation
    from information_schema.columns where table_schema = database() and ${ofTables()}`.compile(db);
}

/** Asks `information_schema` for their indexes. A view has none to show. */
export function compileIndexesQuery<DB>(db: Kysely<DB>): CompiledQuery {
  return sql`select table_name as tableName, index_name as indexName, column_name as columnName,
    seq_in_index as place, sub_part as prefix
    from information_schema.statistics where table_schema = database() and ${ofTables()}`.compile(db);
}

/** In whatever case: a database that was moved from Windows to Linux may have them in capitals. */
function ofTables() {
  return sql`lower(table_name) in (${sql.join(TABLES.map((name) => sql.lit(name)))})`;
}

/** A row as the driver hands it over. */
export function toColumnRow(row: Readonly<Record<string, unknown>>): ColumnRow {
  return {
    tableName: toRawText(row['tableName']),
    columnName: toRawText(row['columnName']),
    type: toRawText(row['type']),
    fullType: toRawText(row['fullType']),
    charset: toRawText(row['charset']) || null,
    collation: toRawText(row['collation']) || null,
  };
}

export function toIndexRow(row: Readonly<Record<string, unknown>>): IndexRow {
  return {
    tableName: toRawText(row['tableName']),
    indexName: toRawText(row['indexName']),
    columnName: toRawText(row['columnName']),
    place: toInteger(row['place']) ?? 1,
    prefix: toInteger(row['prefix']),
  };
}

/**
 * Decides how the look-up is put on this database. Names are compared without regard to case, as the server
 * compares those of columns; on Linux it does regard the case of tables, so these are used as they are.
 *
 * @throws {SchemaError} naming every required column that is missing
 */
export function checkSchema(
  columns: readonly ColumnRow[],
  indexes: readonly IndexRow[],
  settings: SchemaSettings,
): SchemaFindings {
  const schema = new Schema(columns, indexes);

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
  const warn = (feature: string, column: string, message: string) => {
    warnings.push({ feature, column, message });
  };
  const optional = (column: string, feature: string, consequence: string): boolean => {
    const [table = '', name = ''] = column.split('.');
    if (schema.has(table, name)) return true;
    warn(feature, column, `The courier database lacks ${column}: ${consequence}. ${GRANT_HINT}`);
    return false;
  };

  const client = settings.contactPersonClientColumn;
  const contactPersons =
    optional('fio.code', 'contact persons', 'contact persons of clients are not recognised') &&
    optional(
      `fio.${client}`,
      'contact persons',
      `contact persons of clients are not recognised. The table has ${schema.columnsOf('fio').join(', ')}; ` +
        'name the column that holds the client in database.contactPersonClientColumn',
    );
  const present = OPTIONAL_COLUMNS.filter((column) => optional(column, ...FEATURES[column]));
  if (present.includes('clients.State') && schema.isWords('clients', 'State')) {
    warn(
      'client state',
      'clients.State',
      'clients.State is a column of text: a state that is not a number leaves ROUTE_CLIENT_STATE empty.',
    );
  }
  const shape: LookupShape = {
    tables: schema.tables(),
    inHandStates: settings.inHandStates,
    valueIsNumber: NUMBER_TYPES.test(schema.typeOf('contacts', 'VALUE')),
    stateIsEnum: /^(?:enum|set)$/i.test(schema.typeOf('givn', 'State')),
    contactPersonClientColumn: contactPersons ? client : null,
    optional: new Set(present),
    bits: new Set(present.filter((column) => /^bit$/i.test(schema.typeOf(...split(column))))),
    manager: {
      kurier: schema.managerColumn('kurier'),
      clients: schema.managerColumn('clients'),
    },
    heldIndex: schema.hasIndex('givn', ['kurier', 'State']) && schema.hasIndex('contacts', ['Source']),
    prefixIndex:
      schema.hasIndex('contacts', ['VALUE'], 'prefix') &&
      !schema.hasIndex('contacts', ['VALUE']) &&
      schema.hasIndex('contacts', ['Source']),
  };
  return { shape, warnings };
}

class Schema {
  readonly #columns: ReadonlyMap<string, ColumnRow>;
  readonly #indexes: readonly IndexRow[];

  constructor(columns: readonly ColumnRow[], indexes: readonly IndexRow[]) {
    // Where a table is there in both ways, the vendor's wins.
    const vendorLast = columns.toSorted((a, b) => Number(isVendors(a)) - Number(isVendors(b)));
    this.#columns = new Map(vendorLast.map((row) => [key(row.tableName, row.columnName), row]));
    this.#indexes = indexes;
  }

  has(table: string, column: string): boolean {
    return this.#columns.has(key(table, column));
  }

  /** Those that are not spelled as the vendor spells them. */
  tables(): Record<string, string> {
    const names: Record<string, string> = {};
    for (const { tableName } of this.#columns.values()) {
      if (tableName !== tableName.toLowerCase()) names[tableName.toLowerCase()] = tableName;
    }
    return names;
  }

  columnsOf(table: string): string[] {
    return [...this.#columns.values()]
      .filter((row) => row.tableName.toLowerCase() === table)
      .map((row) => row.columnName);
  }

  /** `''` for a column that is not there. */
  typeOf(table: string, column: string): string {
    return this.#columns.get(key(table, column))?.type ?? '';
  }

  /** A column of text; an ENUM whose words are all numbers is none. */
  isWords(table: string, column: string): boolean {
    const row = this.#columns.get(key(table, column));
    if (row === undefined || row.collation === null) return false;
    const words = [...row.fullType.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
    return words.length === 0 || !words.every((word) => /^\d*$/.test(word));
  }

  /** An index begins with these columns; `prefix`: with the beginning of the last one. */
  hasIndex(table: string, names: readonly string[], extent: 'whole' | 'prefix' = 'whole'): boolean {
    const ofTable = this.#indexes.filter((row) => row.tableName.toLowerCase() === table);
    return ofTable.some(({ indexName }) =>
      names.every((name, index) =>
        ofTable.some(
          (row) =>
            row.indexName === indexName &&
            row.place === index + 1 &&
            row.columnName.toLowerCase() === name.toLowerCase() &&
            (row.prefix === null) === (extent === 'whole'),
        ),
      ),
    );
  }

  managerColumn(table: 'kurier' | 'clients'): ManagerColumn {
    const from = this.#columns.get(key(table, 'manager'));
    const to = this.#columns.get(key('users', 'user'));
    const conversion = to?.collation && to.charset ? { charset: to.charset, collation: to.collation } : null;
    if (NUMBER_TYPES.test(to?.type ?? ''))
      return { compare: 'as-number', conversion: null, noBreakSpace: false };
    if (NUMBER_TYPES.test(from?.type ?? '')) return { compare: 'as-text', conversion, noBreakSpace: false };
    return {
      compare: 'text',
      conversion: differing(from?.collation ?? null, conversion),
      noBreakSpace: WITH_NO_BREAK_SPACE.test(from?.charset ?? ''),
    };
  }
}

function differing(collation: string | null, to: Conversion | null): Conversion | null {
  return collation === null || collation === to?.collation ? null : to;
}

function isVendors({ tableName }: ColumnRow): boolean {
  return TABLES.includes(tableName);
}

function split(column: string): [table: string, name: string] {
  const [table = '', name = ''] = column.split('.');
  return [table, name];
}

function key(table: string, column: string): string {
  return `${table}.${column}`.toLowerCase();
}
