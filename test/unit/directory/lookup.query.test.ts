import { describe, expect, test } from '@jest/globals';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import {
  compileCrowdedLookup,
  compileLookup,
  crowdedParameters,
} from '../../../src/directory/sql/lookup.query.ts';
import { compilePages } from '../../../src/directory/sql/page.query.ts';
import { FULL_SHAPE, type LookupShape } from '../../../src/directory/sql/shape.ts';
import { mysqlBuilder } from '../../../src/directory/mysql/builder.ts';
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
  ...FULL_SHAPE,
  contactPersonClientColumn: null,
  optional: new Set(),
  heldIndex: false,
};

describe('the look-up statement', () => {
  test.each([
    ['MySQL, with everything', mysqlBuilder(), FULL_SHAPE],
    ['MySQL, with what is required only', mysqlBuilder(), BARE],
    ['SQLite, with everything', sqlite, FULL_SHAPE],
    ['SQLite, with what is required only', sqlite, BARE],
  ])('has the values of the numbers as its only parameters, for %s', (_name, db, shape) => {
    const { sql, parameters } = compileLookup(db, shape, 3);
    expect(parameters).toEqual(['', '', '']);
    expect(sql.match(/\?/g)).toHaveLength(3);
    expect(sql).toMatch(/ where .c.\..VALUE. in \(\?, \?, \?\) and .* limit 400$/);
  });

  test('reads every column that is known, for MySQL', () => {
    const { sql } = compileLookup(mysqlBuilder(), { ...FULL_SHAPE, inHandStates: [1, -7] }, 1);
    expect(columnsOf(sql).join(' ')).toBe(
      'a.FL a.code a.date_put a.zakaz c.Source c.SourceCodeType c.VALUE f.client f.code ' +
        'g.State g.address g.date_beg g.kurier g.kurierstate ' +
        'k.code k.dateput k.manager k.phone k.phonek k.phonem k.store ' +
        'km.code km.dateput km.phonek km.phonem ku.extPhone ku.user ' +
        'l.State l.code l.manager lm.code lm.dateput lm.phonek lm.phonem lu.extPhone lu.user ' +
        'z.Visible z.code z.source',
    );
    expect(sql).toContain('`g`.`State` in (1, -7)');
  });

  test('leaves out every optional column, and the table of contact persons', () => {
    const { sql } = compileLookup(mysqlBuilder(), BARE, 1);
    expect(sql).not.toMatch(
      /\.`(?:phonek|phone|store|dateput|date_beg|kurierstate|FL|Visible)`|`l`\.`State`|`fio`/,
    );
    expect(sql).toContain('`c`.`SourceCodeType` in (1, 2, 3)');
  });

  test.each([
    ['the usual one', compileLookup(mysqlBuilder(), FULL_SHAPE, 1).sql],
    ['that of a crowded number', compileCrowdedLookup(mysqlBuilder(), FULL_SHAPE, 1).sql],
    ['a page of the snapshot', compilePages(mysqlBuilder(), FULL_SHAPE, 100).rows.sql],
  ])('asks for nothing that tells who somebody is: %s', (_which, sql) => {
    expect(sql).not.toMatch(/name|company|pass|login|StrBarCode|target/i);
  });

  test('converts managers to the collation of users.user where they differ', () => {
    const conversion = { charset: 'cp1251', collation: 'cp1251_bin' };
    const { sql } = compileLookup(
      mysqlBuilder(),
      {
        ...FULL_SHAPE,
        manager: {
          kurier: { compare: 'text', conversion, noBreakSpace: false },
          clients: { compare: 'as-text', conversion, noBreakSpace: false },
        },
      },
      1,
    );
    expect(sql).toMatch(
      /`ku`\.`user` = convert\(trim\(.*`k`\.`manager`.*\) using `cp1251`\) collate `cp1251_bin`/s,
    );
    expect(sql).toContain(
      '`lu`.`user` = convert(cast(`l`.`manager` as char) using `cp1251`) collate `cp1251_bin`',
    );
  });

  test('quotes the column that names the client of a contact person', () => {
    const { sql } = compileLookup(mysqlBuilder(), { ...FULL_SHAPE, contactPersonClientColumn: 'a`.b' }, 1);
    expect(sql).toContain('then `f`.`a``.b`');
  });

  test('names the tables as this database spells them', () => {
    const shape = { ...FULL_SHAPE, tables: { contacts: 'CONTACTS', givn: 'Givn', kurier: 'KURIER' } };
    for (const { sql } of [
      compileLookup(mysqlBuilder(), shape, 1),
      compileCrowdedLookup(mysqlBuilder(), shape, 1),
      ...Object.values(compilePages(mysqlBuilder(), shape, 10)).filter((one) => typeof one === 'object'),
    ]) {
      expect(sql).not.toMatch(/(?<!\.)`(?:contacts|givn|kurier)`/);
      expect(sql).toContain('`CONTACTS`');
    }
    expect(compileLookup(mysqlBuilder(), shape, 1).sql).toContain('left join `Givn` as `g`');
  });
});

describe('a page of the snapshot', () => {
  // Of shipments in the hands of several couriers it has more rows than `contacts` has.
  const pageOf = (shape: LookupShape) => compilePages(mysqlBuilder(), shape, 100);

  test('stops at the limit, which shows that its last number may have too many rows', () => {
    const { rows, mostRows } = pageOf(FULL_SHAPE);
    expect(rows.sql).toMatch(new RegExp(`limit ${mostRows}$`));
  });

  test('lacks no row of the other numbers, however many couriers hold their shipments', () => {
    expect(pageOf(FULL_SHAPE).rowsBefore.sql).not.toContain('limit');
  });

  test('lacks no row where it is read along Source, and no number can be told to have too many', () => {
    const { rows, mostRows } = pageOf({ ...FULL_SHAPE, prefixIndex: true });
    expect(rows.sql).not.toContain('limit');
    expect(mostRows).toBe(Infinity);
  });
});

describe('the look-up of a crowded number', () => {
  test.each([FULL_SHAPE, BARE])('has as many parameters as it is given', (shape) => {
    const { sql } = compileCrowdedLookup(mysqlBuilder(), shape, 2);
    const parameters = crowdedParameters(shape, ['7916', '8916'], '8916');
    expect(sql.match(/\?/g)).toHaveLength(parameters.length);
    expect(parameters.slice(0, 3)).toEqual(['8916', '89160', '8916']);
    // Those who are found by the range are not looked for again.
    expect(parameters.slice(6, 8)).toEqual(['7916', '7916']);
  });

  test('stops somewhere, whatever it reads', () => {
    const { sql } = compileCrowdedLookup(mysqlBuilder(), FULL_SHAPE, 1);
    expect(sql.match(/limit \d+/g)).toEqual(
      expect.arrayContaining(['limit 2000', 'limit 500', 'limit 10000', 'limit 400']),
    );
  });
});

/** `alias.column` of everything the statement reads. */
function columnsOf(sql: string): string[] {
  const found = Array.from(sql.matchAll(/`(\w+)`\.`(\w+)`/g), ([, table, column]) => `${table}.${column}`);
  return [...new Set(found)].toSorted();
}
