import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from './protocol.ts';

/** How often the open loop looks for calls that are due. */
const TICK_MS = 1;

/**
 * A call that is due while so many are in progress is skipped. Below `listen.maxCalls`, beyond which this
 * server answers with ERROR at once.
 */
const MAX_OPEN = 800;

/**
 * Starts calls at a rate, however long they take, and waits for the last one.
 *
 * @param one a call, with the moment it was due (`performance.now()`)
 */
export async function openLoop(
  one: (dueAt: number) => Promise<void>,
  ratePerSecond: number,
  durationMs: number,
  skip: () => void,
): Promise<void> {
  const startedAt = performance.now();
  const total = Math.floor((durationMs / 1000) * ratePerSecond);
  const open = new Set<Promise<void>>();
  for (let due = 0; due < total;) {
    const now = performance.now();
    for (; due < total && startedAt + (due * 1000) / ratePerSecond <= now; due++) {
      if (open.size >= MAX_OPEN) {
        skip();
        continue;
      }
      const inProgress = one(startedAt + (due * 1000) / ratePerSecond).finally(() => open.delete(inProgress));
      open.add(inProgress);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
}

/** Zeros for an empty list. */
export function summary(latenciesMs: readonly number[]): LoadResult['latencyMs'] {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}
