import type { DatabaseServer } from './server.ts';

/** A company of real size, in the tables of `courier-schema.ts`: for plans of execution and measurements. */
export interface BigCompany {
  readonly shipments: number;
  readonly clients: number;
  readonly couriers: number;
  readonly users: number;
  /** The number of the recipient of shipment `n`, from 1. Every fourth recipient gets a second shipment. */
  recipient(n: number): string;
  /** The number of client `n`, from 1. */
  client(n: number): string;
  /** The number of the contact person of client `n`, from 1. */
  contact(n: number): string;
  /** The number of courier `n`, from 1. */
  courier(n: number): string;
  /** The recipient of every hundredth shipment: a pick-up point. */
  readonly busy: string;
  /** Whether shipment `n` is in a courier's hands; then that is courier `n % couriers + 1`. */
  isHeld(n: number): boolean;
}

/** One in ten shipments is open, the newest; of these two in three are in a courier's hands. */
const OPEN_SHARE = 0.1;

/** About 12 s per million rows. */
export async function insertBigCompany(
  server: DatabaseServer,
  { shipments = 60_000 }: { shipments?: number } = {},
): Promise<BigCompany> {
  const clients = Math.ceil(shipments / 30);
  const couriers = Math.ceil(shipments / 600);
  const orders = Math.ceil(shipments / 3);
  const users = 40;
  const recipients = Math.ceil(shipments * 0.8);
  const firstOpen = Math.ceil(shipments * (1 - OPEN_SHARE)) + 1;

  await insertCounter(server, shipments);
  await server.sql(`
    INSERT INTO users (user, extPhone)
      SELECT CONCAT('user', i), CONCAT(100 + i, ', ', 200 + i) FROM counter WHERE i <= ${users};
    INSERT INTO kurier (code, name, phonem, phonek, manager)
      SELECT i, CONCAT('Курьер ', i), CONCAT('8-903-', LPAD(i, 7, '0')), '', CONCAT('user', i % ${users} + 1)
      FROM counter WHERE i <= ${couriers};
    INSERT INTO clients (code, company, manager, State, login, pass)
      SELECT i, CONCAT('Клиент ', i), CONCAT('user', i % ${users} + 1), 1, CONCAT('login', i), 'secret'
      FROM counter WHERE i <= ${clients};
    INSERT INTO fio (code, client, name)
      SELECT i, i, CONCAT('Сотрудник ', i) FROM counter WHERE i <= ${clients};
    INSERT INTO zakaz (code, source) SELECT i, i % ${clients} + 1 FROM counter WHERE i <= ${orders};
    INSERT INTO address (code, zakaz, date_put, name)
      SELECT i, i % ${orders} + 1, IF(i >= ${firstOpen}, NULL, '2026-03-01 12:00:00'), CONCAT('Получатель ', i)
      FROM counter;
    INSERT INTO givn (address, kurier, State, date_beg)
      SELECT i, i % ${couriers} + 1, IF(i >= ${firstOpen}, 1, 5), '2026-03-02 09:00:00'
      FROM counter WHERE i < ${firstOpen} OR i % 3 <> 0;
    INSERT INTO givn (address, kurier, State, date_beg)
      SELECT i, (i + 1) % ${couriers} + 1, 4, '2026-03-01 09:00:00' FROM counter WHERE i % 10 = 0;
    INSERT INTO contacts (Source, SourceCodeType, VALUE)
      SELECT i, 1, CONCAT('7903', LPAD(i, 7, '0')) FROM counter WHERE i <= ${couriers};
    INSERT INTO contacts (Source, SourceCodeType, VALUE)
      SELECT i, 2, CONCAT('7495', LPAD(i, 7, '0')) FROM counter WHERE i <= ${clients};
    INSERT INTO contacts (Source, SourceCodeType, VALUE)
      SELECT i, 39, CONCAT('7499', LPAD(i, 7, '0')) FROM counter WHERE i <= ${clients};
    INSERT INTO contacts (Source, SourceCodeType, VALUE)
      SELECT i, 3, CONCAT('7916', LPAD(i % ${recipients}, 7, '0')) FROM counter;
    INSERT INTO contacts (Source, SourceCodeType, VALUE)
      SELECT i, 3, '79169999999' FROM counter WHERE i % 100 = 0;
    DROP TABLE counter;
    ANALYZE TABLE contacts, givn, kurier, users, clients, fio, address, zakaz;
  `);

  return {
    shipments,
    clients,
    couriers,
    users,
    recipient: (n) => `7916${seven(n % recipients)}`,
    client: (n) => `7495${seven(n)}`,
    contact: (n) => `7499${seven(n)}`,
    courier: (n) => `7903${seven(n)}`,
    busy: '79169999999',
    isHeld: (n) => n >= firstOpen && n % 3 !== 0,
  };
}

function seven(n: number): string {
  return String(n).padStart(7, '0');
}

/** A table of the numbers from 1 to `size`, doubled up: MySQL has no sequences as MariaDB has. */
async function insertCounter(server: DatabaseServer, size: number): Promise<void> {
  await server.sql('CREATE TABLE counter (i INT NOT NULL PRIMARY KEY); INSERT INTO counter VALUES (1)');
  for (let filled = 1; filled < size; filled *= 2) {
    await server.sql(`INSERT INTO counter SELECT i + ${filled} FROM counter WHERE i <= ${size - filled}`);
  }
}
