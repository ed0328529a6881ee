import { asOf, isLive } from '../live/live.ts';
import { deskTime, now } from '../live/clock.ts';
import { clock } from '../text/formats.ts';

/** The time that tells how long something lasts: it stops while nobody knows whether it still does. */
export function liveTime(): number {
  if (isLive.value) {
    // Ticks with the page's clock, and is exact when something else draws it anew.
    void now.value;
    return deskTime();
  }
  return asOf.value ?? deskTime();
}

interface TimerProps {
  /** ISO 8601 */
  readonly since: string;
  readonly until?: string | null;
  readonly label?: string;
}

export function Timer({ since, until = null, label }: TimerProps) {
  const end = until === null ? liveTime() : Date.parse(until);
  return (
    <span class="timer" role="timer" aria-label={label}>
      {clock(end - Date.parse(since))}
    </span>
  );
}
