import { expressionBuilder, sql } from 'kysely';
import type { AliasedExpression, Expression, Kysely, Nullable, SqlBool } from 'kysely';
import { manager } from './manager.ts';
import type { LookupShape, OptionalColumn } from './shape.ts';
import { SOURCE_CODE_TYPE, type ContactsTable, type CourierDatabase } from './tables.ts';

/** One row of an answer. What a driver makes of the vendor's columns is not known: see `lookup.row.ts`. */
export interface LookupRow {
  readonly type?: unknown;
  readonly source?: unknown;
  /** `contacts.VALUE` */
  readonly number?: unknown;
  readonly order?: unknown;
  readonly visible?: unknown;
  readonly open?: unknown;
  readonly holder?: unknown;
  readonly issued?: unknown;
  readonly reported?: unknown;
  readonly courier?: unknown;
  readonly phonem?: unknown;
  readonly phonek?: unknown;
  readonly phone?: unknown;
  readonly hasLeft?: unknown;
  readonly store?: unknown;
  readonly branch?: unknown;
  readonly courierManager?: unknown;
  readonly courierManagerUser?: unknown;
  readonly courierManagerPhone?: unknown;
  readonly courierManagerCode?: unknown;
  readonly courierManagerPhonem?: unknown;
  readonly courierManagerPhonek?: unknown;
  readonly client?: unknown;
  readonly clientState?: unknown;
  readonly clientManager?: unknown;
  readonly clientManagerUser?: unknown;
  readonly clientManagerPhone?: unknown;
  readonly clientManagerCode?: unknown;
  readonly clientManagerPhonem?: unknown;
  readonly clientManagerPhonek?: unknown;
}

/** Where the rows of contacts come from: the table itself, or a choice of its rows. */
export type Contacts = AliasedExpression<ContactsTable, 'c'>;

/** A table as this database spells it. */
export function tableOf({ tables }: LookupShape, name: keyof CourierDatabase) {
  return sql.table(tables[name] ?? name);
}

/** The table itself. */
export function allContacts(shape: LookupShape): Contacts {
  return sql<ContactsTable>`${tableOf(shape, 'contacts')}`.as('c');
}

/**
 * Rows of `contacts` and what hangs on them: codes and phones, never a name, a company, an address or a
 * password.
 *
 * It is one chain of left joins along indexes, entered through `contacts.VALUE` as the vendor asks. The key
 * of a join is null for the kinds of contacts that it does not concern, so that nothing is looked up there.
 * Common table expressions and window functions are avoided for the sake of MySQL 5.7.
 */
