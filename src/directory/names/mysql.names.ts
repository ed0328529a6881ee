import { messageOf } from '../../util/errors.ts';
import { DirectoryTimeoutError } from '../directory.ts';
import type { Code } from '../match.ts';
import type { DatabaseAddress } from '../mysql/database-url.ts';
import { isSchemaChange } from '../mysql/mysql.errors.ts';
import { QueryPool, type Row } from '../mysql/query.pool.ts';
import { toDateTime, toRawText, toText } from '../sql/values.ts';
import {
  MAX_NAMES,
  NO_NAMES,
  toName,
  type CourierName,
  type DeliveryPlan,
  type FoundName,
  type Names,
  type NamesReader,
  type NamesState,
  type ShipmentName,
  type WantedNames,
} from './names.ts';
import { isBarcode, likePattern, MAX_FOUND, RECENT_SHIPMENTS, SEARCHED } from './search.ts';

/** Of one table. */
interface Statements {
  readonly find: string;
  /** Takes a pattern. Undefined where its names cannot be read. */
  readonly search: string | undefined;
  /** Of shipments: takes a code and a bar code. */
  readonly shipment?: string;
}

/** What is read of each table, beside `code`. Every column may be missing: then there is one fact less. */
const COLUMNS = {
  kurier: ['name', 'manager'],
  clients: ['company'],
  fio: ['name'],
  address: ['name', 'target', 'strbarcode', 'date_putn', 'time_put_min', 'time_put_max'],
} as const;
type Table = keyof typeof COLUMNS;
const TABLES: readonly Table[] = ['kurier', 'clients', 'fio', 'address'];

/** Without these there are codes in place of names, and that is told. The others are a matter of the installation. */
const WORTH_TELLING = ['kurier.name', 'clients.company', 'fio.name', 'address.name'];

export interface MysqlNamesOptions {
  readonly address: DatabaseAddress;
  readonly onProblem: (problem: string) => void;
  /** For each statement, in ms. Somebody waits for the card of a call. Default 300. */
  readonly budgetMs?: number;
}

const COLUMNS_BUDGET_MS = 3000;
const POOL_SIZE = 4;

/** Names from the vendor's database, with one statement a table, by primary key. */
export class MysqlNames implements NamesReader {
  readonly #options: Required<MysqlNamesOptions>;
  readonly #pool: QueryPool;
  /** By table; undefined until the columns are known. */
  #statements: Promise<ReadonlyMap<Table, Statements>> | undefined;
  #state: NamesState = { missing: null, problem: null };

  constructor(options: MysqlNamesOptions) {
    this.#options = { budgetMs: 300, ...options };
    this.#pool = new QueryPool(options.address, { poolSize: POOL_SIZE });
  }

  state(): NamesState {
    return this.#state;
  }

  async find({ couriers, clients, contacts, shipments }: WantedNames): Promise<Names> {
    // Without a question there is no answer either, good or bad: the state stays.
    if ([couriers, clients, contacts, shipments].every(({ length }) => length === 0)) return NO_NAMES;
    try {
      const statements = await this.#known();
      const ask = (table: Table, codes: readonly Code[]) => this.#ask(statements.get(table)?.find, codes);
      const [courierRows, clientRows, contactRows, shipmentRows] = await Promise.all([
        ask('kurier', couriers),
        ask('clients', clients),
        ask('fio', contacts),
        ask('address', shipments),
      ]);
      const names = {
        couriers: await this.#withManagers(courierRows, statements),
        clients: toMap(clientRows, ({ company }) => nameOf(company)),
        contacts: toMap(contactRows, ({ name }) => nameOf(name)),
        shipments: toMap(shipmentRows, toShipmentName),
      };
      this.#state = { ...this.#state, problem: null };
      return names;
    } catch (error) {
      this.#failed(error);
      return NO_NAMES;
    }
  }

  async search(text: string): Promise<readonly FoundName[]> {
    try {
      const statements = await this.#known();
      const shipments = await this.#shipmentsOf(text, statements.get('address')?.shipment);
      const found = await Promise.all(
        SEARCHED.map(async ({ kind, table, column }): Promise<FoundName[]> => {
          const search = statements.get(table)?.search;
          if (search === undefined) return [];
          const rows = await this.#pool.run(search, [likePattern(text)], this.#options.budgetMs);
          return [...toMap(rows, (row) => nameOf(row[column]))].map(([code, name]) => ({ kind, code, name }));
        }),
      );
      this.#state = { ...this.#state, problem: null };
      const known = new Set(shipments.map(({ code }) => code));
      const named = found.flat().filter(({ kind, code }) => kind !== 'recipient' || !known.has(code));
      return [...named, ...shipments];
    } catch (error) {
      this.#failed(error);
      return [];
    }
  }

