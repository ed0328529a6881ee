import { deskTime } from '../live/clock.ts';
import type { Plan } from '../people/person.ts';
import { formats, texts } from '../text/text.ts';

/** `сегодня 12:00–15:00` */
export function planText({ day, from, until }: Plan): string {
  const t = texts.value;
  const f = formats.value;
  const noon = `${day}T12:00:00`;
  const beside = f.dayBeside(noon, deskTime());
  const hours =
    from === null
      ? until === null
        ? ''
        : t.card.until(until)
      : until === null
        ? t.card.from(from)
        : `${from}–${until}`;
  return `${beside === '' ? t.days.today : beside} ${hours}`.trim();
}

/** Whether the time of delivery is over. It is the company's local time, taken as the browser's. */
export function isLate({ day, until }: Plan): boolean {
  return Date.parse(`${day}T${until ?? '23:59'}:59`) < deskTime();
}
