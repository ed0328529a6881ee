import { signal } from '@preact/signals';

/** How far the desk's clock is ahead of the browser's, in ms; small differences are left alone. */
let ahead = 0;
const TOLERATED_MS = 2000;

/** The desk's time in ms, each second. Read inside of components that tick. */
export const now = signal(Date.now());

export function deskTime(): number {
  return Date.now() + ahead;
}

/** @param header `Date` of an answer: whole seconds */
export function setClockBy(header: string | null): void {
  const time = Date.parse(header ?? '');
  if (Number.isNaN(time)) return;
  const difference = time + 500 - Date.now();
  ahead = Math.abs(difference) > TOLERATED_MS ? difference : 0;
}

setInterval(() => {
  now.value = deskTime();
}, 1000);
