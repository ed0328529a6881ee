import type { Code, Match } from '../directory/match.ts';
import type { PhoneField } from '../phone/field.ts';

/** Why a courier may not be connected. None of it is told to whoever asked. */
export type NotEntitled =
  /** The number is no courier's. */
  | 'not-a-courier'
  /** Of a courier with `kurier.dateput`. */
  | 'courier-left'
  /** Shipments for this number are closed, or in the hands of others. */
  | 'not-in-hand'
  /** No recipient's number, nor the office's. */
  | 'not-a-recipient';

export type Entitlement =
  | {
      readonly entitled: true;
      readonly courier: Code;
      /** The shipments that entitle them, the most urgent first; empty for the office. */
      readonly shipments: readonly Code[];
    }
  | { readonly entitled: false; readonly why: NotEntitled; readonly courier: Code | null };

export interface Wanted {
  /** The number that the courier calls, as `contacts.VALUE` holds it, or an extension. */
  readonly number: string;
  /** What the directory says of it; none for an extension. */
  readonly matches: readonly Match[];
  /** It is one of the office's, whom every courier may call. */
  readonly isOffice: boolean;
}

/**
 * Whether a courier may be connected: with the recipient of an open shipment that this courier holds, with the office,
 * or with their own manager. It ends when the shipment is closed or changes hands.
 *
 * @param caller what the directory says of the courier's own number
 * @param parseField reads `users.extPhone`
 */
export function entitlementOf(
  caller: readonly Match[],
  wanted: Wanted,
  parseField: (field: string) => PhoneField,
): Entitlement {
  const couriers = caller.filter((match) => match.kind === 'courier');
  const active = couriers.filter(({ hasLeft }) => hasLeft !== true);
  const [first] = active;
  if (first === undefined) {
    const why = couriers.length > 0 ? 'courier-left' : 'not-a-courier';
    return { entitled: false, why, courier: couriers[0]?.courier ?? null };
  }
  const shipments = wanted.matches.filter((match) => match.kind === 'recipient');
  for (const { courier } of active) {
    const held = shipments.filter(
      ({ open, holder }) => open && holder?.courier === courier && !holder.hasLeft,
    );
    if (held.length > 0) return { entitled: true, courier, shipments: held.map(({ shipment }) => shipment) };
  }
  const ofTheirs = active.find(
    ({ manager }) =>
      manager !== null &&
      parseField(manager.extPhone).entries.some(
        (entry) => (entry.kind === 'extension' ? entry.extension : entry.digits) === wanted.number,
      ),
  );
  const colleague = wanted.isOffice ? first : ofTheirs;
  if (colleague !== undefined) return { entitled: true, courier: colleague.courier, shipments: [] };
  const why = shipments.length > 0 ? 'not-in-hand' : 'not-a-recipient';
  return { entitled: false, why, courier: first.courier };
}
