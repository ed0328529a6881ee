import type { CdrError } from './errors.ts';

/** One row of Asterisk's call detail records: one pair of channels, written when the whole call was over. */
export interface CdrRow {
  readonly src: string;
  readonly dst: string;
  /** `PJSIP/trunk-00000001` */
  readonly channel: string;
  /** Empty when nobody was dialled, or nothing rang. */
  readonly dstchannel: string;
  /** What `channel` did last: `Dial`, `Queue`. Empty where it is not written. */
  readonly lastapp: string;
  /** Local times of Asterisk as `YYYY-MM-DD hh:mm:ss`; `answer` is empty when nobody answered. See `timesOf`. */
  readonly start: string;
  readonly answer: string;
  readonly end: string;
  /** From `start` to `end`, and from `answer` to `end`, in seconds. */
  readonly duration: number;
  readonly billsec: number;
  /** `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION` */
  readonly disposition: string;
  /** Empty where Asterisk is not told to write it. */
  readonly uniqueid: string;
  /** Only where the table has the column; otherwise the rows of one call share the unique id. */
  readonly linkedid: string;
}

/** Where rows come from. */
export interface CdrSource {
  /**
   * All rows of calls that ended in a time, and some more; also those without a unique id.
   *
   * @param from in ms since 1970
   * @throws {CdrError} they cannot be read, or are too many
   */
  rowsBetween(from: number, until: number): Promise<readonly CdrRow[]>;
  /** What to tell when rows have no unique id: how Asterisk is made to write it. */
  withoutIds(): CdrError;
  close(): Promise<void>;
}

/** A local time as if it were UTC, in ms since 1970; NaN when it is none. */
export function wallClock(text: string): number {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text)
    ? Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`)
    : NaN;
}

/** Times of a row in ms. */
export interface RowTimes {
  readonly start: number;
  /** Null when nobody answered. */
  readonly answer: number | null;
  readonly end: number;
}

/** Times and lengths are cut to whole seconds, each by itself. */
export const ROUNDING_MS = 2000;

/**
 * The times of a row as `wallClock` tells them. When the clock is put back or forward during a call, its local times no
 * longer fit its lengths: then the lengths count, from its beginning on.
 */
export function timesOf({ start, answer, end, duration, billsec }: CdrRow): RowTimes {
  const from = wallClock(start);
  const until = fitting(wallClock(end), from + duration * 1000);
  const answered = answer === '' ? null : fitting(wallClock(answer), until - billsec * 1000);
  return { start: from, answer: answered === null ? null : Math.max(from, answered), end: until };
}

function fitting(told: number, expected: number): number {
  return Math.abs(told - expected) <= ROUNDING_MS ? told : expected;
}

/** When the channel of a row was made, in ms since 1970: its unique id says so. Null when somebody chose the id. */
export function madeAt({ uniqueid }: Pick<CdrRow, 'uniqueid'>): number | null {
  const seconds = /(?:^|-)(\d{9,10})\.\d+$/.exec(uniqueid)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

const QUARTER_MS = 15 * 60_000;

/**
 * How far Asterisk's local time was ahead of UTC when a call began, in ms: the unique id holds its beginning in seconds
 * since 1970. So no zone need be configured, and a change to summer time does no harm.
 *
 * @returns null when the unique id is one that somebody chose
 */
export function zoneOffset(row: Pick<CdrRow, 'start' | 'uniqueid'>): number | null {
  const made = madeAt(row);
  if (made === null) return null;
  const offset = Math.round((wallClock(row.start) - made) / QUARTER_MS) * QUARTER_MS;
  return Number.isNaN(offset) || Math.abs(offset) > 15 * 3_600_000 ? null : offset;
}

/** As `zoneOffset`, of the first row of a channel: later ones begin when somebody else is rung, and may seem to be off. */
export function exactOffset(row: CdrRow): number | null {
  const [offset, made] = [zoneOffset(row), madeAt(row)];
  if (offset === null || made === null) return null;
  return Math.abs(wallClock(row.start) - offset - made) <= ROUNDING_MS ? offset : null;
}
