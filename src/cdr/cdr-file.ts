import { open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { messageOf, systemCodeOf } from '../util/errors.ts';
import { wallClock, type CdrRow, type CdrSource } from './cdr-row.ts';
import { CdrError, CdrPackedError } from './errors.ts';
import { rotatedFiles } from './rotated-files.ts';

/**
 * Columns of Master.csv (cdr_csv.c). The unique id is there with `loguniqueid`; a column more with `loguserfield`; and
 * three more at the end with `newcdrcolumns`, of which the second is the Linkedid.
 */
const COLUMNS = {
  src: 1,
  dst: 2,
  channel: 5,
  dstchannel: 6,
  lastapp: 7,
  start: 9,
  answer: 10,
  end: 11,
  duration: 12,
  billsec: 13,
  disposition: 14,
  uniqueid: 16,
} as const;
const COLUMNS_WITH_LINKED_ID = 20;

const CHUNK = 256 * 1024;
/** What is read at most, back from the end of the newest file, in bytes: some 60,000 rows, two weeks of 1,000 calls a day. */
const MOST_BYTES = 16 * 1024 * 1024;
/** More than the difference between any two zones: times in the file are local. */
const ZONES_MS = 26 * 3_600_000;

/** What makes Asterisk write the file as it is read here. */
const REMEDY =
  'docs/desk.md says how: cdr_csv loaded (module load cdr_csv.so), loguniqueid = yes in the section [csv] of cdr.conf';

/** The end of a file. */
interface ReadBack {
  readonly text: string;
  readonly bytes: number;
  readonly inode: number;
  /** It begins before the time that was asked for. */
  readonly isEnough: boolean;
}

/**
 * `Master.csv`, read from its end, since the newest calls stand there; and what logrotate made of it within the time
 * that is asked for.
 */
export class CdrFile implements CdrSource {
  readonly #path: string;
  readonly #mostBytes: number;

  /** @param mostBytes that are read, back from the end */
  constructor(path: string, mostBytes = MOST_BYTES) {
    this.#path = path;
    this.#mostBytes = mostBytes;
  }

  async rowsBetween(from: number, _until: number): Promise<readonly CdrRow[]> {
    try {
      const newest = await this.#readBack(this.#path, from, this.#mostBytes);
      const texts = newest.isEnough ? [newest.text] : [...(await this.#older(newest, from)), newest.text];
      return texts.flatMap((text) => parseRows(text));
    } catch (error) {
      if (error instanceof CdrError) throw error;
      if (systemCodeOf(error) === 'ENOENT') throw this.#missing(error);
      throw new CdrError(`The call detail records in ${this.#path} cannot be read: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  }

  withoutIds(): CdrError {
    return new CdrError(
      `Call detail records in ${this.#path} have no unique id: calls of that time cannot be told apart, and their gap stays unfilled. ${REMEDY}; then module reload cdr_csv.so. Records that stand there already stay without.`,
    );
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }

  /**
   * Asterisk makes the file when it writes its first record, so a new one has none until then. That looks the same as a
   * wrong path or a module that is not loaded, where calls are missed: so no gap counts as filled before the file is
   * there, and then it is filled the next time it is tried.
   */
  #missing(cause: unknown): CdrError {
    return new CdrError(
      `There are no call detail records in ${this.#path}: gaps stay unfilled until the file is there. Asterisk makes it with its first call. If there have been calls, correct asterisk.cdr; ${REMEDY}.`,
      { cause },
    );
  }

  /**
   * What was rotated away since `from`, in the order of time. Where nothing was, Asterisk is new, as far as anybody can
   * tell.
   */
  async #older(newest: ReadBack, from: number): Promise<string[]> {
    const texts: string[] = [];
    let bytesLeft = this.#mostBytes - newest.bytes;
    for (const { path, inode, isPacked } of await rotatedFiles(this.#path, from)) {
      // The newest one itself, rotated while it was read.
      if (inode === newest.inode) continue;
      if (isPacked) throw new CdrPackedError(path);
      const { text, bytes, isEnough } = await this.#readBack(path, from, bytesLeft);
      texts.unshift(text);
      bytesLeft -= bytes;
      if (isEnough) break;
    }
    return texts;
  }

  /** Whole lines of the end of a file, as far back as a row that ended before `from`. */
  async #readBack(path: string, from: number, mostBytes: number): Promise<ReadBack> {
    const file = await open(path, 'r');
    try {
      const { size, ino: inode } = await file.stat();
      const parts: Buffer[] = [];
      let start = size;
      let isEnough = false;
      while (start > 0 && !isEnough) {
        // What is older would be left out, and the gap would count as filled.
        if (size - start >= mostBytes) throw this.#tooMuch();
        const length = Math.min(CHUNK, start);
        start -= length;
        const chunk = Buffer.alloc(length);
        await file.read(chunk, 0, length, start);
        parts.unshift(chunk);
        const [first] = parseRows(withoutTornLine(chunk.toString(), start), 1);
        isEnough = first !== undefined && wallClock(first.end) < from - ZONES_MS;
      }
      const text = withoutTornLine(Buffer.concat(parts).toString(), start);
      return { text, bytes: size - start, inode, isEnough };
    } finally {
      await file.close();
    }
  }

  #tooMuch(): CdrError {
    const megabytes = Math.round(this.#mostBytes / 1024 / 1024);
    return new CdrError(
      `The call detail records in ${this.#path} have more than ${megabytes} MB since a gap, which is not read: it stays unfilled. Let Asterisk write them into a database, and name that in asterisk.cdr.`,
    );
  }
}

function withoutTornLine(text: string, start: number): string {
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
}

/** What is no row is left out. @param most rows, from the first on */
function parseRows(text: string, most?: number): CdrRow[] {
  const records: string[][] = parse(text, {
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    ...(most !== undefined && { to: most }),
  });
  return records.flatMap((record) => {
    const value = (column: keyof typeof COLUMNS): string => record[COLUMNS[column]] ?? '';
    if (Number.isNaN(wallClock(value('start'))) || Number.isNaN(wallClock(value('end')))) return [];
    return [
      {
        src: value('src'),
        dst: value('dst'),
        channel: value('channel'),
        dstchannel: value('dstchannel'),
        lastapp: value('lastapp'),
        start: value('start'),
        answer: value('answer'),
        end: value('end'),
        duration: Number(value('duration')) || 0,
        billsec: Number(value('billsec')) || 0,
        disposition: value('disposition'),
        uniqueid: value('uniqueid'),
        linkedid: record.length < COLUMNS_WITH_LINKED_ID ? '' : (record.at(-2) ?? ''),
      },
    ];
  });
}
