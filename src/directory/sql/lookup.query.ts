import { expressionBuilder, sql } from 'kysely';
import type { CompiledQuery, Expression, Kysely, Nullable, SqlBool } from 'kysely';
import { SOURCE_CODE_TYPE } from './tables.ts';
import type { CourierDatabase } from './tables.ts';

/** What the look-up depends on: settings, and what the schema check found (`schema.ts`). */
export interface LookupShape {
  /** `givn.State` values that mean "in the courier's hands"; at least one. */
  readonly inHandStates: readonly number[];
  /** `fio`'s column that names the client; null when contact persons cannot be looked up. */
  readonly contactPersonClientColumn: string | null;
  /** `kurier.phonek` is there. */
  readonly courierContactPhone: boolean;
  /** `clients.State` is there. */
  readonly clientState: boolean;
  /** `givn.date_beg` is there. */
  readonly issueDate: boolean;
  /** What `manager` of each table must be converted to before `users.user` is compared with it. */
  readonly managerCollation: { readonly kurier: Conversion | null; readonly clients: Conversion | null };
}

/**
 * Needed where `manager` and `users.user` have different collations: comparing them as they are would be
 * refused (error 1267, "Illegal mix of collations"), or done without the index of `users`.
 */
export interface Conversion {
  /** Such as `utf8mb4`. */
  readonly charset: string;
  /** Such as `utf8mb4_general_ci`. */
  readonly collation: string;
}

/** The look-up on a schema that has everything. */
export const FULL_SHAPE: LookupShape = {
  inHandStates: [1],
  contactPersonClientColumn: 'client',
  courierContactPhone: true,
  clientState: true,
  issueDate: true,
  managerCollation: { kurier: null, clients: null },
};

/** One row of the answer. What a driver makes of the vendor's columns is not known: see `lookup.row.ts`. */
export interface LookupRow {
  readonly type?: unknown;
  readonly source?: unknown;
  readonly order?: unknown;
  readonly open?: unknown;
  readonly holder?: unknown;
  readonly issued?: unknown;
  readonly courier?: unknown;
  readonly phonem?: unknown;
  readonly phonek?: unknown;
  readonly courierManager?: unknown;
  readonly courierManagerPhone?: unknown;
  readonly client?: unknown;
  readonly clientState?: unknown;
  readonly clientManager?: unknown;
  readonly clientManagerPhone?: unknown;
}

/** Rows that an answer has at most. A shop's own number can stand in thousands of shipments. */
export const MAX_LOOKUP_ROWS = 200;

/**
 * The statement that answers a look-up: every row of `contacts` with this number, and what hangs on
 * it. Its only parameter is the number; all else is a literal.
 *
 * The most valuable rows come first, to survive the limit: couriers, clients and contact persons, then
 * shipments in a courier's hands, open ones, the newest.
 *
 * @param db a Kysely instance of the wanted SQL dialect; it need not be connected
 * @returns the statement for the number `''`: execute its `sql` with the caller's number instead
 */
export function compileLookup(db: Kysely<CourierDatabase>, shape: LookupShape): CompiledQuery<LookupRow> {
  return selectMatches(db, shape)
    .where('c.VALUE', '=', '')
    .orderBy(oneIf(eb('c.SourceCodeType', '=', eb.lit(SOURCE_CODE_TYPE.recipient))), 'asc')
    .orderBy(oneIf(eb('g.kurier', 'is', null)), 'asc')
    .orderBy(isOpen, 'desc')
    .$if(shape.issueDate, (query) => query.orderBy('g.date_beg', 'desc'))
    .orderBy('c.Source', 'desc')
    .limit(sql.lit(MAX_LOOKUP_ROWS))
    .compile();
}

/**
 * The look-up for several numbers at once, for calls that come at the same time. The database puts them in
 * no order and stops at the limit, so that a number with thousands of shipments does not keep the others waiting:
 * an answer that reaches the limit is to be asked for again, number by number.
 */
export function compileLookupOfSeveral(
  db: Kysely<CourierDatabase>,
  shape: LookupShape,
  numbers: number,
): CompiledQuery<NumberedRow> {
  return selectMatches(db, shape)
    .select('c.VALUE as number')
    .where('c.VALUE', 'in', Array<string>(numbers).fill(''))
    .limit(sql.lit(mostRowsOfSeveral(numbers)))
    .compile();
}

/** Rows that an answer for so many numbers has at most: two dozen for each, and one number with many. */
export function mostRowsOfSeveral(numbers: number): number {
  return MAX_LOOKUP_ROWS + numbers * 25;
}

/** A row of a look-up for more than one number, and the number it is for. */
export interface NumberedRow extends LookupRow {
  readonly number?: unknown;
}

/** The statements that read the whole directory in portions, for the snapshot. */
export interface PageQueries {
  /** The last number of the portion that begins after the parameter; no row for the last portion. */
  readonly end: CompiledQuery<{ number: string }>;
  /** The last number of all. */
  readonly last: CompiledQuery<{ number: string | null }>;
  /** The look-up for all numbers after the first parameter, up to and with the second. */
  readonly rows: CompiledQuery<NumberedRow>;
}

/**
 * The look-up for many numbers at once, along the same index, so that a portion costs as much as that many
 * look-ups and no more. Shipments that are closed and in nobody's hands, which are most, are left out.
 *
 * @param size rows of `contacts` in a portion; all rows of its last number belong to it
 */
