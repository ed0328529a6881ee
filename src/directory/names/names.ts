import type { Code } from '../match.ts';

/*
 * What people call those whom codes stand for. It is read for the screens of the desk alone: never for the router, and
 * never written into the journal, AMI, AGI or SIP.
 */

/** Codes whose names are wanted, at most `MAX_NAMES` of a kind. */
export interface WantedNames {
  readonly couriers: readonly Code[];
  readonly clients: readonly Code[];
  readonly contacts: readonly Code[];
  readonly shipments: readonly Code[];
}

export const MAX_NAMES = 30;

export interface CourierName {
  readonly name: string | null;
  /** Name or login. */
  readonly manager: string | null;
}

export interface ShipmentName {
  /** Of the recipient. */
  readonly name: string | null;
  /** Of the recipient's company. */
  readonly company: string | null;
  readonly barcode: string | null;
  /** When it is to be delivered, in local time; null where the database does not tell. */
  readonly plan: DeliveryPlan | null;
}

export interface DeliveryPlan {
  /** `2026-03-03` */
  readonly day: string;
  /** `10:00` */
  readonly from: string | null;
  readonly until: string | null;
}

/** By code, as text. What is not there, or has no name, is left out. */
export interface Names {
  readonly couriers: ReadonlyMap<string, CourierName>;
  readonly clients: ReadonlyMap<string, string>;
  readonly contacts: ReadonlyMap<string, string>;
  readonly shipments: ReadonlyMap<string, ShipmentName>;
}

export const NO_NAMES: Names = {
  couriers: new Map(),
  clients: new Map(),
  contacts: new Map(),
  shipments: new Map(),
};

/** How far names can be read. */
export interface NamesState {
  /** Columns that there are not, or that this user may not read: `address.name`. Null before the first look. */
  readonly missing: readonly string[] | null;
  /** Why the last look failed; null when it did not. */
  readonly problem: string | null;
}

/** Somebody whose name has what was searched. */
export interface FoundName {
  readonly kind: 'courier' | 'client' | 'contact' | 'recipient';
  /** Of a recipient that of the shipment. */
  readonly code: string;
  readonly name: string;
}

export interface NamesReader {
  /** Never rejects: where names cannot be read, codes have to do. */
  find(wanted: WantedNames): Promise<Names>;
  /**
   * By a part of the name, whatever the case, at most `MAX_FOUND` of a kind, the newest first; recipients are those of the
   * last `RECENT_SHIPMENTS`. A shipment's code and, among those last ones, its bar code find its recipient as well. Never
   * rejects: where names cannot be read, nobody is found.
   *
   * @param text of `MIN_SEARCHED` to `MAX_SEARCHED` characters
   */
  search(text: string): Promise<readonly FoundName[]>;
  /** Whether there is a shipment of this code; null when that cannot be known now. Never rejects. */
  hasShipment(code: Code): Promise<boolean | null>;
  state(): NamesState;
  close(): Promise<void>;
}

const MAX_LENGTH = 300;

/** A name as it may be shown: one line, without what steers a terminal; null when nothing is left. */
export function toName(text: string): string | null {
  const clean = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return clean === '' ? null : Array.from(clean).slice(0, MAX_LENGTH).join('');
}
