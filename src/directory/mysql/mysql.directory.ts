import type { CodeDirectory, CourierByCode, ShipmentByCode } from '../by-code.ts';
import type { DirectoryAnswer, DirectoryReport, ManagedDirectory, PoolStats } from '../directory.ts';
import { DirectoryTimeoutError, DirectoryUnavailableError, LEAST_BUDGET_MS } from '../directory.ts';
import type { Code } from '../match.ts';
import { createSpellings } from '../../phone/spellings.ts';
import { toCourier, toShipment } from '../sql/code.query.ts';
import { compileBeginnings, crowdedParameters } from '../sql/lookup.query.ts';
import { toMatches } from '../sql/lookup.row.ts';
import type { LookupShape } from '../sql/shape.ts';
import { SpellingsInUse } from '../sql/spellings-in-use.ts';
import { toRawText } from '../sql/values.ts';
import { toEntries } from '../snapshot/page.ts';
import type { Page, PagedDirectory } from '../snapshot/page.ts';
import type { SnapshotEntry } from '../snapshot/snapshot.ts';
import { mysqlBuilder } from './builder.ts';
import { describeAddress, type DatabaseAddress } from './database-url.ts';
import type { Refusal, Row } from './connection.ts';
import { LookupBatcher } from './lookup-batcher.ts';
import { isSchemaChange } from './mysql.errors.ts';
import { readServerVersion } from './server-version.ts';
import { QueryPool } from './query.pool.ts';
import { compileStatements, type Statements } from './statements.ts';
import {
  checkSchema,
  compileColumnsQuery,
  compileIndexesQuery,
  SchemaError,
  toColumnRow,
  toIndexRow,
} from '../sql/schema.ts';
import type { SchemaSettings } from '../sql/schema.ts';

export interface MysqlDirectoryOptions extends SchemaSettings {
  readonly address: DatabaseAddress;
  /** Connections at most; they are made as they are needed. */
  readonly poolSize: number;
  /** Look-ups that may wait for a connection; one more fails at once. Default 1000. */
  readonly queueLimit?: number;
  /** The longest budget that `find` will be given, in ms. */
  readonly maxBudgetMs: number;
  /** What a national number is in `contacts`. Default `RU`. */
  readonly country?: string | undefined;
  /** Rows of `contacts` in a page of the snapshot. Default 100. */
  readonly pageSize?: number;
  /** Told when the schema has been checked with success, and the report is not the last one again. */
  readonly onReady?: ((report: DirectoryReport) => void) | undefined;
  /** Told of each setting that the server refuses and is used without, once. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

/** For each statement of a page: on a busy database it may take far longer than usual. */
const PAGE_BUDGET_MS = 5000;

const CHECK_TOOK_ALL =
  'The schema of the courier database was checked first, which left no time for the look-up.';

/**
 * The vendor's database on MySQL (5.7 to 9) or MariaDB (10 to 11). A look-up is one prepared statement and
 * one round trip, which calls that come at the same time share, and holds no transaction.
 *
 * The schema is checked before the first look-up. While the database is away that check is tried again by
 * each look-up, so that the router comes back without being restarted.
 */
export class MysqlDirectory implements ManagedDirectory, PagedDirectory, CodeDirectory {
  readonly #options: MysqlDirectoryOptions;
  readonly #pool: QueryPool;
  readonly #lookups: LookupBatcher;
  /** For pages: they take longer than a caller may wait, and must take no connection from callers. */
  readonly #pagePool: QueryPool;
  readonly #spellings: SpellingsInUse;
  /** Undefined until the schema has been checked. */
  #statements: Statements | undefined;
  #check: Promise<DirectoryReport> | undefined;
  #lastReport: DirectoryReport | undefined;

  constructor(options: MysqlDirectoryOptions) {
    this.#options = options;
    const { address, poolSize, queueLimit = 1000, onRefused } = options;
    this.#spellings = new SpellingsInUse(createSpellings(options.country ?? 'RU'));
    this.#pool = new QueryPool(address, { poolSize, onRefused });
    this.#lookups = new LookupBatcher(this.#pool, { poolSize, queueLimit, name: describeAddress(address) });
    this.#pagePool = new QueryPool(address, { poolSize: 1 });
  }