export function compilePages(db: Kysely<CourierDatabase>, shape: LookupShape, size: number): PageQueries {
  return {
    end: db
      .selectFrom('contacts')
      .select('VALUE as number')
      .where('VALUE', '>', '')
      .orderBy('VALUE', 'asc')
      .limit(sql.lit(1))
      .offset(sql.lit(size - 1))
      .compile(),
    last: db.selectFrom('contacts').select(db.fn.max('VALUE').as('number')).compile(),
    rows: selectMatches(db, shape)
      .select('c.VALUE as number')
      .where('c.VALUE', '>', '')
      .where('c.VALUE', '<=', '')
      .where(
        eb.or([
          eb('c.SourceCodeType', '<>', eb.lit(SOURCE_CODE_TYPE.recipient)),
          eb('g.kurier', 'is not', null),
          eb('a.date_put', 'is', null),
        ]),
      )
      .compile(),
  };
}

/**
 * Rows of `contacts` and what hangs on them: codes and phones, never a name, a company, an address or a
 * password.
 *
 * It is one chain of left joins along indexes, entered through `contacts.VALUE` as the vendor asks. The key
 * of a join is null for the kinds of contacts that it does not concern, so that nothing is looked up there.
 * Common table expressions and window functions are avoided for the sake of MySQL 5.7.
 */
function selectMatches(db: Kysely<CourierDatabase>, shape: LookupShape) {
  const persons = shape.contactPersonClientColumn;
  return (
    db
      .selectFrom('contacts as c')
      // The courier is found through `givn` alone: the shipment's own row may be missing.
      .leftJoin('givn as g', (join) =>
        join.on('g.address', '=', sourceOf(SOURCE_CODE_TYPE.recipient)).on(
          'g.State',
          'in',
          shape.inHandStates.map((state) => eb.lit(state)),
        ),
      )
      .leftJoin('address as a', (join) => join.on('a.code', '=', sourceOf(SOURCE_CODE_TYPE.recipient)))
      .leftJoin('zakaz as z', 'z.code', 'a.zakaz')
      .leftJoin('kurier as k', (join) => join.on('k.code', '=', courierCode))
      .leftJoin('users as ku', (join) =>
        join.on('ku.user', '=', collated('k.manager', shape.managerCollation.kurier)),
      )
      .$if(persons !== null, (query) =>
        query.leftJoin('fio as f', (join) => join.on('f.code', '=', sourceOf(SOURCE_CODE_TYPE.contact))),
      )
      .leftJoin('clients as l', (join) => join.on('l.code', '=', clientCode(persons)))
      .leftJoin('users as lu', (join) =>
        join.on('lu.user', '=', collated('l.manager', shape.managerCollation.clients)),
      )
      .where('c.SourceCodeType', 'in', knownTypes(persons))
      .select([
        'c.SourceCodeType as type',
        'c.Source as source',
        'z.code as order',
        isOpen.as('open'),
        'g.kurier as holder',
        'k.code as courier',
        'k.phonem as phonem',
        'ku.user as courierManager',
        'ku.extPhone as courierManagerPhone',
        'l.code as client',
        'lu.user as clientManager',
        'lu.extPhone as clientManagerPhone',
        (shape.issueDate ? eb.ref('g.date_beg') : missing).as('issued'),
        (shape.courierContactPhone ? eb.ref('k.phonek') : missing).as('phonek'),
        (shape.clientState ? eb.ref('l.State') : missing).as('clientState'),
      ])
  );
}

interface JoinedTables {
  c: CourierDatabase['contacts'];
  g: Nullable<CourierDatabase['givn']>;
  a: Nullable<CourierDatabase['address']>;
  z: Nullable<CourierDatabase['zakaz']>;
  k: Nullable<CourierDatabase['kurier']>;
  l: Nullable<CourierDatabase['clients']>;
}

const eb = expressionBuilder<JoinedTables, keyof JoinedTables>();

const missing = eb.lit(null);

/** `contacts.Source` in rows of this type, else null. */
function sourceOf(type: number): Expression<number> {
  return eb.case().when('c.SourceCodeType', '=', eb.lit(type)).then(eb.ref('c.Source')).end().$notNull();
}

/** The courier who calls, or the one who holds the shipment. */
const courierCode = eb
  .case()
  .when('c.SourceCodeType', '=', eb.lit(SOURCE_CODE_TYPE.courier))
  .then(eb.ref('c.Source'))
  .else(eb.ref('g.kurier'))
  .end()
  .$notNull();

/** The client who calls, the one of the contact person who calls, or the one who sends the shipment. */
function clientCode(persons: string | null): Expression<number> {
  const client = eb
    .case()
    .when('c.SourceCodeType', '=', eb.lit(SOURCE_CODE_TYPE.client))
    .then(eb.ref('c.Source'));
  const throughOrder = eb.ref('z.source');
  if (persons === null) return client.else(throughOrder).end().$notNull();
  return client
    .when('c.SourceCodeType', '=', eb.lit(SOURCE_CODE_TYPE.contact))
    .then(sql<number>`${sql.id('f', persons)}`)
    .else(throughOrder)
    .end()
    .$notNull();
}

function knownTypes(persons: string | null): Expression<number>[] {
  return Object.values(SOURCE_CODE_TYPE)
    .filter((type) => type !== SOURCE_CODE_TYPE.contact || persons !== null)
    .map((type) => eb.lit(type));
}

const oneIf = (condition: Expression<SqlBool>) =>
  eb.case().when(condition).then(eb.lit(1)).else(eb.lit(0)).end();

/** The shipment is there and has no closing date. */
const isOpen = oneIf(eb.and([eb('a.code', 'is not', null), eb('a.date_put', 'is', null)]));

function collated(column: 'k.manager' | 'l.manager', to: Conversion | null): Expression<string> {
  const manager = eb.ref(column).$notNull();
  if (to === null) return manager;
  return sql<string>`convert(${manager} using ${sql.id(to.charset)}) collate ${sql.id(to.collation)}`;
}
