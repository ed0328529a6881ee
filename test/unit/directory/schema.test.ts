import { describe, expect, test } from '@jest/globals';
import { FULL_SHAPE, OPTIONAL_COLUMNS } from '../../../src/directory/sql/shape.ts';
import { mysqlBuilder } from '../../../src/directory/mysql/builder.ts';
import {
  checkSchema as checkSchemaOf,
  compileColumnsQuery,
  compileIndexesQuery,
  REQUIRED_COLUMNS,
  SchemaError,
  toColumnRow,
} from '../../../src/directory/sql/schema.ts';
import type { ColumnRow, IndexRow, SchemaSettings } from '../../../src/directory/sql/schema.ts';

const SETTINGS = { contactPersonClientColumn: 'client', inHandStates: [1] };
const OPTIONAL = [...OPTIONAL_COLUMNS, 'fio.code', 'fio.client'];
const REQUIRED = Object.entries(REQUIRED_COLUMNS).flatMap(([table, names]) =>
  names.map((name) => `${table}.${name}`),
);

/** As in `courier-schema.ts`. */
const INDEXES: readonly IndexRow[] = [
  index('contacts', 'value_idx', 'VALUE', 1),
  index('contacts', 'source_idx', 'Source', 1),
  index('contacts', 'source_idx', 'SourceCodeType', 2),
  index('givn', 'kurier_idx', 'kurier', 1),
  index('givn', 'kurier_idx', 'State', 2),
];
const checkSchema = (rows: readonly ColumnRow[], settings: SchemaSettings, indexes = INDEXES) =>
  checkSchemaOf(rows, indexes, settings);

