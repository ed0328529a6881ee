/** Set with `setAlarm`. */
export interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  /** In `pending`, as long as it stands there. */
  place: number;
}

/**
 * Node keeps a list of its own for each duration, and makes and drops it with its first and last timer. That is
 * 5 µs for a timer that nearly always is cleared long before its time, as a call's deadline is. So one timer of
 * Node's, for the earliest of all alarms, stays armed when that alarm is cleared.
 */
const pending: Alarm[] = [];
let timer: NodeJS.Timeout | undefined;
let timerRingsAt = Infinity;

/**
 * Like `setTimeout`, for what nearly always is cleared. An alarm alone keeps no process alive.
 *
 * @param at `performance.now()`; up to a millisecond sooner or later
 * @param ring must not throw
 */
export function setAlarm(at: number, ring: () => void): Alarm {
  const alarm = { at, ring, place: pending.length };
  pending.push(alarm);
  if (at < timerRingsAt) arm(at);
  return alarm;
}

/** Harmless when it has rung, or has been cleared. */
export function clearAlarm(alarm: Alarm | undefined): void {
  if (alarm === undefined || pending[alarm.place] !== alarm) return;
  const last = pending.pop();
  if (last === undefined || last === alarm) return;
  pending[alarm.place] = last;
  last.place = alarm.place;
}

function arm(at: number): void {
  clearTimeout(timer);
  timerRingsAt = at;
  timer = setTimeout(ringDue, Math.max(0, Math.ceil(at - performance.now()))).unref();
}

function ringDue(): void {
  const now = performance.now();
  const due: Alarm[] = [];
  let next = Infinity;
  for (const alarm of pending) {
    // Node's timers may be a fraction of a millisecond early.
    if (alarm.at - now < 1) due.push(alarm);
    else next = Math.min(next, alarm.at);
  }
  timerRingsAt = Infinity;
  if (next < Infinity) arm(next);
  // When the loop is late several are due: the earliest rings first all the same.
  for (const alarm of due.toSorted((a, b) => a.at - b.at)) {
    // One before it may have cleared it.
    if (pending[alarm.place] !== alarm) continue;
    clearAlarm(alarm);
    alarm.ring();
  }
}
