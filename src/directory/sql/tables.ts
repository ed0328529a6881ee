/**
 * The part of the vendor's database `courier` that routing reads, as Kysely sees it. Names, and their
 * case, are the vendor's. The types of the columns are not documented; these are what the values must be
 * convertible to.
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
interface ContactsTable {
  Source: number;
  SourceCodeType: number;
  /** A phone normalised to digits, `79161234567`. */
  VALUE: string;
}

/** A shipment issued to a courier; one shipment can have several rows. */
interface GivnTable {
  /** `address.code` */
  address: number;
  /** `kurier.code` */
  kurier: number;
  State: number;
  /** Optional: not every installation is known to have it. */
  date_beg: string | null;
}

interface KurierTable {
  code: number;
  phonem: string | null;
  /** Optional. */
  phonek: string | null;
  /** `users.user` */
  manager: string | null;
}

interface UsersTable {
  user: string;
  extPhone: string | null;
}

interface ClientsTable {
  code: number;
  /** `users.user` */
  manager: string | null;
  /** Optional. */
  State: number | null;
}

/** Contact persons of clients. The column that names the client differs: see the configuration. */
interface FioTable {
  code: number;
}

/** A shipment. */
interface AddressTable {
  code: number;
  /** `zakaz.code` */
  zakaz: number | null;
  /** null while the shipment is open. */
  date_put: string | null;
}

/** An order. */
interface ZakazTable {
  code: number;
  /** `clients.code` */
  source: number | null;
}
