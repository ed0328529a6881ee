import { deskTime, now } from '../live/clock.ts';
import { asOf, callAsOf, isCallLive, isLive, type OfAsterisk } from '../live/liveness.ts';
import { clock } from '../text/formats.ts';

/**
 * The time that tells how long something lasts: it stops while nobody knows whether it still does.
 *
 * @param call what lasts; null for what does not hang on one Asterisk
 */
export function liveTime(call: OfAsterisk | null): number {
  if (call === null ? isLive.value : isCallLive(call)) {
    // Ticks with the page's clock, and is exact when something else draws it anew.
    void now.value;
    return deskTime();
  }
  return (call === null ? asOf.value : callAsOf(call)) ?? deskTime();
}

interface TimerProps {
  readonly call: OfAsterisk;
  /** ISO 8601 */
  readonly since: string;
  readonly until?: string | null;
  readonly label?: string;
}

export function Timer({ call, since, until = null, label }: TimerProps) {
  const end = until === null ? liveTime(call) : Date.parse(until);
  return (
    <span class="timer" role="timer" aria-label={label}>
      {clock(end - Date.parse(since))}
    </span>
  );
}
