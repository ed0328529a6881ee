import { createRequire } from 'node:module';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { Compilable, Insertable } from 'kysely';

import type { Database, Statement } from 'node-sqlite3-wasm';
import type { CodeDirectory, CourierByCode, ShipmentByCode } from '../by-code.ts';
import type { DirectoryAnswer, DirectoryReport, ManagedDirectory, PoolStats } from '../directory.ts';
import { DirectoryUnavailableError } from '../directory.ts';
import { createSpellings } from '../../phone/spellings.ts';
import type { Code } from '../match.ts';
import { compileCourier, compileShipment, toCourier, toShipment } from '../sql/code.query.ts';
import { compileLookup } from '../sql/lookup.query.ts';
import { FULL_SHAPE } from '../sql/shape.ts';
import { toMatches } from '../sql/lookup.row.ts';
import type { CourierDatabase } from '../sql/tables.ts';
import * as demoCompany from './company.ts';

/** The vendor's tables with one name for the column that differs between installations. */
type DemoDatabase = Omit<CourierDatabase, 'fio'> & { fio: { code: number; client: number } };

/** The rows of a whole company, as `company.ts` has them; columns that no look-up reads are ignored. */
type Company = {
  readonly [Table in keyof DemoDatabase]: readonly Insertable<DemoDatabase[Table]>[];
};

export interface EmbeddedDirectoryOptions {
  /** Default: the demo company. */
  readonly company?: Company;
  /** Default: `[1]`. */
  readonly inHandStates?: readonly number[];
}

/**
 * The demo database: the vendor's tables in SQLite, in this process's memory, with the data of
 * `company.ts`. It answers through the same look-up statement as a real database, and reads nothing else.
 *
 * The engine is synchronous and answers in well under a millisecond, so no budget is watched.
 */
export class EmbeddedDirectory implements ManagedDirectory, CodeDirectory {
  readonly #database: Database;
  readonly #lookup: Statement;
  readonly #shipment: Statement;
  readonly #courier: Statement;
  readonly #inHandStates: readonly number[];
  /** All ways to write a number: the engine is in this process, and has few rows. */
  readonly #spellings = createSpellings('RU');

  constructor({
    company = demoCompany,
    inHandStates = FULL_SHAPE.inHandStates,
  }: EmbeddedDirectoryOptions = {}) {
    const db = sqliteBuilder<DemoDatabase>();
    this.#database = new (sqlite().Database)(':memory:');
    this.#database.exec('begin');
    for (const statement of [...createTables(db), ...insertRows(db, company)]) {
      const { sql, parameters } = statement.compile();
      this.#database.run(sql, parameters.filter(isColumnValue));
    }
    this.#database.exec('commit');
    this.#inHandStates = inHandStates;
    const shape = { ...FULL_SHAPE, inHandStates };
    const builder = sqliteBuilder<CourierDatabase>();
    this.#lookup = this.#database.prepare(compileLookup(builder, shape, this.#spellings.count).sql);
    this.#shipment = this.#database.prepare(compileShipment(builder, shape).sql);
    this.#courier = this.#database.prepare(compileCourier(builder, shape).sql);
  }

  async start(): Promise<DirectoryReport> {
    return { state: 'ready', version: 'SQLite, embedded', warnings: [], problem: null };
  }