  async hasShipment(code: Code): Promise<boolean | null> {
    try {
      const statement = (await this.#known()).get('address')?.find;
      if (statement === undefined) return null;
      const isThere = (await this.#ask(statement, [code])).length > 0;
      this.#state = { ...this.#state, problem: null };
      return isThere;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** By code or bar code. Only what could be one costs a second look through the newest shipments. */
  async #shipmentsOf(text: string, statement: string | undefined): Promise<FoundName[]> {
    if (statement === undefined || !isBarcode(text)) return [];
    const code = /^\d{1,15}$/.test(text) ? text : '0';
    const rows = await this.#pool.run(statement, [code, text], this.#options.budgetMs);
    return rows.map((row) => {
      const found = toText(row['code']);
      return { kind: 'recipient', code: found, name: nameOf(row['name']) ?? found };
    });
  }

  async #ask(statement: string | undefined, codes: readonly Code[]): Promise<Row[]> {
    if (statement === undefined || codes.length === 0) return [];
    const some = [...new Set(codes.map(String))].slice(0, MAX_NAMES);
    const values = Array.from({ length: MAX_NAMES }, (_, index) => some[index] ?? '0');
    return this.#pool.run(statement, values, this.#options.budgetMs);
  }

  /** A manager is a login, or the code of somebody of the staff. */
  async #withManagers(
    rows: readonly Row[],
    statements: ReadonlyMap<Table, Statements>,
  ): Promise<ReadonlyMap<string, CourierName>> {
    const codes = rows.map((row) => toText(row['manager'])).filter((manager) => /^[1-9]\d*$/.test(manager));
    const staff = toMap(await this.#ask(statements.get('kurier')?.find, codes), ({ name }) => nameOf(name));
    return toMap(rows, ({ name, manager }) => ({
      name: nameOf(name),
      manager: staff.get(toText(manager)) ?? nameOf(manager),
    }));
  }

  /** One look serves all who wait for it. */
  async #known(): Promise<ReadonlyMap<Table, Statements>> {
    this.#statements ??= this.#readColumns();
    const statements = this.#statements;
    let timer: NodeJS.Timeout | undefined;
    const budget = new Promise<never>((_resolve, reject) => {
      const late = new DirectoryTimeoutError('The columns of names could not be read in time.');
      timer = setTimeout(() => reject(late), this.#options.budgetMs);
    });
    try {
      return await Promise.race([statements, budget]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #readColumns(): Promise<ReadonlyMap<Table, Statements>> {
    try {
      const names = TABLES.map((table) => `'${table}'`).join(', ');
      const rows = await this.#pool.run(
        `select table_name as tableName, column_name as columnName,
            column_key <> '' and data_type like '%int' as isIndexed
          from information_schema.columns
          where table_schema = database() and lower(table_name) in (${names})`,
        [],
        COLUMNS_BUDGET_MS,
      );
      const there = new Set(rows.map((row) => fullName(row).toLowerCase()));
      const missing = WORTH_TELLING.filter((column) => !there.has(column));
      this.#state = { missing, problem: null };
      return new Map(TABLES.flatMap((table) => compile(table, rows, there)));
    } catch (error) {
      this.#statements = undefined;
      throw error;
    }
  }

  #failed(error: unknown): void {
    // It is looked at again by the next who asks.
    if (isSchemaChange(error)) this.#statements = undefined;
    const problem = messageOf(error);
    if (problem !== this.#state.problem) this.#options.onProblem(problem);
    this.#state = { ...this.#state, problem };
  }
}

/** Nothing without the code, or where there is nothing to read. */
function compile(table: Table, rows: readonly Row[], there: ReadonlySet<string>): [Table, Statements][] {
  const columns = COLUMNS[table].filter((column) => there.has(`${table}.${column}`));
  if (columns.length === 0 || !there.has(`${table}.code`)) return [];
  // As the server spells it: on Linux the case of a table counts.
  const itsName = rows.map((row) => toRawText(row['tableName'])).find((name) => name.toLowerCase() === table);
  const places = Array(MAX_NAMES).fill('?').join(', ');
  const { column } = SEARCHED.find((one) => one.table === table) ?? {};
  const isLarge = table === 'address';
  const isBounded = rows.some(
    (row) => fullName(row).toLowerCase() === 'address.code' && row['isIndexed'] === 1,
  );
  const isSearched = there.has(`${table}.${column}`) && (isBounded || !isLarge);
  // Signed: the difference of an unsigned code may be below zero, which is an error.
  const newest = `(select greatest(0, cast(max(code) as signed) - ${RECENT_SHIPMENTS}) from \`${itsName}\`)`;
  return [
    [
      table,
      {
        find: `select code, ${columns.join(', ')} from \`${itsName}\` where code in (${places})`,
        search: isSearched
          ? `select code, ${column} from \`${itsName}\` where code > ${isLarge ? newest : 0} and ${column} like ? escape '!' order by code desc limit ${MAX_FOUND}`
          : undefined,
        ...(isLarge &&
          isBounded && {
            shipment: `select code${there.has('address.name') ? ', name' : ''} from \`${itsName}\` where code = ?${
              there.has('address.strbarcode') ? ` or (code > ${newest} and strbarcode = ?)` : ' or ? is null'
            } order by code desc limit ${MAX_FOUND}`,
          }),
      },
    ],
  ];
}

function fullName(row: Row): string {
  return `${toRawText(row['tableName'])}.${toRawText(row['columnName'])}`;
}

function toMap<Value>(rows: readonly Row[], read: (row: Row) => Value | null): ReadonlyMap<string, Value> {
  return new Map(
    rows.flatMap((row) => {
      const value = read(row);
      return value === null ? [] : [[toText(row['code']), value] as const];
    }),
  );
}

function nameOf(value: unknown): string | null {
  return toName(toRawText(value));
}

function toShipmentName({ name, target, strbarcode, ...row }: Row): ShipmentName {
  const barcode = nameOf(strbarcode);
  return {
    name: nameOf(name),
    company: nameOf(target),
    barcode: barcode === '0' ? null : barcode,
    plan: toPlan(row),
  };
}

function toPlan({ date_putn, time_put_min, time_put_max }: Row): DeliveryPlan | null {
  const day = toDateTime(date_putn)?.slice(0, 10);
  if (day === undefined) return null;
  return { day, from: toHour(time_put_min), until: toHour(time_put_max) };
}

/** `10:00` of `10:00:00`, or of a date with time; midnight is how an empty field looks. */
function toHour(value: unknown): string | null {
  const text = value instanceof Date ? (toDateTime(value) ?? '') : toText(value);
  const [, hour] = /(?:^|[ T])(\d\d:\d\d)/.exec(text) ?? [];
  return hour === undefined || hour === '00:00' ? null : hour;
}
