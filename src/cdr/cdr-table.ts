import { Kysely, MysqlDialect, sql } from 'kysely';
import { openPool } from '../directory/mysql/open-pool.ts';
import { messageOf } from '../util/errors.ts';
import type { CdrRow, CdrSource } from './cdr-row.ts';
import { CdrError } from './errors.ts';
import { readPages } from './pages.ts';

/** What every table of cdr_adaptive_odbc, cdr_mysql and FreePBX has; see `OPTIONAL`. */
interface CdrDatabase {
  readonly cdr: {
    readonly calldate: string;
    readonly src: string;
    readonly dst: string;
    readonly channel: string;
    readonly dstchannel: string;
    readonly duration: number;
    readonly billsec: number;
    readonly disposition: string;
    readonly uniqueid: string | null;
    readonly linkedid: string | null;
    readonly lastapp: string | null;
  };
}

/** A table may lack these, or they may not be ours to read. */
const OPTIONAL = ['linkedid', 'lastapp'] as const;

const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;

/** The table `cdr` of a database that Asterisk writes. It has no times of answer and end: they follow from the lengths. */
export class CdrTable implements CdrSource {
  readonly #db: Kysely<CdrDatabase>;
  #optional: readonly (typeof OPTIONAL)[number][] | undefined;

  /**
   * @param url `mysql://user@host/asteriskcdrdb`
   * @throws {DatabaseUrlError}
   */
  constructor(url: string, password: string | undefined) {
    const options = {
      // Local times of Asterisk, as they stand there.
      dateStrings: true,
      connectionLimit: 1,
      connectTimeout: TIMEOUT_MS,
    };
    const pool = openPool(url, password, options, 'asterisk.cdr');
    this.#db = new Kysely<CdrDatabase>({ dialect: new MysqlDialect({ pool }) });
  }

  async rowsBetween(from: number, until: number): Promise<readonly CdrRow[]> {
    // A day more on both sides: `calldate` is local, and the beginning of a call.
    const [first, last] = [from - DAY_MS, until + DAY_MS].map((ms) =>
      new Date(ms).toISOString().replace('T', ' ').slice(0, 19),
    );
    try {
      this.#optional ??= await this.#lookForOptional();
      const query = this.#db
        .selectFrom('cdr')
        .select([
          'calldate',
          'src',
          'dst',
          'channel',
          'dstchannel',
          'duration',
          'billsec',
          'disposition',
          'uniqueid',
          ...this.#optional,
        ])
        .where('calldate', '<=', last ?? '')
        .orderBy('calldate');
      const rows = await readPages(
        (since, limit) => query.where('calldate', '>=', since).limit(limit).execute(),
        first ?? '',
      );
      return rows.map(({ calldate, duration, billsec, uniqueid, linkedid, lastapp, ...row }) => {
        const isAnswered = row.disposition === 'ANSWERED';
        return {
          ...row,
          duration,
          billsec,
          uniqueid: uniqueid ?? '',
          linkedid: linkedid ?? '',
          lastapp: lastapp ?? '',
          start: calldate,
          answer: isAnswered ? later(calldate, duration - billsec) : '',
          end: later(calldate, duration),
        };
      });
    } catch (error) {
      if (error instanceof CdrError) throw error;
      throw new CdrError(`The call detail records cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }

  withoutIds(): CdrError {
    return new CdrError(
      'Call detail records in the table cdr have no unique id: calls of that time cannot be told apart, and their gap stays unfilled. The column uniqueid must be there for Asterisk to fill (cdr_adaptive_odbc fills every column that it finds; docs/desk.md). Records that stand there already stay without.',
    );
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }

  async #lookForOptional() {
    const { rows } = await sql<{ Field: string }>`show columns from cdr`.execute(this.#db);
    const found = new Set(rows.map(({ Field }) => Field.toLowerCase()));
    return OPTIONAL.filter((column) => found.has(column));
  }
}

function later(time: string, seconds: number): string {
  const ms = Date.parse(`${time.slice(0, 10)}T${time.slice(11, 19)}Z`) + seconds * 1000;
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}
