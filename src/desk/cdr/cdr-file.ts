import { open, type FileHandle } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { messageOf, systemCodeOf } from '../../util/errors.ts';
import { wallClock, type CdrRow, type CdrSource } from './cdr-row.ts';
import { CdrError } from './errors.ts';

/**
 * Columns of Master.csv (cdr_csv.c). The unique id is there with `loguniqueid`; a column more with `loguserfield`; and
 * three more at the end with `newcdrcolumns`, of which the second is the Linkedid.
 */
const COLUMNS = {
  src: 1,
  dst: 2,
  channel: 5,
  dstchannel: 6,
  start: 9,
  answer: 10,
  end: 11,
  billsec: 13,
  disposition: 14,
  uniqueid: 16,
} as const;
const COLUMNS_WITH_LINKED_ID = 20;

const CHUNK = 256 * 1024;
/** What is read of the end of the file at most, in bytes: some 400,000 rows. */
const MAX_READ = 64 * 1024 * 1024;
/** More than the difference between any two zones: times in the file are local. */
const ZONES_MS = 26 * 3_600_000;

/** `Master.csv`, read from its end, since the newest calls stand there. */
export class CdrFile implements CdrSource {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async rowsBetween(from: number, _until: number): Promise<readonly CdrRow[]> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.#path, 'r');
      return parseRows(await readBack(file, from - ZONES_MS));
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw new CdrError(`The call detail records in ${this.#path} cannot be read: ${messageOf(error)}.`, {
        cause: error,
      });
    } finally {
      await file?.close();
    }
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }
}

/** Whole lines of the end of a file, as far back as a row that ended before `from`. */
async function readBack(file: FileHandle, from: number): Promise<string> {
  const { size } = await file.stat();
  const parts: Buffer[] = [];
  let start = size;
  while (start > 0 && size - start < MAX_READ) {
    const length = Math.min(CHUNK, start);
    start -= length;
    const chunk = Buffer.alloc(length);
    await file.read(chunk, 0, length, start);
    parts.unshift(chunk);
    const [first] = parseRows(withoutTornLine(chunk.toString(), start));
    if (first !== undefined && wallClock(first.end) < from) break;
  }
  return withoutTornLine(Buffer.concat(parts).toString(), start);
}

function withoutTornLine(text: string, start: number): string {
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
}

/** Rows without a unique id, and what is no row, are left out: nothing can be said of them for sure. */
function parseRows(text: string): CdrRow[] {
  const records: string[][] = parse(text, {
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
  });
  return records.flatMap((record) => {
    const value = (column: keyof typeof COLUMNS): string => record[COLUMNS[column]] ?? '';
    if (value('uniqueid') === '' || Number.isNaN(wallClock(value('end')))) return [];
    return [
      {
        src: value('src'),
        dst: value('dst'),
        channel: value('channel'),
        dstchannel: value('dstchannel'),
        start: value('start'),
        answer: value('answer'),
        end: value('end'),
        billsec: Number(value('billsec')) || 0,
        disposition: value('disposition'),
        uniqueid: value('uniqueid'),
        linkedid: record.length < COLUMNS_WITH_LINKED_ID ? '' : (record.at(-2) ?? ''),
      },
    ];
  });
}