  /** Looks for numbers in the ways that were learnt of the same table: the next snapshot, which shows them, may be far off. */
  inherit(old: ManagedDirectory): void {
    if (old instanceof MysqlDirectory) this.#spellings.inherit(old.#spellings);
  }

  async start(): Promise<DirectoryReport> {
    try {
      return await this.#checkOnce();
    } catch (error) {
      if (error instanceof DirectoryUnavailableError || error instanceof DirectoryTimeoutError) {
        return { state: 'unavailable', version: null, warnings: [], problem: error.message };
      }
      throw error;
    }
  }

  /** @throws {DirectoryUnavailableError} also when the schema lacks something: `cause` is then a SchemaError */
  async find(number: string, budgetMs: number): Promise<DirectoryAnswer> {
    const startedAt = performance.now();
    const { lookup } = this.#statements ?? (await this.#checkedStatements(budgetMs));
    const restMs = budgetMs - (performance.now() - startedAt);
    if (restMs < LEAST_BUDGET_MS) throw new DirectoryTimeoutError(CHECK_TOOK_ALL);
    let rows: Row[];
    try {
      rows = await this.#lookups.find(number, restMs, lookup);
    } catch (error) {
      this.#forgetSchemaAfter(error);
      throw error;
    }
    const { inHandStates } = this.#options;
    return { matches: toMatches(rows, number, inHandStates), source: 'live', ageSeconds: 0 };
  }

  /** @throws as `find` does */
  async findShipment(code: Code, budgetMs: number): Promise<ShipmentByCode | null> {
    const rows = await this.#ask(({ shipment }) => shipment, code, budgetMs);
    return toShipment(rows, this.#options.inHandStates);
  }

  /** @throws as `find` does */
  async findCourier(code: Code, budgetMs: number): Promise<CourierByCode | null> {
    const [row] = await this.#ask(({ courier }) => courier, code, budgetMs);
    return toCourier(row);
  }

  async #ask(choose: (statements: Statements) => string, code: Code, budgetMs: number): Promise<Row[]> {
    const startedAt = performance.now();
    const statements = this.#statements ?? (await this.#checkedStatements(budgetMs));
    const restMs = budgetMs - (performance.now() - startedAt);
    if (restMs < LEAST_BUDGET_MS) throw new DirectoryTimeoutError(CHECK_TOOK_ALL);
    try {
      return await this.#pool.run(choose(statements), [String(code)], restMs);
    } catch (error) {
      this.#forgetSchemaAfter(error);
      throw error;
    }
  }

  /** @throws as `find` does */
  async readPage(after: string): Promise<Page> {
    const statements = this.#statements ?? (await this.#checkedStatements(PAGE_BUDGET_MS));
    const ask = (statement: string, parameters: readonly string[]) =>
      this.#pagePool.run(statement, parameters, PAGE_BUDGET_MS).catch((error: unknown) => {
        this.#forgetSchemaAfter(error);
        throw error;
      });

    const { pages, lookup, shape, width } = statements;
    const spellings = this.#spellings;
    if (after === '') spellings.begin();
    const from = after === '' ? pages.start : after;
    const [end] = await ask(pages.end.sql, [from]);
    const [last] = end === undefined ? await ask(pages.last.sql, []) : [end];
    const upTo = toRawText(last?.['key']);
    if (end !== undefined && upTo === from) {
      throw new DirectoryUnavailableError(
        'contacts.VALUE holds bytes that are no UTF-8, so that no snapshot can be taken: is the column binary?',
      );
    }
    const entries: SnapshotEntry[] = [];
    const read = (rows: readonly Row[]) => {
      entries.push(...toEntries(rows, spellings.spellings, shape.inHandStates, spellings.see));
    };
    if (upTo !== '') {
      const rows = await ask(pages.rows.sql, [from, upTo]);
      if (rows.length < pages.mostRows) read(rows);
      else {
        // The last number has more rows than a page holds.
        read(await ask(pages.rowsBefore.sql, [from, upTo]));
        const values = Array<string>(width).fill(upTo);
        read(await ask(lookup.crowded, crowdedParameters(shape, values, upTo)));
      }
    }
    const isLearnt = end === undefined && spellings.finish();
    // Unless the schema has changed meanwhile.
    if (isLearnt && this.#statements === statements)
      this.#statements = compileStatements(shape, this.#spellings, this.#options.pageSize);
    return { entries, next: end === undefined ? null : upTo };
  }

