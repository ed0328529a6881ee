/** One row of Asterisk's call detail records: one pair of channels, written when the whole call was over. */
export interface CdrRow {
  readonly src: string;
  readonly dst: string;
  /** `PJSIP/trunk-00000001` */
  readonly channel: string;
  /** Empty when nobody was dialled, or nothing rang. */
  readonly dstchannel: string;
  /** Local times of Asterisk as `YYYY-MM-DD hh:mm:ss`; `answer` is empty when nobody answered. */
  readonly start: string;
  readonly answer: string;
  readonly end: string;
  readonly billsec: number;
  /** `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION` */
  readonly disposition: string;
  readonly uniqueid: string;
  /** Only where the table has the column; otherwise the rows of one call share the unique id. */
  readonly linkedid: string;
}

/** Where rows come from. */
export interface CdrSource {
  /**
   * The rows of calls that ended in a time, and some more.
   *
   * @param from in ms since 1970
   * @throws {CdrError} it cannot be read
   */
  rowsBetween(from: number, until: number): Promise<readonly CdrRow[]>;
  close(): Promise<void>;
}

/** A local time as if it were UTC, in ms since 1970; NaN when it is none. */
export function wallClock(text: string): number {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text)
    ? Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`)
    : NaN;
}

const QUARTER_MS = 15 * 60_000;

/**
 * How far Asterisk's local time was ahead of UTC when a call began, in ms: the unique id holds its beginning in seconds
 * since 1970. So no zone need be configured, and a change to summer time does no harm.
 *
 * @returns null when the unique id is one that somebody chose
 */
export function zoneOffset({ start, uniqueid }: Pick<CdrRow, 'start' | 'uniqueid'>): number | null {
  const seconds = Number(/(?:^|-)(\d{9,10})\.\d+$/.exec(uniqueid)?.[1] ?? NaN);
  const offset = Math.round((wallClock(start) - seconds * 1000) / QUARTER_MS) * QUARTER_MS;
  return Number.isNaN(offset) || Math.abs(offset) > 15 * 3_600_000 ? null : offset;
}
