import type { Code, Holder } from './match.ts';

/** A shipment, found by its own code: whom it is for, and who has it. */
export interface ShipmentByCode {
  /** `address.code` */
  readonly shipment: Code;
  readonly order: Code | null;
  /** `clients.code` */
  readonly client: Code | null;
  /** `address.date_put` is empty. */
  readonly open: boolean;
  /** Couriers in whose hands it is. */
  readonly holders: readonly Holder[];
  /** `contacts.VALUE` of its recipient, each once; what is no number (a mail address) among them. */
  readonly numbers: readonly string[];
}

/** Somebody of the staff (`kurier`), found by their own code. */
export interface CourierByCode {
  /** `kurier.code` */
  readonly courier: Code;
  /** As they stand in `kurier`; `''` when empty or when the column is missing. */
  readonly phonem: string;
  readonly phonek: string;
  readonly phone: string;
  /** `kurier.dateput` is set. */
  readonly hasLeft: boolean;
}

/** Looks up by code what a number need not be known of. */
export interface CodeDirectory {
  /**
   * @returns null when it has no row in `contacts`
   * @throws as `Directory.find`
   */
  findShipment(code: Code, budgetMs: number): Promise<ShipmentByCode | null>;
  /** @returns null when there is none. @throws as `Directory.find` */
  findCourier(code: Code, budgetMs: number): Promise<CourierByCode | null>;
}
