import { describe, expect, test } from '@jest/globals';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { compileLookup, FULL_SHAPE } from '../../../src/directory/sql/lookup.query.ts';
import type { LookupShape } from '../../../src/directory/sql/lookup.query.ts';
import { mysqlBuilder } from '../../../src/directory/mysql/mysql.directory.ts';
import type { CourierDatabase } from '../../../src/directory/sql/tables.ts';

const sqlite = new Kysely<CourierDatabase>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

const BARE: LookupShape = {
  inHandStates: [1],
  contactPersonClientColumn: null,
  courierContactPhone: false,
  clientState: false,
  issueDate: false,
  managerCollation: { kurier: null, clients: null },
};

describe('the look-up statement', () => {
  test.each([
    ['MySQL, with everything', mysqlBuilder(), FULL_SHAPE],
    ['MySQL, with what is required only', mysqlBuilder(), BARE],
    ['SQLite, with everything', sqlite, FULL_SHAPE],
    ['SQLite, with what is required only', sqlite, BARE],
  ])('has one parameter, the number, for %s', (_name, db, shape) => {
    const { sql, parameters } = compileLookup(db, shape);
    expect(parameters).toEqual(['']);
    expect(sql.match(/\?/g)).toHaveLength(1);
    expect(sql).toMatch(/ where .* and .c.\..VALUE. = \? order by/);
  });

  test('reads every column that is known, for MySQL', () => {
    const { sql } = compileLookup(mysqlBuilder(), { ...FULL_SHAPE, inHandStates: [1, -7] });
    expect(columnsOf(sql).join(' ')).toBe(
      'a.code a.date_put a.zakaz c.Source c.SourceCodeType c.VALUE f.client f.code ' +
        'g.State g.address g.date_beg g.kurier k.code k.manager k.phonek k.phonem ku.extPhone ku.user ' +
        'l.State l.code l.manager lu.extPhone lu.user z.code z.source',
    );
    expect(sql).toContain('`g`.`State` in (1, -7)');
  });

  test('leaves out every optional column, and the table of contact persons', () => {
    const { sql } = compileLookup(mysqlBuilder(), BARE);
    expect(columnsOf(sql)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(f\..*|g\.date_beg|k\.phonek|l\.State)$/)]),
    );
    expect(sql).not.toContain('fio');
    expect(sql).toContain('`c`.`SourceCodeType` in (1, 2, 3)');
  });

  test('asks for nothing that tells who somebody is', () => {
    const { sql } = compileLookup(mysqlBuilder(), FULL_SHAPE);
    expect(sql).not.toMatch(/name|company|pass|login|StrBarCode|\*/i);
  });

  test('converts managers to the collation of users.user where they differ', () => {
    const to = { charset: 'cp1251', collation: 'cp1251_bin' };
    const { sql } = compileLookup(mysqlBuilder(), {
      ...FULL_SHAPE,
      managerCollation: { kurier: to, clients: null },
    });
    expect(sql).toContain('`ku`.`user` = convert(`k`.`manager` using `cp1251`) collate `cp1251_bin`');
    expect(sql).toContain('`lu`.`user` = `l`.`manager`');
  });

  test('quotes the column that names the client of a contact person', () => {
    const { sql } = compileLookup(mysqlBuilder(), { ...FULL_SHAPE, contactPersonClientColumn: 'a`.b' });
    expect(sql).toContain('then `f`.`a``.b`');
  });
});

/** `alias.column` of everything the statement reads. */
function columnsOf(sql: string): string[] {
  const found = Array.from(sql.matchAll(/`(\w+)`\.`(\w+)`/g), ([, table, column]) => `${table}.${column}`);
  return [...new Set(found)].toSorted();
}
