import { computed } from '@preact/signals';
import { deskTime } from '../live/clock.ts';
import type { Plan } from '../people/person.ts';
import { user } from '../session.ts';
import { createFormats } from '../text/formats.ts';
import { texts } from '../text/text.ts';
import { isOver, wallClock, wallTime } from '../text/wall-time.ts';

/* Times of the courier database have no zone: they are the company's, wherever the browser is. */

const clock = computed(() => wallClock(user.value?.timeZone));
/** Of times as `wallTime` gives them. */
const formats = computed(() => createFormats(texts.value.locale, texts.value.days, 'UTC'));

/** `сегодня 12:00–15:00` */
export function planText({ day, from, until }: Plan): string {
  const t = texts.value;
  const beside = dayBeside(wallTime(`${day} 12:00:00`));
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

/** Whether the time of delivery is over. */
export function isLate(plan: Plan): boolean {
  return isOver(plan, clock.value(deskTime()));
}

/** A time of the database in the words of a sentence. @param words the day is `''` for today */
export function whenLocal(local: string, words: (day: string, time: string) => string): string {
  const at = wallTime(local);
  return words(dayBeside(at), formats.value.time(at));
}

function dayBeside(at: number): string {
  return formats.value.dayBeside(at, clock.value(deskTime()));
}
