import type { Code } from '../match.ts';

/*
 * What a driver hands over for the vendor's columns. Their types are not documented, and drivers differ: a code
 * may arrive as a number, as text, as a bigint or as bytes. A value that cannot be what the column means counts
 * as empty.
 */

/** With its spaces; bytes are read as UTF-8. `''` for what is no text. */
export function toRawText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  // What a driver hands over for binary columns.
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return '';
}

/** Text without the white space around it, which fixed-width columns, imports and people leave there. */
export function toText(value: unknown): string {
  return toRawText(value).trim();
}

/** A code of the vendor's: a positive integer. 0 is how the vendor's office system writes "none". */
export function toCode(value: unknown): Code | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value > 0 ? value : null;
  // A DECIMAL column has zeros behind the point.
  const [, digits] = /^\+?0*([1-9]\d{0,29})(?:\.0*)?$/.exec(toText(value)) ?? [];
  if (digits === undefined) return null;
  const number = Number(digits);
  // Beyond 2^53 a number would be another one.
  return Number.isSafeInteger(number) ? number : digits;
}

export function toInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  const text = toText(value);
  if (text === '') return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

/** A flag of the vendor's is `T` or `F`; BIT and TINYINT are 1 or 0. null: nothing is said. */
export function toFlag(value: unknown): boolean | null {
  const text = toText(value).toUpperCase();
  if (text === '') return null;
  return text === 'T' || text === '1' || text === 'Y' || text === 'TRUE';
}

/** `YYYY-MM-DD hh:mm:ss`, whether the column is a date or a date with time; null for MySQL's zero date. */
export function toDateTime(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return fromDate(value);
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?/.exec(toText(value));
  const [, day, time = '00:00:00'] = parts ?? [];
  return day === undefined || day === '0000-00-00' ? null : `${day} ${time}`;
}

/** A driver that makes Date objects reads the column as local time: so it is written back. */
function fromDate(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${day.map(twoDigits).join('-')} ${time.map(twoDigits).join(':')}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}
