/**
 * Whether a time of the day is within hours such as `07:00-23:00`; `20:00-06:00` goes over midnight, and two equal times
 * are the whole day.
 */
export function isWithinHours(hours: string, at: Date, timeZone: string): boolean {
  const [from = 0, until = 0] = hours.split('-').map(minutesOf);
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const now = minutesOf(format.format(at));
  if (from === until) return true;
  return from < until ? now >= from && now < until : now >= from || now < until;
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
