/** Who a number can belong to. `contact` is a contact person (table `fio`) of a client company. */
export type CallerKind = 'courier' | 'recipient' | 'contact' | 'client';

export const CALLER_KINDS = [
  'courier',
  'recipient',
  'contact',
  'client',
] as const satisfies readonly CallerKind[];

/** An office user (`users`) who looks after a courier or a client. */
export interface Manager {
  /** `users.user` */
  readonly user: string;
  /** `users.extPhone` as it stands there: several numbers separated by commas, one may be a mobile. */
  readonly extPhone: string;
}

/** The courier (`kurier`) in whose hands a shipment is. */
export interface Holder {
  /** `kurier.code` */
  readonly courier: number;
  /** `kurier.phonem`, the mobile number, as it stands there (unnormalised); `''` when empty. */
  readonly phonem: string;
  /** `kurier.phonek`, as it stands there (unnormalised); `''` when empty or when the column is missing. */
  readonly phonek: string;
  /** `givn.date_beg` as `YYYY-MM-DD hh:mm:ss`; null when empty or when the column is missing. */
  readonly issuedAt: string | null;
}

/** The client (`clients`) that a match leads to; null in a match whose client row does not exist. */
export interface Client {
  /** `clients.code` */
  readonly code: number;
  /** `clients.State`; null when empty or when the column is missing. */
  readonly state: number | null;
  /** null when the client has no manager, or one that is not in `users`. */
  readonly manager: Manager | null;
}

export interface CourierMatch {
  readonly kind: 'courier';
  /** `kurier.code` */
  readonly courier: number;
  readonly manager: Manager | null;
}

/**
 * One shipment that the number is the recipient of. A shipment issued to several couriers makes several
 * matches with the same `shipment` and another `holder`.
 */
export interface RecipientMatch {
  readonly kind: 'recipient';
  /** `address.code` */
  readonly shipment: number;
  /** `zakaz.code`; null when the shipment's row or its order's is missing. */
  readonly order: number | null;
  readonly client: Client | null;
  /** `address.date_put` is null. False for a shipment whose row is missing. */
  readonly open: boolean;
  /** null when the shipment is in no courier's hands. */
  readonly holder: Holder | null;
}

export interface ContactMatch {
  readonly kind: 'contact';
  /** `fio.code` */
  readonly person: number;
  readonly client: Client | null;
}

export interface ClientMatch {
  readonly kind: 'client';
  readonly client: Client | null;
}

/** One row of `contacts` for the caller's number, with what hangs on it. Never a name or an address. */
export type Match = CourierMatch | RecipientMatch | ContactMatch | ClientMatch;
