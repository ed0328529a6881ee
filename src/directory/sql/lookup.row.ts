import { arrange, type Client, type Code, type Holder, type Manager, type Match } from '../match.ts';
import type { LookupRow } from './selection.ts';
import { SOURCE_CODE_TYPE } from './tables.ts';
import { toCode, toDateTime, toFlag, toInteger, toText } from './values.ts';

/**
 * What one row of the look-up says.
 *
 * @param inHandStates as `LookupShape` has them
 * @returns undefined for a row that says nothing: an unknown type, no code, or a courier who is no longer in
 *   `kurier` (the number may be somebody else's by now)
 */
export function toMatch(row: LookupRow, inHandStates: readonly number[]): Match | undefined {
  const source = toCode(row.source);
  if (source === null) return undefined;
  switch (toInteger(row.type)) {
    case SOURCE_CODE_TYPE.courier:
      if (toCode(row.courier) === null) return undefined;
      return {
        kind: 'courier',
        courier: source,
        branch: toCode(row.store),
        manager: managerOfCourier(row),
        ...(toInteger(row.hasLeft) === 1 && { hasLeft: true }),
      };
    case SOURCE_CODE_TYPE.recipient:
      return {
        kind: 'recipient',
        shipment: source,
        order: toCode(row.order),
        visible: toFlag(row.visible) ?? true,
        client: toClient(row),
        branch: toCode(row.branch) ?? toCode(row.store),
        open: toInteger(row.open) === 1,
        holder: toHolder(row, inHandStates),
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

/**
 * The matches of an answer, as `arrange` puts them.
 *
 * @param number the digits that were looked for
 */
export function toMatches(
  rows: readonly LookupRow[],
  number: string,
  inHandStates: readonly number[],
): readonly Match[] {
  const matches: Match[] = [];
  for (const row of rows) {
    const match = toMatch(row, inHandStates);
    if (match === undefined) continue;
    const written = toText(row.number);
    matches.push(written === number ? match : { ...match, writtenAs: written });
  }
  return arrange(matches);
}

/** A courier who is named in `givn`, but is missing in `kurier`, still holds the shipment. */
function toHolder(row: LookupRow, inHandStates: readonly number[]): Holder | null {
  const courier = toCode(row.holder);
  if (courier === null) return null;
  const reported = toInteger(row.reported);
  return {
    courier,
    phonem: toText(row.phonem),
    phonek: toText(row.phonek),
    phone: toText(row.phone),
    hasLeft: toInteger(row.hasLeft) === 1,
    issuedAt: toDateTime(row.issued),
    // 0 is how the office system writes "none".
    handedOver: reported !== null && reported !== 0 && !inHandStates.includes(reported),
  };
}

function toClient(row: LookupRow): Client | null {
  const code = toCode(row.client);
  if (code === null) return null;
  return { code, state: toInteger(row.clientState), manager: managerOfClient(row) };
}

function managerOfCourier(row: LookupRow): Manager | null {
  const name = toText(row.courierManager);
  const user = toUser(name, row.courierManagerUser, row.courierManagerPhone);
  // Whoever is named as their own manager would ring themselves.
  if (user !== null || toCode(row.courierManagerCode) === toCode(row.courier)) return user;
  return toStaff(name, row.courierManagerCode, row.courierManagerPhonem, row.courierManagerPhonek);
}

function managerOfClient(row: LookupRow): Manager | null {
  const name = toText(row.clientManager);
  return (
    toUser(name, row.clientManagerUser, row.clientManagerPhone) ??
    toStaff(name, row.clientManagerCode, row.clientManagerPhonem, row.clientManagerPhonek)
  );
}

/** An empty `manager` field finds nobody, even if `users` has a row without a name; 0 is "none" as well. */
function toUser(name: string, user: unknown, extPhone: unknown): Manager | null {
  if (user === null || user === undefined || name === '' || name === '0') return null;
  const found = toText(user);
  // A number and text are compared as numbers, and much becomes the same then.
  if (found === '' || (isNumber(found) && !isSameNumber(found, name))) return null;
  return { user: found, extPhone: toText(extPhone) };
}

/** `manager` is the code of somebody in `kurier`. One without telephone is none: 1 may stand for "not set". */
function toStaff(name: string, code: unknown, phonem: unknown, phonek: unknown): Manager | null {
  if (code === null || code === undefined) return null;
  const found: Code | null = toCode(code);
  if (found === null || toCode(name) !== found) return null;
  const phones = [toText(phonem), toText(phonek)].filter((phone) => phone !== '');
  return phones.length === 0 ? null : { user: String(found), extPhone: phones.join(', ') };
}

function isNumber(text: string): boolean {
  return /^-?\d+$/.test(text);
}

function isSameNumber(a: string, b: string): boolean {
  return a === b || (isNumber(b) && BigInt(a) === BigInt(b));
}
