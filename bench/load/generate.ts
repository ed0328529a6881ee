import type { Caller } from '../traffic.ts';
import { openLoop, summary } from './open-loop.ts';
import type { LoadOrder, LoadResult, ToGenerator } from './protocol.ts';

export interface Answer {
  /** Somebody is to be dialled. */
  readonly routed: boolean;
  readonly latencyMs: number;
}

/**
 * One call; undefined when it is not answered.
 *
 * @param dueAt when it was to begin (`performance.now()`)
 */
export type PlaceCall = (port: number, number: string, dueAt: number) => Promise<Answer | undefined>;

/** Makes this process one that calls: see `startGenerator`. */
export function generateLoad(place: PlaceCall): void {
  let callers: readonly Caller[] = [];
  let next = 0;
  const nextCaller = (): Caller => {
    const caller = callers[next++ % callers.length];
    if (caller === undefined) throw new RangeError('a load needs callers');
    return caller;
  };
  process.on('message', (message: ToGenerator) => {
    if (message.kind === 'callers') {
      callers = message.callers;
      next = 0;
    } else void run(message.order, nextCaller, place).then((result) => process.send?.(result));
  });
}

async function run(
  { port, pace, durationMs }: LoadOrder,
  nextCaller: () => Caller,
  place: PlaceCall,
): Promise<LoadResult> {
  const counts = { started: 0, answered: 0, routed: 0, wrong: 0, skipped: 0 };
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();

  const one: Call = async (dueAt) => {
    const caller = nextCaller();
    counts.started += 1;
    const answer = await place(port, caller.number, dueAt);
    if (answer === undefined) return;
    counts.answered += 1;
    counts.routed += Number(answer.routed);
    counts.wrong += Number(answer.routed !== caller.routed);
    latencies.push(answer.latencyMs);
  };
  if (pace.kind === 'closed') await closedLoop(one, pace.connections, durationMs);
  else await openLoop(one, pace.ratePerSecond, durationMs, () => (counts.skipped += 1));

  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    calls: { ...counts, lost: counts.started - counts.answered },
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
