import { compareText, sorted } from '../../util/sorted.ts';
import type { LookupRow } from './lookup.query.ts';
import type { Client, Holder, Manager, Match } from '../match.ts';
import { SOURCE_CODE_TYPE } from './tables.ts';

/**
 * What one row of the look-up says.
 *
 * The vendor does not document the types of his columns, and drivers differ: a code may arrive as a number,
 * as text, as a bigint or as bytes. A value that cannot be what the column means counts as empty.
 *
 * @returns undefined for a row that says nothing: an unknown type, no code, or a courier who is no longer in
 * `kurier` (nobody is dialled for him, and the number may be somebody else's by now)
 */
export function toMatch(row: LookupRow): Match | undefined {
  const source = toCode(row.source);
  if (source === null) return undefined;
  switch (toInteger(row.type)) {
    case SOURCE_CODE_TYPE.courier:
      if (toCode(row.courier) === null) return undefined;
      return {
        kind: 'courier',
        courier: source,
        manager: toManager(row.courierManager, row.courierManagerPhone),
      };
    case SOURCE_CODE_TYPE.recipient:
      return {
        kind: 'recipient',
        shipment: source,
        order: toCode(row.order),
        client: toClient(row),
        open: toInteger(row.open) === 1,
        holder: toHolder(row),
      };
    case SOURCE_CODE_TYPE.contact:
      return { kind: 'contact', person: source, client: toClient(row) };
    case SOURCE_CODE_TYPE.client:
      return { kind: 'client', client: toClient(row) };
    case null:
    default:
      return undefined;
  }
}

/** The matches of an answer, in the order of the look-up. */
export function toMatches(rows: readonly LookupRow[]): Match[] {
  const matches: Match[] = [];
  for (const row of inOrder(rows)) {
    const match = toMatch(row);
    if (match !== undefined) matches.push(match);
  }
  return matches;
}

/**
 * The order of the look-up of one number, which that of several leaves out: couriers, clients and contact
 * persons, then shipments in a courier's hands, open ones, those issued last, the newest.
 */
export function inOrder<Row extends LookupRow>(rows: readonly Row[]): readonly Row[] {
  return sorted(rows, compareRows);
}

function compareRows(a: LookupRow, b: LookupRow): number {
  return (
    Number(isRecipient(a)) - Number(isRecipient(b)) ||
    Number(toCode(a.holder) === null) - Number(toCode(b.holder) === null) ||
    (toInteger(b.open) ?? 0) - (toInteger(a.open) ?? 0) ||
    compareText(toDateTime(b.issued) ?? '', toDateTime(a.issued) ?? '') ||
    (toInteger(b.source) ?? 0) - (toInteger(a.source) ?? 0)
  );
}

function isRecipient(row: LookupRow): boolean {
  return toInteger(row.type) === SOURCE_CODE_TYPE.recipient;
}

/** A courier who is named in `givn`, but is missing in `kurier`, still holds the shipment. */
function toHolder(row: LookupRow): Holder | null {
  const courier = toCode(row.holder);
  if (courier === null) return null;
  return {
    courier,
    phonem: toText(row.phonem),
    phonek: toText(row.phonek),
    issuedAt: toDateTime(row.issued),
  };
}

function toClient(row: LookupRow): Client | null {
  const code = toCode(row.client);
  if (code === null) return null;
  return {
    code,
    state: toInteger(row.clientState),
    manager: toManager(row.clientManager, row.clientManagerPhone),
  };
}

/** An empty `manager` field finds nobody, even if `users` has a row without a name. */
function toManager(user: unknown, extPhone: unknown): Manager | null {
  const name = toText(user);
  return name === '' ? null : { user: name, extPhone: toText(extPhone) };
}

/** A code of the vendor's: a positive integer. 0 is how his office system writes "none". */
function toCode(value: unknown): number | null {
  const code = toInteger(value);
  return code !== null && code > 0 ? code : null;
}

function toInteger(value: unknown): number | null {
  const text = typeof value === 'boolean' ? String(Number(value)) : toText(value);
  if (text === '') return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

/** Text without the spaces around it, which fixed-width columns and people leave there. */
function toText(value: unknown): string {
  return toRawText(value).trim();
}

/** With its spaces; bytes are read as UTF-8. `''` for what is no text. */
export function toRawText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  // What a driver hands over for binary columns.
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return '';
}

/** `YYYY-MM-DD hh:mm:ss`, whether the column is a date or a date with time; null for MySQL's zero date. */
function toDateTime(value: unknown): string | null {
  if (value instanceof Date) return fromDate(value);
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?/.exec(toText(value));
  const [, day, time = '00:00:00'] = parts ?? [];
  return day === undefined || day === '0000-00-00' ? null : `${day} ${time}`;
}

/** A driver that makes Date objects reads the column as local time: so it is written back. */
function fromDate(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${day.map(twoDigits).join('-')} ${time.map(twoDigits).join(':')}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}
