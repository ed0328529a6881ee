import { CdrError } from './errors.ts';

const PAGE = 20_000;
/** Rows of one gap and the days around it: some 200 MB while they are read. A company of 1,000 calls a day has 5,000 a day. */
const MOST = 200_000;

interface Dated {
  readonly calldate: string;
}

/**
 * All rows of a table that has no key to go on from: `calldate` alone is there, and indexed, and several rows share a
 * second. So each page begins with the last second of the one before, whose rows are read again.
 *
 * @param read the first rows from a time on, in its order
 * @throws {CdrError} there are too many: never a part of them
 */
export async function readPages<Row extends Dated>(
  read: (since: string, limit: number) => Promise<readonly Row[]>,
  since: string,
  { page = PAGE, most = MOST } = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  let from = since;
  for (;;) {
    const found = await read(from, page);
    const last = found.at(-1)?.calldate;
    if (last === undefined || found.length < page) {
      rows.push(...found);
      return rows;
    }
    const whole = found.filter(({ calldate }) => calldate !== last);
    if (whole.length === 0) throw tooMany(`${page} rows of the second ${last}`);
    if (rows.length + whole.length > most) throw tooMany(`${most} rows since ${since}`);
    rows.push(...whole);
    from = last;
  }
}

function tooMany(what: string): CdrError {
  return new CdrError(
    `The table cdr has more than ${what}, which are not read: the gap stays unfilled. Is the clock of Asterisk right, and does it write each row once?`,
  );
}
