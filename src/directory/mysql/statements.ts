import { compileCourier, compileShipment } from '../sql/code.query.ts';
import {
  compileCrowdedLookup,
  compileLookup,
  crowdedParameters,
  MAX_LOOKUP_ROWS,
} from '../sql/lookup.query.ts';
import { compilePages, type PageQueries } from '../sql/page.query.ts';
import type { LookupShape } from '../sql/shape.ts';
import type { SpellingsInUse } from '../sql/spellings-in-use.ts';
import { mysqlBuilder } from './builder.ts';
import type { LookupStatements } from './lookup-statements.ts';

/** Numbers that share a statement. More would make each wait longer for less; fewer sizes, more parameters in vain. */
const NUMBERS_TOGETHER = [2, 4, 8, 16];
/** Values that a statement has at most: each is a step into the index. */
const MOST_VALUES = 256;
/** Rows that an answer for several numbers has at most: two dozen for each, and one number with many. */
const ROWS_EACH = 25;

/** A millisecond of the database's time and another of ours, between which calls are looked up. */
const PAGE_SIZE = 100;

/** The statements as this database wants them. */
export interface Statements {
  readonly shape: LookupShape;
  /** Values that a number is looked up under. */
  readonly width: number;
  readonly lookup: LookupStatements;
  readonly pages: PageQueries;
  readonly shipment: string;
  readonly courier: string;
}

/** @param spellings the ways to write a number that this database is known to have */
export function compileStatements(
  shape: LookupShape,
  spellings: SpellingsInUse,
  pageSize = PAGE_SIZE,
): Statements {
  const db = mysqlBuilder();
  const { count: width, valuesOf } = spellings.choose();
  const fitting = NUMBERS_TOGETHER.filter((numbers) => numbers * width <= MOST_VALUES);
  return {
    shape,
    width,
    lookup: {
      valuesOf: (number) => {
        const values = valuesOf(number);
        // A column of numbers would read `8 (916) …` as 8.
        return shape.valueIsNumber ? values.map((value) => (/^\d+$/.test(value) ? value : number)) : values;
      },
      one: { sql: compileLookup(db, shape, width).sql, numbers: 1, mostRows: MAX_LOOKUP_ROWS },
      several: fitting.map((numbers) => {
        const mostRows = MAX_LOOKUP_ROWS + numbers * ROWS_EACH;
        return { sql: compileLookup(db, shape, numbers * width, mostRows).sql, numbers, mostRows };
      }),
      crowded: compileCrowdedLookup(db, shape, width).sql,
      crowdedParameters: (values, main) => crowdedParameters(shape, values, main),
      crowdedNumbers: new Map(),
    },
    pages: compilePages(db, shape, pageSize),
    shipment: compileShipment(db, shape).sql,
    courier: compileCourier(db, shape).sql,
  };
}
