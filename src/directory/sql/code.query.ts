import { sql, type CompiledQuery, type Kysely } from 'kysely';
import type { CourierByCode, ShipmentByCode } from '../by-code.ts';
import { arrange, type Code, type Holder, type RecipientMatch } from '../match.ts';
import { toMatch } from './lookup.row.ts';
import { namesOf } from './lookup.query.ts';
import { allContacts, selectMatches, tableOf, type LookupRow } from './selection.ts';
import type { LookupShape, OptionalColumn } from './shape.ts';
import { SOURCE_CODE_TYPE, type CourierDatabase } from './tables.ts';
import { toCode, toInteger, toText } from './values.ts';

/** More numbers than any recipient has. */
const MAX_ROWS = 100;

/** The rows of one shipment, as a look-up by number has them. The parameter is its code. */
export function compileShipment(db: Kysely<CourierDatabase>, shape: LookupShape): CompiledQuery<LookupRow> {
  return selectMatches(namesOf(db, shape), shape, allContacts(shape))
    .where('c.Source', '=', sql<number>`${sql.val('')}`)
    .where('c.SourceCodeType', '=', sql.lit(SOURCE_CODE_TYPE.recipient))
    .limit(sql.lit(MAX_ROWS))
    .compile();
}

/** One of the staff. The parameter is their code. */
export function compileCourier(db: Kysely<CourierDatabase>, shape: LookupShape): CompiledQuery {
  const optional = (column: OptionalColumn) =>
    shape.optional.has(column) ? sql.ref(`k.${column.split('.')[1] ?? ''}`) : sql`null`;
  const dateput = optional('kurier.dateput');
  return sql`select k.code as courier, k.phonem as phonem, ${optional('kurier.phonek')} as phonek,
    ${optional('kurier.phone')} as phone, case when ${dateput} >= '1000-01-01' then 1 else 0 end as ${sql.id('hasLeft')}
    from ${tableOf(shape, 'kurier')} k where k.code = ${sql.val('')}`.compile(db);
}

export function toShipment(
  rows: readonly LookupRow[],
  inHandStates: readonly number[],
): ShipmentByCode | null {
  const matches: RecipientMatch[] = [];
  for (const match of arrange(rows.flatMap((row) => toMatch(row, inHandStates) ?? []))) {
    if (match.kind === 'recipient') matches.push(match);
  }
  const [first] = matches;
  if (first === undefined) return null;
  const holders = new Map<Code, Holder>();
  for (const { holder } of matches) if (holder !== null) holders.set(holder.courier, holder);
  return {
    shipment: first.shipment,
    order: first.order,
    client: first.client?.code ?? null,
    open: first.open,
    holders: [...holders.values()],
    numbers: [...new Set(rows.map(({ number }) => toText(number)).filter((number) => number !== ''))],
  };
}

export function toCourier(row: Record<string, unknown> | undefined): CourierByCode | null {
  const courier = toCode(row?.['courier']);
  if (row === undefined || courier === null) return null;
  return {
    courier,
    phonem: toText(row['phonem']),
    phonek: toText(row['phonek']),
    phone: toText(row['phone']),
    hasLeft: toInteger(row['hasLeft']) === 1,
  };
}
