import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds. @param what is named when it does not, after `limitMs` */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await sleep(5);
  }
}
