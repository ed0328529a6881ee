import { sql } from 'kysely';
import type { CompiledQuery, Kysely } from 'kysely';
import { MAX_LOOKUP_ROWS, namesOf } from './lookup.query.ts';
import { allContacts, knownTypes, selectMatches, type LookupRow } from './selection.ts';
import type { LookupShape } from './shape.ts';
import type { CourierDatabase } from './tables.ts';

/** The statements that read the whole directory page by page, for the snapshot. */
export interface PageQueries {
  /** The last key of the page that begins after the parameter; no row for the last page. */
  readonly end: CompiledQuery<{ key: unknown }>;
  /** The last key of all. */
  readonly last: CompiledQuery<{ key: unknown }>;
  /** The look-up for all keys after the first parameter, up to and with the second. */
  readonly rows: CompiledQuery<LookupRow>;
  /** The same without the second, and all of it: fewer rows of `contacts` than a page has. */
  readonly rowsBefore: CompiledQuery<LookupRow>;
  /**
   * An answer of `rows` with that many rows may lack some: the last key has too many. Infinity along `Source`: a
   * courier, client, person or shipment has a handful of entries.
   */
  readonly mostRows: number;
  /** Where the first page begins. */
  readonly start: string;
}

/**
 * The look-up for many numbers at once, along the same index, so that a page costs as much as that many
 * look-ups and no more.
 *
 * The key of a page is `contacts.VALUE`, or `contacts.Source` where the index of VALUE holds the beginning of the
 * values only: the database would sort the whole table for each page.
 *
 * @param size rows of `contacts` in a page; all rows of its last key belong to it
 */
export function compilePages(db: Kysely<CourierDatabase>, shape: LookupShape, size: number): PageQueries {
  const names = namesOf(db, shape);
  const key = shape.prefixIndex ? 'Source' : 'VALUE';
  const mostRows = shape.prefixIndex ? Infinity : size + MAX_LOOKUP_ROWS;
  const rows = (upTo: '<' | '<=') =>
    selectMatches(names, shape, allContacts(shape))
      .where(`c.${key}`, '>', '')
      .where(`c.${key}`, upTo, '')
      .where('c.SourceCodeType', 'in', knownTypes(shape));
  return {
    end: names
      .selectFrom('contacts')
      .select(`${key} as key`)
      .where(key, '>', '')
      .orderBy(key, 'asc')
      .limit(sql.lit(1))
      .offset(sql.lit(size - 1))
      .compile(),
    last: names.selectFrom('contacts').select(names.fn.max(key).as('key')).compile(),
    rows: (shape.prefixIndex ? rows('<=') : rows('<=').limit(sql.lit(mostRows))).compile(),
    rowsBefore: rows('<').compile(),
    mostRows,
    start: shape.prefixIndex ? '0' : '',
  };
}
