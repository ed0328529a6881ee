import { sql } from 'kysely';
import type { CompiledQuery, Kysely } from 'kysely';
import {
  allContacts,
  isInHand,
  isOpen,
  isSomebody,
  knownTypes,
  selectMatches,
  tableOf,
  type LookupRow,
} from './selection.ts';
import type { LookupShape } from './shape.ts';
import { TableNamesPlugin } from './table-names.plugin.ts';
import { SOURCE_CODE_TYPE, type ContactsTable, type CourierDatabase } from './tables.ts';

/** Rows of a number that are read at once. One that has more is looked up by `compileCrowdedLookup`. */
export const MAX_LOOKUP_ROWS = 400;

/** Of a crowded number: rows of `contacts` that are looked at from its newest end, and from its oldest. */
const NEWEST_ROWS = 2000;
const OLDEST_ROWS = 500;
const OTHERWISE_WRITTEN_ROWS = 500;
/** Shipments of all the company's couriers that are looked at for a crowded number. */
const HELD_ROWS = 10_000;
/** Rows of `contacts` that its answer is made of. */
const MAX_CROWDED_ROWS = 400;

/**
 * The statement that answers look-ups: every row of `contacts` with these values, and what hangs on it, in no
 * order. Its only parameters are the values; all else is a literal.
 *
 * The database stops at the limit, so that a number with thousands of shipments costs no more than one with
 * hundreds: an answer that reaches `mostRowsOf(values)` lacks some.
 *
 * @param db a Kysely instance of the wanted SQL dialect; it need not be connected
 * @param values how many: several numbers, and the ways in which each may be written
 */
export function compileLookup(
  db: Kysely<CourierDatabase>,
  shape: LookupShape,
  values: number,
  mostRows = MAX_LOOKUP_ROWS,
): CompiledQuery<LookupRow> {
  return selectMatches(namesOf(db, shape), shape, allContacts(shape))
    .where('c.VALUE', 'in', placeholders(values))
    .where('c.SourceCodeType', 'in', knownTypes(shape))
    .limit(sql.lit(mostRows))
    .compile();
}

/**
 * The look-up of a number that stands in more rows than `compileLookup` reads, such as a pick-up point's or a
 * shop's own. What it costs is bounded, however many rows there are:
 *
 * - of its rows in `contacts`, as they are mostly written, the newest 2,000 and the oldest 500 are looked at, in the
 *   order of the index; of those that are written otherwise, 500;
 * - of the older shipments those in a courier's hands are found as well, where indexes lead there
 *   (`LookupShape.heldIndex`), among 10,000 that are in hand;
 * - of all these the 400 that matter most are returned: couriers, shipments in hand, contact persons, clients, open
 *   shipments, the newest of the others.
 *
 * @param values the ways in which the number may be written; for the parameters see `crowdedParameters`
 */
export function compileCrowdedLookup(
  db: Kysely<CourierDatabase>,
  shape: LookupShape,
  values: number,
): CompiledQuery<LookupRow> {
  const table = (name: keyof CourierDatabase) => tableOf(shape, name);
  const parameter = sql.val('');
  const ofKnownType = sql`SourceCodeType in (${sql.join(knownTypes(shape))})`;
  const amongValues = sql`VALUE in (${sql.join(placeholders(values).map((value) => sql.val(value)))})`;
  const select = sql`select Source, SourceCodeType, VALUE from ${table('contacts')}`;
  // A range, since an order by what is equal is left out as useless, and with it the way back along the index.
  const end = (direction: 'asc' | 'desc', limit: number) =>
    sql`select * from (${select} where VALUE >= ${parameter} and VALUE < ${parameter} and trim(VALUE) = ${parameter}
      and ${ofKnownType} order by VALUE ${sql.raw(direction)} limit ${sql.lit(limit)}) ${sql.id(direction)}`;
  const others = sql`select * from (${select} where ${amongValues} and ${ofKnownType}
    limit ${sql.lit(OTHERWISE_WRITTEN_ROWS)}) others`;
  // What couriers hold, whoever it is for, and of these what this number is the recipient of.
  const held = sql`select straight_join c.Source, c.SourceCodeType, c.VALUE
    from (select straight_join h.address from ${table('kurier')} k join ${table('givn')} h
        on h.kurier = k.code and ${isInHand(shape, sql.ref('h.State'))}
      limit ${sql.lit(HELD_ROWS)}) held
    join ${table('contacts')} c on c.Source = held.address
      and c.SourceCodeType = ${type('recipient')}
    where c.${amongValues}`;
  const looked = sql`${end('desc', NEWEST_ROWS)} union ${end('asc', OLDEST_ROWS)} union ${others}`;

  const chosen = sql<ContactsTable>`(select s.Source, s.SourceCodeType, s.VALUE
    from (${shape.heldIndex ? sql`${looked} union ${held}` : looked}) s
    left join ${table('givn')} g on g.address = case when s.SourceCodeType = ${type('recipient')} then s.Source end
      and ${isInHand(shape, sql.ref('g.State'))} and ${isSomebody(sql.ref('g.kurier'))}
    left join ${table('address')} a on a.code = case when s.SourceCodeType = ${type('recipient')} then s.Source end
    order by case when s.SourceCodeType = ${type('courier')} then 0 when g.kurier is not null then 1
      when s.SourceCodeType = ${type('contact')} then 2 when s.SourceCodeType = ${type('client')} then 3
      else 5 - ${isOpen} end, s.Source desc
    limit ${sql.lit(MAX_CROWDED_ROWS)})`.as('c');
  return selectMatches(namesOf(db, shape), shape, chosen).compile();
}

/**
 * The parameters of `compileCrowdedLookup`.
 *
 * @param values as many as it was compiled for
 * @param main the value that most of the rows have
 */
export function crowdedParameters(shape: LookupShape, values: readonly string[], main: string): string[] {
  // What a collation may take for the same is not to be read a second time.
  const others = values.filter((value) => value.trim() !== main.trim());
  const otherwise = values.map((value) => (others.includes(value) ? value : (others[0] ?? `${main}-`)));
  const end = [main, `${main}0`, main.trim()];
  const held = shape.heldIndex ? [...otherwise.slice(1), main] : [];
  return [...end, ...end, ...otherwise, ...held];
}

function type(name: keyof typeof SOURCE_CODE_TYPE) {
  return sql.lit(SOURCE_CODE_TYPE[name]);
}

/**
 * Which of these beginnings a value in `contacts` has: a step into the index for each, and a row where there is one.
 * The parameters are the beginnings, each with a `%` behind.
 */
export function compileBeginnings(
  db: Kysely<CourierDatabase>,
  shape: LookupShape,
  beginnings: readonly string[],
): CompiledQuery {
  const contacts = tableOf(shape, 'contacts');
  const each = beginnings.map(
    (beginning, index) =>
      sql`select * from (select ${sql.lit(index)} as place from ${contacts} where VALUE like ${sql.val(`${beginning}%`)} limit 1) ${sql.id(`b${index}`)}`,
  );
  return sql`${sql.join(each, sql` union all `)}`.compile(db);
}

/** Kysely binds values; they are replaced by those of the call. */
function placeholders(values: number): string[] {
  return Array<string>(values).fill('');
}

export function namesOf(db: Kysely<CourierDatabase>, shape: LookupShape): Kysely<CourierDatabase> {
  return db.withPlugin(new TableNamesPlugin(shape.tables));
}
