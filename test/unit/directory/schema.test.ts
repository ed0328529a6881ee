import { describe, expect, test } from '@jest/globals';
import { FULL_SHAPE } from '../../../src/directory/sql/lookup.query.ts';
import { mysqlBuilder } from '../../../src/directory/mysql/mysql.directory.ts';
import {
  checkSchema,
  compileColumnsQuery,
  REQUIRED_COLUMNS,
  SchemaError,
  toColumnRow,
} from '../../../src/directory/sql/schema.ts';
import type { ColumnRow } from '../../../src/directory/sql/schema.ts';

const SETTINGS = { contactPersonClientColumn: 'client', inHandStates: [1] };
const OPTIONAL = ['kurier.phonek', 'clients.State', 'givn.date_beg', 'fio.code', 'fio.client'];
const REQUIRED = Object.entries(REQUIRED_COLUMNS).flatMap(([table, names]) =>
  names.map((name) => `${table}.${name}`),
);

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

  test.each([
    ['kurier.phonek', 'courier contact phone', { courierContactPhone: false }],
    ['clients.State', 'client state', { clientState: false }],
    ['givn.date_beg', 'issue date', { issueDate: false }],
    ['fio.code', 'contact persons', { contactPersonClientColumn: null }],
    ['fio.client', 'contact persons', { contactPersonClientColumn: null }],
  ])('turns one feature off without %s', (name, feature, change) => {
    const rows = columns([...REQUIRED, ...OPTIONAL].filter((other) => other !== name));
    const { shape, warnings } = checkSchema(rows, SETTINGS);
    expect(shape).toEqual({ ...FULL_SHAPE, ...change });
    expect(warnings).toEqual([{ feature, column: name, message: expect.stringContaining(`lacks ${name}`) }]);
  });

  test('tells which columns the table of contact persons has instead', () => {
    const rows = columns([...REQUIRED, 'fio.code', 'fio.firma']);
    const warning = checkSchema(rows, SETTINGS).warnings.find(({ column }) => column === 'fio.client');
    expect(warning?.message).toContain('has code, firma');
    expect(warning?.message).toContain('database.contactPersonClientColumn');
    const { shape } = checkSchema(rows, { ...SETTINGS, contactPersonClientColumn: 'FIRMA' });
    expect(shape.contactPersonClientColumn).toBe('FIRMA');
  });

  test('takes names in any case', () => {
    const rows = columns([...REQUIRED, ...OPTIONAL].map((name) => name.toUpperCase()));
    expect(checkSchema(rows, SETTINGS).warnings).toEqual([]);
  });

  test.each([
    ['the same', 'utf8mb4_bin', 'utf8mb4_bin', null],
    ['others', 'utf8mb4_bin', 'cp1251_bin', { charset: 'utf8mb4', collation: 'utf8mb4_bin' }],
    ['none, as numbers have none', 'utf8mb4_bin', null, null],
    ['some, and users.user is a number', null, 'cp1251_bin', null],
  ])('converts managers when their collations are %s', (_what, ofUser, ofManager, conversion) => {
    const rows = columns([...REQUIRED, ...OPTIONAL]).map((row) => {
      if (row.columnName === 'user') return { ...row, ...collated(ofUser) };
      return row.columnName === 'manager' ? { ...row, ...collated(ofManager) } : row;
    });
    expect(checkSchema(rows, SETTINGS).shape.managerCollation).toEqual({
      kurier: conversion,
      clients: conversion,
    });
  });

  test('asks for the tables that matter only, without a parameter', () => {
    const { sql, parameters } = compileColumnsQuery(mysqlBuilder());
    expect(parameters).toEqual([]);
    const tables = "'contacts', 'givn', 'kurier', 'users', 'clients', 'address', 'zakaz', 'fio'";
    expect(sql).toContain(`table_name in (${tables})`);
  });

  test('reads the rows as drivers give them', () => {
    const row = { tableName: 'users', columnName: 'user', charset: null };
    expect(toColumnRow(row)).toEqual({ ...row, collation: null });
  });
});

function columns(names: readonly string[]): ColumnRow[] {
  return names.map((name) => {
    const [tableName = '', columnName = ''] = name.split('.');
    return { tableName, columnName, charset: null, collation: null };
  });
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
