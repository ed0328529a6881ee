/**
 * The part of the vendor's database `courier` that routing reads, as Kysely sees it. Names, and their
 * case, are the vendor's. The types of the columns are not documented; these are what the values must be
 * convertible to. Columns marked as optional are not in every installation.
 */
export interface CourierDatabase {
  contacts: ContactsTable;
  givn: GivnTable;
  kurier: KurierTable;
  users: UsersTable;
  clients: ClientsTable;
  fio: FioTable;
  address: AddressTable;
  zakaz: ZakazTable;
}

/** `contacts.SourceCodeType`: which table `contacts.Source` points into. */
export const SOURCE_CODE_TYPE = { courier: 1, client: 2, recipient: 3, contact: 39 } as const;

/** The index of every phone, mail address and so on. */
export interface ContactsTable {
  Source: number;
  SourceCodeType: number;
  /** A phone normalised to digits, `79161234567`. */
  VALUE: string;
}

/** A shipment issued to a courier; one shipment can have several rows. */
export interface GivnTable {
  /** `address.code` */
  address: number;
  /** `kurier.code` */
  kurier: number;
  State: number;
  /** Optional. What the courier has reported, in codes of State. */
  kurierstate: number | null;
  /** Optional. */
  date_beg: string | null;
}

/** Staff, not couriers alone. */
export interface KurierTable {
  code: number;
  phonem: string | null;
  /** Optional. */
  phonek: string | null;
  /** Optional. The personal telephone. */
  phone: string | null;
  /** `users.user`, or the code of another row of this table. */
  manager: string | null;
  /** Optional. `store.Code` */
  store: number | null;
  /** Optional. Not null: has left. */
  dateput: string | null;
}

export interface UsersTable {
  user: string;
  extPhone: string | null;
}

export interface ClientsTable {
  code: number;
  /** `users.user`, or `kurier.code`. */
  manager: string | null;
  /** Optional. */
  State: number | null;
}

/** Contact persons of clients. The column that names the client differs: see the configuration. */
export interface FioTable {
  code: number;
}

/** A shipment. */
export interface AddressTable {
  code: number;
  /** `zakaz.code` */
  zakaz: number | null;
  /** null while the shipment is open. */
  date_put: string | null;
  /** Optional. `store.Code` */
  FL: number | null;
}

/** An order. */
export interface ZakazTable {
  code: number;
  /** `clients.code` */
  source: number | null;
  /** Optional. `T` marks live orders. */
  Visible: string | null;
}