  async find(number: string): Promise<DirectoryAnswer> {
    const rows = this.#ask(this.#lookup, [...this.#spellings.of(number)]);
    return { matches: toMatches(rows, number, this.#inHandStates), source: 'live', ageSeconds: 0 };
  }

  async findShipment(code: Code): Promise<ShipmentByCode | null> {
    return toShipment(this.#ask(this.#shipment, [code]), this.#inHandStates);
  }

  async findCourier(code: Code): Promise<CourierByCode | null> {
    return toCourier(this.#ask(this.#courier, [code])[0]);
  }

  #ask(statement: Statement, parameters: (string | number)[]): Record<string, unknown>[] {
    if (!this.#database.isOpen) throw new DirectoryUnavailableError('The demo database is closed.');
    return statement.all(parameters);
  }

  stats(): PoolStats {
    return { size: 1, used: 0, waiting: 0 };
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Loaded only when it is used: it takes 12 MB, of which a server with a real database has no use. */
function sqlite(): typeof import('node-sqlite3-wasm') {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own types describe it
  return createRequire(import.meta.url)('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm');
}

/** Compiles for SQLite and runs nothing: the engine is synchronous, which Kysely's drivers are not. */
function sqliteBuilder<DB>(): Kysely<DB> {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

function createTables({ schema }: Kysely<DemoDatabase>): Compilable[] {
  return [
    schema
      .createTable('contacts')
      .addColumn('Source', 'integer')
      .addColumn('SourceCodeType', 'integer')
      .addColumn('VALUE', 'text'),
    schema.createIndex('contacts_value').on('contacts').column('VALUE'),
    schema
      .createTable('givn')
      .addColumn('address', 'integer')
      .addColumn('kurier', 'integer')
      .addColumn('State', 'integer')
      .addColumn('kurierstate', 'integer')
      .addColumn('date_beg', 'text'),
    schema.createIndex('givn_address').on('givn').column('address'),
    schema
      .createTable('kurier')
      .addColumn('code', 'integer', (column) => column.primaryKey())
      .addColumn('phonem', 'text')
      .addColumn('phonek', 'text')
      .addColumn('phone', 'text')
      .addColumn('manager', 'text')
      .addColumn('store', 'integer')
      .addColumn('dateput', 'text'),
    schema
      .createTable('users')
      .addColumn('user', 'text', (column) => column.primaryKey())
      .addColumn('extPhone', 'text'),
    schema
      .createTable('clients')
      .addColumn('code', 'integer', (column) => column.primaryKey())
      .addColumn('manager', 'text')
      .addColumn('State', 'integer'),
    schema
      .createTable('fio')
      .addColumn('code', 'integer', (column) => column.primaryKey())
      .addColumn('client', 'integer'),
    schema
      .createTable('address')
      .addColumn('code', 'integer', (column) => column.primaryKey())
      .addColumn('zakaz', 'integer')
      .addColumn('date_put', 'text')
      .addColumn('FL', 'integer'),
    schema
      .createTable('zakaz')
      .addColumn('code', 'integer', (column) => column.primaryKey())
      .addColumn('source', 'integer')
      .addColumn('Visible', 'text'),
  ];
}

/** The columns are picked one by one: names and passwords stay out even of the demo database. */
function* insertRows(db: Kysely<DemoDatabase>, company: Company): Iterable<Compilable> {
  for (const { user, extPhone } of company.users) yield db.insertInto('users').values({ user, extPhone });
  for (const { code, phonem, phonek, phone, manager, store, dateput } of company.kurier) {
    yield db.insertInto('kurier').values({ code, phonem, phonek, phone, manager, store, dateput });
  }
  for (const { code, manager, State } of company.clients) {
    yield db.insertInto('clients').values({ code, manager, State });
  }
  for (const { code, client } of company.fio) {
    yield db.insertInto('fio').values({ code, client });
  }
  for (const { code, source, Visible } of company.zakaz) {
    yield db.insertInto('zakaz').values({ code, source, Visible });
  }
  for (const { code, zakaz, date_put, FL } of company.address) {
    yield db.insertInto('address').values({ code, zakaz, date_put, FL });
  }
  for (const { address, kurier, State, kurierstate, date_beg } of company.givn) {
    yield db.insertInto('givn').values({ address, kurier, State, kurierstate, date_beg });
  }
  for (const { Source, SourceCodeType, VALUE } of company.contacts) {
    yield db.insertInto('contacts').values({ Source, SourceCodeType, VALUE });
  }
}

function isColumnValue(value: unknown): value is string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null;
}