  stats(): PoolStats {
    const { size, used, waiting } = this.#pool.stats();
    return { size, used, waiting: waiting + this.#lookups.waiting };
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#pagePool.close()]);
  }

  /** It is checked again before the next look-up. */
  #forgetSchemaAfter(error: unknown): void {
    if (isSchemaChange(error)) this.#statements = undefined;
  }

  /** One check serves all who wait for it, and none of them waits longer than their budget. */
  async #checkedStatements(budgetMs: number): Promise<Statements> {
    let timer: NodeJS.Timeout | undefined;
    const budget = new Promise<never>((_resolve, reject) => {
      const error = new DirectoryTimeoutError(`The schema could not be checked within ${budgetMs} ms.`);
      timer = setTimeout(() => reject(error), budgetMs);
    });
    try {
      await Promise.race([this.#checkOnce(), budget]);
    } catch (error) {
      if (error instanceof SchemaError) throw new DirectoryUnavailableError(error.message, { cause: error });
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (this.#statements !== undefined) return this.#statements;
    throw new DirectoryUnavailableError('The schema of the courier database has just changed.');
  }

  #checkOnce(): Promise<DirectoryReport> {
    this.#check ??= this.#checkNow().finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  async #checkNow(): Promise<DirectoryReport> {
    const db = mysqlBuilder();
    const { maxBudgetMs, onReady } = this.#options;
    const [server] = await this.#pool.run('select version() as version', [], maxBudgetMs);
    const columns = await this.#pool.run(compileColumnsQuery(db).sql, [], maxBudgetMs);

    const indexes = await this.#pool.run(compileIndexesQuery(db).sql, [], maxBudgetMs);

    // Should it lack something, the old statements must not go on.
    this.#statements = undefined;
    const { shape, warnings } = checkSchema(columns.map(toColumnRow), indexes.map(toIndexRow), this.#options);
    await this.#learnBeginnings(shape);
    this.#statements = compileStatements(shape, this.#spellings, this.#options.pageSize);
    const version = nameVersion(String(server?.['version']));
    const report: DirectoryReport = { state: 'ready', version, warnings, problem: null };
    const isNews = JSON.stringify(report) !== JSON.stringify(this.#lastReport);
    this.#lastReport = report;
    if (isNews) onReady?.(report);
    return report;
  }

  /** Of the rare ways to write a number. The look-ups do without them where that cannot be found out. */
  async #learnBeginnings(shape: LookupShape): Promise<void> {
    if (shape.valueIsNumber) return;
    const { beginnings } = this.#spellings.spellings;
    const all = [...new Set(beginnings.filter((one) => one !== undefined))];
    const { sql, parameters } = compileBeginnings(mysqlBuilder(), shape, all);
    const rows = await this.#pool.run(sql, parameters.map(String), this.#options.maxBudgetMs).catch(() => []);
    this.#spellings.learnBeginnings(new Set(rows.map((row) => all[Number(row['place'])] ?? '')));
  }
}

/** `10.11.14-MariaDB-0+deb12u2` becomes `MariaDB 10.11.14`, `8.0.36-log` becomes `MySQL 8.0.36`. */
function nameVersion(version: string): string {
  const { product, number } = readServerVersion(version);
  return `${product} ${number}`;
}
