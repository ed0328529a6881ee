/** Browsers have locks over TLS and on localhost only. Without them each tab is on its own. */
export const hasLocks = 'locks' in navigator;

/** Does something while this tab, of all tabs of the browser, holds a lock; until then it waits. */
export function withLock(name: string, work: () => Promise<void>, signal: AbortSignal): void {
  if (!hasLocks) void work();
  else navigator.locks.request(name, { signal }, work).catch(() => undefined);
}
