/**
 * Writes ISO times as a place on earth reads them off the wall: `2026-11-26 11:40:29`.
 *
 * @param timeZone such as `Europe/Moscow`
 * @returns `''` for null
 */
export function zonedTime(timeZone: string): (time: string | null) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (time) => (time === null ? '' : format.format(new Date(time)));
}