describe('the schema check', () => {
  test('finds nothing missing in a whole schema', () => {
    const findings = checkSchema(columns([...REQUIRED, ...OPTIONAL]), SETTINGS);
    expect(findings).toEqual({ shape: FULL_SHAPE, warnings: [] });
  });

  test.each(REQUIRED)('refuses a schema without %s, in the vendor’s spelling', (name) => {
    const rows = columns([...REQUIRED, ...OPTIONAL].filter((other) => other !== name));
    const error = thrownBy(() => checkSchema(rows, SETTINGS));
    expect(error).toBeInstanceOf(SchemaError);
    expect(error).toMatchObject({ code: 'SCHEMA', missing: [name] });
    expect(String(error)).toContain(name);
    expect(String(error)).toContain('GRANT');
  });

  test('names everything that is missing in an empty database', () => {
    expect(thrownBy(() => checkSchema([], SETTINGS))).toMatchObject({ missing: REQUIRED });
  });

  test.each(OPTIONAL_COLUMNS)('turns one feature off without %s', (name) => {
    const rows = columns([...REQUIRED, ...OPTIONAL].filter((other) => other !== name));
    const { shape, warnings } = checkSchema(rows, SETTINGS);
    const optional = new Set(OPTIONAL_COLUMNS.filter((other) => other !== name));
    expect(shape).toEqual({ ...FULL_SHAPE, optional });
    expect(warnings).toEqual([
      {
        feature: expect.stringMatching(/^[a-z ]+$/),
        column: name,
        message: expect.stringMatching(new RegExp(`lacks ${name}: .*GRANT SELECT`)),
      },
    ]);
  });

  test.each(['fio.code', 'fio.client'])('turns contact persons off without %s', (name) => {
    const rows = columns([...REQUIRED, ...OPTIONAL].filter((other) => other !== name));
    const { shape, warnings } = checkSchema(rows, SETTINGS);
    expect(shape).toEqual({ ...FULL_SHAPE, contactPersonClientColumn: null });
    expect(warnings).toMatchObject([{ feature: 'contact persons', column: name }]);
  });

  test('tells which columns the table of contact persons has instead', () => {
    const rows = columns([...REQUIRED, 'fio.code', 'fio.firma']);
    const warning = checkSchema(rows, SETTINGS).warnings.find(({ column }) => column === 'fio.client');
    expect(warning?.message).toContain('has code, firma');
    expect(warning?.message).toContain('database.contactPersonClientColumn');
    const { shape } = checkSchema(rows, { ...SETTINGS, contactPersonClientColumn: 'FIRMA' });
    expect(shape.contactPersonClientColumn).toBe('FIRMA');
  });

  test('takes names in any case, and tables as this database spells them', () => {
    const rows = columns([...REQUIRED, ...OPTIONAL].map((name) => name.toUpperCase()));
    const { shape, warnings } = checkSchema(rows, SETTINGS);
    expect(warnings).toEqual([]);
    expect(shape.tables).toMatchObject({ contacts: 'CONTACTS', givn: 'GIVN', users: 'USERS', fio: 'FIO' });
  });

  test('prefers a table as the vendor spells it to one in capitals beside it', () => {
    const names = [...REQUIRED, ...OPTIONAL];
    const rows = columns([...names, ...names.map((name) => name.toUpperCase())]);
    expect(checkSchema(rows, SETTINGS).shape.tables).toEqual({});
  });

  test.each([
    ['the same', 'utf8mb4_bin', 'utf8mb4_bin', null],
    ['others', 'utf8mb4_bin', 'cp1251_bin', { charset: 'utf8mb4', collation: 'utf8mb4_bin' }],
  ])('converts managers when their collations are %s', (_what, ofUser, ofManager, conversion) => {
    const rows = typed({ user: collated(ofUser), manager: collated(ofManager) });
    const column = { compare: 'text', conversion, noBreakSpace: true };
    expect(checkSchema(rows, SETTINGS).shape.manager).toEqual({ kurier: column, clients: column });
  });

  test('compares a manager who is a number as text, and with a number as a number', () => {
    const user = collated('cp1251_bin');
    const number = { type: 'int' };
    expect(checkSchema(typed({ user, manager: number }), SETTINGS).shape.manager.kurier).toEqual({
      compare: 'as-text',
      conversion: { charset: 'cp1251', collation: 'cp1251_bin' },
      noBreakSpace: false,
    });
    expect(checkSchema(typed({ user: number, manager: user }), SETTINGS).shape.manager.clients).toMatchObject(
      {
        compare: 'as-number',
      },
    );
  });

  test('makes numbers of bits, and text of the words of an ENUM', () => {
    const { shape } = checkSchema(typed({ State: { type: 'bit' }, Visible: { type: 'BIT' } }), SETTINGS);
    expect(shape.bits).toEqual(new Set(['clients.State', 'zakaz.Visible']));
    expect(checkSchema(typed({ State: { type: 'enum' } }), SETTINGS).shape.stateIsEnum).toBe(true);
  });

  test.each([
    ['varchar(20)', 1],
    ["enum('new','gone')", 1],
    ["enum('1','2')", 0],
  ])('warns of a client state of text: %s', (fullType, count) => {
    const rows = typed({ State: { type: 'x', fullType, ...collated('utf8mb4_bin') } });
    const { warnings } = checkSchema(rows, SETTINGS);
    expect(warnings).toHaveLength(count);
    if (count > 0) expect(warnings).toMatchObject([{ column: 'clients.State', feature: 'client state' }]);
  });

  test('looks for indexes that lead from couriers to what they hold', () => {
    const rows = columns([...REQUIRED, ...OPTIONAL]);
    const without = (column: string) => INDEXES.filter(({ columnName }) => columnName !== column);
    expect(checkSchema(rows, SETTINGS, without('Source')).shape.heldIndex).toBe(false);
    expect(checkSchema(rows, SETTINGS, without('kurier')).shape.heldIndex).toBe(false);
    // Of each courier every shipment of all years would be read.
    expect(checkSchema(rows, SETTINGS, without('State')).shape.heldIndex).toBe(false);
    expect(checkSchema(rows, SETTINGS, []).shape.heldIndex).toBe(false);
  });

  test('sees that the index of VALUE holds beginnings only, and has no order then', () => {
    const rows = columns([...REQUIRED, ...OPTIONAL]);
    const others = INDEXES.filter(({ columnName }) => columnName !== 'VALUE');
    const prefix = { ...index('contacts', 'value_idx', 'value', 1), prefix: 20 };
    expect(checkSchema(rows, SETTINGS, [...others, prefix]).shape.prefixIndex).toBe(true);
    expect(checkSchema(rows, SETTINGS, [...INDEXES, prefix]).shape.prefixIndex).toBe(false);
    // There is no other order to read the table in.
    expect(checkSchema(rows, SETTINGS, [prefix]).shape.prefixIndex).toBe(false);
  });

  test('asks for the tables that matter only, without a parameter', () => {
    const { sql, parameters } = compileColumnsQuery(mysqlBuilder());
    expect(parameters).toEqual([]);
    const tables = "'contacts', 'givn', 'kurier', 'users', 'clients', 'address', 'zakaz', 'fio'";
    expect(sql).toContain(`lower(table_name) in (${tables})`);
    expect(compileIndexesQuery(mysqlBuilder()).sql).toContain(`lower(table_name) in (${tables})`);
  });

  test('reads the rows as drivers give them', () => {
    const row = { tableName: Buffer.from('users'), columnName: 'user', charset: null };
    expect(toColumnRow(row)).toEqual({
      tableName: 'users',
      columnName: 'user',
      type: '',
      fullType: '',
      charset: null,
      collation: null,
    });
  });
});

function columns(names: readonly string[]): ColumnRow[] {
  return names.map((name) => {
    const [tableName = '', columnName = ''] = name.split('.');
    return { tableName, columnName, type: '', fullType: '', charset: 'utf8mb4', collation: null };
  });
}

/** A whole schema in which columns of these names have something of their own. */
function typed(changes: Readonly<Record<string, Partial<ColumnRow>>>): ColumnRow[] {
  return columns([...REQUIRED, ...OPTIONAL]).map((row) => ({ ...row, ...changes[row.columnName] }));
}

function index(tableName: string, indexName: string, columnName: string, place: number): IndexRow {
  return { tableName, indexName, columnName, place, prefix: null };
}

function collated(collation: string | null) {
  return { charset: collation?.split('_')[0] ?? null, collation };
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
