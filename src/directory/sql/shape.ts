/** Columns that not every installation has; each is behind a feature of its own. */
export const OPTIONAL_COLUMNS = [
  'kurier.phonek',
  'kurier.phone',
  'kurier.store',
  'kurier.dateput',
  'clients.State',
  'givn.date_beg',
  'givn.kurierstate',
  'address.FL',
  'zakaz.Visible',
] as const;
export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number];

/** What the look-up depends on: settings, and what the schema check found (`schema.ts`). */
export interface LookupShape {
  /** The tables as this database spells them, by the vendor's names; left out: as the vendor does. */
  readonly tables: Readonly<Record<string, string>>;
  /** `givn.State` values that mean "in the courier's hands"; at least one. */
  readonly inHandStates: readonly number[];
  /** `contacts.VALUE` is a column of numbers. */
  readonly valueIsNumber: boolean;
  /** `givn.State` is an ENUM or a SET, which compares with a number by the place in its list. */
  readonly stateIsEnum: boolean;
  /** `fio`'s column that names the client; null when contact persons cannot be looked up. */
  readonly contactPersonClientColumn: string | null;
  /** Those that are there. */
  readonly optional: ReadonlySet<OptionalColumn>;
  /** Optional columns of type BIT, which arrive as bytes unless they are made numbers. */
  readonly bits: ReadonlySet<OptionalColumn>;
  /** How `manager` of each table is compared with `users.user`. */
  readonly manager: { readonly kurier: ManagerColumn; readonly clients: ManagerColumn };
  /**
   * Indexes lead from the couriers to what they hold, and from a shipment to its numbers. One of `givn.kurier`
   * without State would lead to all that they ever held, and a crowded number would cost that with each call.
   */
  readonly heldIndex: boolean;
  /** The only index of `contacts.VALUE` holds its beginning, and has no order to read the table in. */
  readonly prefixIndex: boolean;
}

export interface ManagerColumn {
  /** Both are numbers: they compare as they are. `text`: both are text. */
  readonly compare: 'as-text' | 'as-number' | 'text';
  /** Needed where the collations differ, and to make text of a number. */
  readonly conversion: Conversion | null;
  /** The column's character set has a no-break space, which may stand around a name. */
  readonly noBreakSpace: boolean;
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

const PLAIN_TEXT: ManagerColumn = { compare: 'text', conversion: null, noBreakSpace: true };

/** The look-up on a schema that has everything. */
export const FULL_SHAPE: LookupShape = {
  tables: {},
  inHandStates: [1],
  valueIsNumber: false,
  stateIsEnum: false,
  contactPersonClientColumn: 'client',
  optional: new Set(OPTIONAL_COLUMNS),
  bits: new Set(),
  manager: { kurier: PLAIN_TEXT, clients: PLAIN_TEXT },
  heldIndex: true,
  prefixIndex: false,
};