export function selectMatches(db: Kysely<CourierDatabase>, shape: LookupShape, contacts: Contacts) {
  const persons = shape.contactPersonClientColumn;
  const optional = (column: OptionalColumn, reference: Expression<unknown>) => {
    if (!shape.optional.has(column)) return sql`null`;
    return shape.bits.has(column) ? sql`${reference} + 0` : sql`${reference}`;
  };
  const hasLeft = (dateput: Expression<string | null>) =>
    shape.optional.has('kurier.dateput') ? isDate(dateput) : sql`null`;
  return (
    db
      .selectFrom(contacts)
      // The courier is found through `givn` alone: the shipment's own row may be missing.
      .leftJoin('givn as g', (join) =>
        join
          .on('g.address', '=', sourceOf(SOURCE_CODE_TYPE.recipient))
          .on(isInHand(shape, eb.ref('g.State')))
          .on(isSomebody(eb.ref('g.kurier'))),
      )
      .leftJoin('address as a', (join) => join.on('a.code', '=', sourceOf(SOURCE_CODE_TYPE.recipient)))
      .leftJoin('zakaz as z', 'z.code', 'a.zakaz')
      .leftJoin('kurier as k', (join) => join.on('k.code', '=', courierCode))
      .leftJoin('users as ku', (join) => join.on(manager.isUser('ku', 'k', shape.manager.kurier)))
      .leftJoin('kurier as km', (join) => join.on(manager.isStaff('km', 'ku', 'k', shape)))
      .$if(persons !== null, (query) =>
        query.leftJoin('fio as f', (join) => join.on('f.code', '=', sourceOf(SOURCE_CODE_TYPE.contact))),
      )
      .leftJoin('clients as l', (join) => join.on('l.code', '=', clientCode(persons)))
      .leftJoin('users as lu', (join) => join.on(manager.isUser('lu', 'l', shape.manager.clients)))
      .leftJoin('kurier as lm', (join) => join.on(manager.isStaff('lm', 'lu', 'l', shape)))
      .select([
        'c.SourceCodeType as type',
        'c.Source as source',
        'c.VALUE as number',
        'z.code as order',
        isOpen.as('open'),
        'g.kurier as holder',
        'k.code as courier',
        'k.phonem as phonem',
        'k.manager as courierManager',
        'ku.user as courierManagerUser',
        'ku.extPhone as courierManagerPhone',
        'km.code as courierManagerCode',
        'km.phonem as courierManagerPhonem',
        'l.code as client',
        'l.manager as clientManager',
        'lu.user as clientManagerUser',
        'lu.extPhone as clientManagerPhone',
        'lm.code as clientManagerCode',
        'lm.phonem as clientManagerPhonem',
        optional('zakaz.Visible', eb.ref('z.Visible')).as('visible'),
        optional('givn.date_beg', eb.ref('g.date_beg')).as('issued'),
        optional('givn.kurierstate', eb.ref('g.kurierstate')).as('reported'),
        optional('kurier.phonek', eb.ref('k.phonek')).as('phonek'),
        optional('kurier.phonek', eb.ref('km.phonek')).as('courierManagerPhonek'),
        optional('kurier.phonek', eb.ref('lm.phonek')).as('clientManagerPhonek'),
        optional('kurier.phone', eb.ref('k.phone')).as('phone'),
        optional('kurier.store', eb.ref('k.store')).as('store'),
        optional('address.FL', eb.ref('a.FL')).as('branch'),
        optional('clients.State', eb.ref('l.State')).as('clientState'),
        hasLeft(eb.ref('k.dateput')).as('hasLeft'),
      ])
  );
}

/** The types of contacts that the look-up knows. */
export function knownTypes({ contactPersonClientColumn }: LookupShape): Expression<number>[] {
  return Object.values(SOURCE_CODE_TYPE)
    .filter((type) => type !== SOURCE_CODE_TYPE.contact || contactPersonClientColumn !== null)
    .map((type) => eb.lit(type));
}

/** `givn.State` says that the courier has the shipment. */
export function isInHand(shape: LookupShape, state: Expression<unknown>): Expression<SqlBool> {
  const states = shape.inHandStates.map((one) => sql.lit(shape.stateIsEnum ? String(one) : one));
  return sql<SqlBool>`${state} in (${sql.join(states)})`;
}

/** 0 is how the office system writes "nobody". A function, so that no index of `kurier` looks useful here. */
export function isSomebody(courier: Expression<unknown>): Expression<SqlBool> {
  return sql<SqlBool>`coalesce(${courier}, 0) <> 0`;
}

/** Neither empty nor MySQL's zero date, which its own `is null` takes for null in some places and not in others. */
function isDate(column: Expression<string | null>) {
  return sql`case when ${column} >= '1000-01-01' then 1 else 0 end`;
}

/** The shipment is there and has no closing date. */
export const isOpen = sql<number>`case when ${sql.ref('a.code')} is not null
  and (${sql.ref('a.date_put')} is null or ${sql.ref('a.date_put')} < '1000-01-01') then 1 else 0 end`;

interface JoinedTables {
  c: ContactsTable;
  g: Nullable<CourierDatabase['givn']>;
  a: Nullable<CourierDatabase['address']>;
  z: Nullable<CourierDatabase['zakaz']>;
  k: Nullable<CourierDatabase['kurier']>;
  km: Nullable<CourierDatabase['kurier']>;
  lm: Nullable<CourierDatabase['kurier']>;
  l: Nullable<CourierDatabase['clients']>;
}

const eb = expressionBuilder<JoinedTables, keyof JoinedTables>();

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
