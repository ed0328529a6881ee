/** First and last byte. */
export type ByteRange = readonly [number, number];

/**
 * Reads a `Range` header. Several ranges at a time, and what is none, mean the whole (RFC 9110, 14.2).
 *
 * @param size of what the range is of, in bytes
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'all' | 'outside' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'outside' : [size - length, size - 1];
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return 'all';
  return start >= size ? 'outside' : [start, end];
}
