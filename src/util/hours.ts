/** Whether a moment lies within hours of the day, by the clock on the wall there. */
export type Hours = (at: Date) => boolean;

const DAY = 24 * 60;

/** @param text such as `07:00-23:00`; `22:00-06:00` goes over midnight, and `00:00-24:00` is always */
export function parseHours(text: string, timeZone: string): Hours {
  const [from = 0, until = DAY] = text.split('-').map(minutesOf);
  if (from === 0 && until === DAY) return () => true;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const now = minutesOf(clock.format(at));
    return from <= until ? now >= from && now < until : now >= from || now < until;
  };
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
