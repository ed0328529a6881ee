import { zonedTime } from '../../util/zoned-time.ts';

/**
 * What the clocks on the wall of a place show, as if they were those of UTC: so times without a zone can be compared with
 * them.
 *
 * @param timeZone such as `Europe/Moscow`; the browser's own where it does not know that one
 * @returns from ms since 1970 to ms
 */
export function wallClock(timeZone: string | undefined): (at: number) => number {
  const format = zonedTime(isKnown(timeZone) ? timeZone : Intl.DateTimeFormat().resolvedOptions().timeZone);
  return (at) => wallTime(format(new Date(at).toISOString()));
}

/** @param local such as `2026-11-26 18:00:59`, on the wall of the place */
export function wallTime(local: string): number {
  return Date.parse(`${local.replace(' ', 'T')}Z`);
}

/** Whether the time of delivery is over. @param now on the company's wall, in ms */
export function isOver(
  { day, until }: { readonly day: string; readonly until: string | null },
  now: number,
): boolean {
  return wallTime(`${day} ${until ?? '23:59'}:59`) < now;
}

function isKnown(timeZone: string | undefined): timeZone is string {
  if (timeZone === undefined) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
