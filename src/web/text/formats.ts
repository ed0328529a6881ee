import type { Texts } from './ru.ts';

/** How times, lengths and numbers are written: in one language, in one time zone. */
export interface Formats {
  /** `12:03` */
  readonly time: (at: string | number) => string;
  /** `12:03:41` */
  readonly exact: (at: string | number) => string;
  /** `26.11.2026` */
  readonly date: (at: string | number) => string;
  /** Nothing for today, `вчера`, or `24.11`. @param now in ms */
  readonly dayBeside: (at: string | number, now: number) => string;
  /** `Сегодня, четверг, 26 ноября` */
  readonly dayTitle: (at: string | number, now: number) => string;
  /** The same for two times of one day. */
  readonly dayKey: (at: string | number) => string;
  /** `UTC+3` */
  readonly zone: (at: number) => string;
}

/** @param timeZone an IANA name; the browser's own when left out */
export function createFormats(locale: string, words: Texts['days'], timeZone?: string): Formats {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...(timeZone !== undefined && { timeZone }) });
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const exact = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const date = format({ day: '2-digit', month: '2-digit', year: 'numeric' });
  const short = format({ day: '2-digit', month: '2-digit' });
  const long = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const zone = format({ timeZoneName: 'shortOffset' });
  const key = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    ...(timeZone !== undefined && { timeZone }),
  });
  const dayKey = (at: string | number): string => key.format(new Date(at));
  const near = (at: string | number, now: number): 'today' | 'yesterday' | null => {
    const day = dayKey(at);
    if (day === dayKey(now)) return 'today';
    // The evening before, also where a day of 23 or 25 hours lies between.
    const today = Date.parse(`${dayKey(now)}T12:00:00Z`);
    return day === new Date(today - 24 * 3_600_000).toISOString().slice(0, 10) ? 'yesterday' : null;
  };
  return {
    time: (at) => time.format(new Date(at)),
    exact: (at) => exact.format(new Date(at)),
    date: (at) => date.format(new Date(at)),
    dayBeside: (at, now) => {
      const day = near(at, now);
      if (day === 'today') return '';
      return day === 'yesterday' ? words.yesterday : short.format(new Date(at));
    },
    dayTitle: (at, now) => {
      const day = near(at, now);
      const name = long.format(new Date(at));
      if (day === null) return name.slice(0, 1).toUpperCase() + name.slice(1);
      return `${day === 'today' ? words.Today : words.Yesterday}, ${name}`;
    },
    dayKey,
    zone: (at) =>
      (zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC'),
  };
}

/** `0:07`, `1:02:03`. @param ms less than nothing is nothing */
export function clock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** Countries whose numbers are grouped: code, length of the area code, groups of the rest. */
const GROUPED: readonly (readonly [RegExp, string])[] = [
  [/^7(\d{3})(\d{3})(\d{2})(\d{2})$/, '+7 $1 $2-$3-$4'],
  [/^(375|380|998|992|993|994|996)(\d{2})(\d{3})(\d{2})(\d{2})$/, '+$1 $2 $3-$4-$5'],
  [/^(374)(\d{2})(\d{3})(\d{3})$/, '+$1 $2 $3-$4'],
];

/** Digits as the journal keeps them. At home people dial 8 where the journal has the code 7. */
export function internationalDigits(typed: string): string {
  const digits = typed.replaceAll(/\D/g, '');
  return /^8\d{10}$/.test(digits) ? `7${digits.slice(1)}` : digits;
}

/** A number of the journal as people write it: `+7 916 200-00-02`. Short ones and words stay as they are. */
export function phone(digits: string): string {
  for (const [pattern, shape] of GROUPED) if (pattern.test(digits)) return digits.replace(pattern, shape);
  return /^\d{9,15}$/.test(digits) ? `+${digits}` : digits;
}
