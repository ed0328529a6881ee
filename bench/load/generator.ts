import type { Caller } from '../traffic.ts';
import { call } from './call.ts';
import { openLoop, summary } from './open-loop.ts';
import type { LoadOrder, LoadResult, ToGenerator } from './protocol.ts';

/* A process of its own, so that its CPU time and its pauses are not those of anything it measures. */

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

  // Time counts from the moment a call was due, so that a busy generator cannot flatter the server.
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
  const { pace, durationMs, maxOpen } = order;
  if (pace.kind === 'closed') await closedLoop(one, pace.connections, durationMs);
  else {
    const { ratePerSecond } = pace;
    await openLoop(one, { ratePerSecond, durationMs, maxOpen }, () => (counts.skipped += 1));
  }

  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    ...counts,
    lost: counts.started - counts.answered,
    durationMs: performance.now() - startedAt,
    latencyMs: summary(latencies),
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
