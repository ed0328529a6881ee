import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../traffic.ts';
import { call } from './call.ts';
import type { LoadOrder, LoadResult, ToGenerator } from './protocol.ts';

/* A process of its own, so that its CPU time and its pauses are not those of anything it measures. */

/** How often the open loop looks for calls that are due. */
const TICK_MS = 1;

let callers: readonly Caller[] = [];
let next = 0;

process.on('message', (message: ToGenerator) => {
  if (message.kind === 'callers') {
    callers = message.callers;
    next = 0;
  } else void run(message.order).then((result) => process.send?.(result));
});

async function run(order: LoadOrder): Promise<LoadResult> {
  const counts = { started: 0, answered: 0, routed: 0, wrong: 0, skipped: 0 };
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();

  const one = async (dueAt: number): Promise<void> => {
    const caller = callers[next++ % callers.length];
    if (caller === undefined) throw new RangeError('a load needs callers');
    counts.started += 1;
    const outcome = await call(order.port, caller, String(next).padStart(8, '0'));
    if (!outcome.answered) return;
    counts.answered += 1;
    counts.routed += Number(outcome.routed);
    counts.wrong += Number(outcome.routed !== caller.routed);
    latencies.push(performance.now() - dueAt);
  };
  if (order.pace.kind === 'closed') await closedLoop(one, order.pace.connections, order.durationMs);
  else await openLoop(one, order.pace.ratePerSecond, order, () => (counts.skipped += 1));

  const { user, system } = process.cpuUsage(cpuBefore);
  latencies.sort((a, b) => a - b);
  const rank = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
  return {
    ...counts,
    lost: counts.started - counts.answered,
    durationMs: performance.now() - startedAt,
    latencyMs: { p50: rank(0.5), p99: rank(0.99), max: rank(1) },
    generatorCpuMs: (user + system) / 1000,
  };
}

type Call = (dueAt: number) => Promise<void>;

async function closedLoop(one: Call, connections: number, durationMs: number): Promise<void> {
  const end = performance.now() + durationMs;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) await one(performance.now());
  };
  await Promise.all(Array.from({ length: connections }, caller));
}

/** Time counts from the moment a call was due, so that a busy generator cannot flatter the server. */
async function openLoop(one: Call, rate: number, order: LoadOrder, skip: () => void): Promise<void> {
  const startedAt = performance.now();
  const total = Math.floor((order.durationMs / 1000) * rate);
  const open = new Set<Promise<void>>();
  for (let due = 0; due < total;) {
    const now = performance.now();
    for (; due < total && startedAt + (due * 1000) / rate <= now; due++) {
      if (open.size >= order.maxOpen) {
        skip();
        continue;
      }
      const inProgress = one(startedAt + (due * 1000) / rate).finally(() => open.delete(inProgress));
      open.add(inProgress);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
}
