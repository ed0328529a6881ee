import { setTimeout as sleep } from 'node:timers/promises';
import { playCall, type CallOptions, type CallResult, type CallScript, type Target } from './asterisk.ts';
import { LoadTally, type LoadReport } from './load-report.ts';

export interface LoadOptions extends CallOptions {
  /** How long new calls are started, in ms; those in progress are then awaited. */
  readonly durationMs: number;
  /**
   * `ratePerSecond`: an open loop. Calls come at that rate however slow the server is, as callers do.
   * `connections`: a closed loop. That many callers, each calling again as soon as their call is over.
   */
  readonly pace: { readonly ratePerSecond: number } | { readonly connections: number };
  /** Open loop: a call that is due while so many are in progress is skipped and counted; 5,000 by default. */
  readonly maxOpen?: number;
  /** Stops starting calls before the time is up. */
  readonly signal?: AbortSignal;
  /** Told of each call when it is over. */
  readonly onCall?: (result: CallResult) => void;
}

/** How often the open loop looks for calls that are due. */
const TICK_MS = 2;

/**
 * Plays many calls, the scripts in turn, and counts what came of them. Scripts with a hangup count as lost
 * when the caller leaves before the answer: leave them out where that matters.
 *
 * @throws {RangeError} no scripts, or a pace that is not positive
 */
export async function runLoad(
  target: Target,
  scripts: readonly CallScript[],
  options: LoadOptions,
): Promise<LoadReport> {
  if (scripts.length === 0) throw new RangeError('a load needs at least one script; received none');
  const tally = new LoadTally();
  let started = 0;
  /** @param waitedMs how long the call was overdue when it could be started */
  const call = async (waitedMs: number): Promise<void> => {
    const script = scripts[started++ % scripts.length];
    if (script === undefined) return;
    const result = await playCall(target, script, options);
    tally.add(result, waitedMs);
    options.onCall?.(result);
  };
  const startedAt = performance.now();
  if ('connections' in options.pace) await closedLoop(call, options.pace.connections, options);
  else await openLoop(call, options.pace.ratePerSecond, options, () => tally.skip());
  return tally.report(performance.now() - startedAt);
}

type Call = (waitedMs: number) => Promise<void>;

async function closedLoop(call: Call, connections: number, options: LoadOptions): Promise<void> {
  requirePositive('connections', connections);
  const end = performance.now() + options.durationMs;
  const caller = async (): Promise<void> => {
    while (performance.now() < end && options.signal?.aborted !== true) await call(0);
  };
  await Promise.all(Array.from({ length: Math.ceil(connections) }, caller));
}

/** A call's latency counts from the moment it was due, so that a busy generator cannot flatter the server. */
async function openLoop(call: Call, rate: number, options: LoadOptions, skip: () => void): Promise<void> {
  requirePositive('ratePerSecond', rate);
  const startedAt = performance.now();
  const total = Math.floor((options.durationMs / 1000) * rate);
  const open = new Set<Promise<void>>();
  for (let due = 0; due < total && options.signal?.aborted !== true;) {
    const elapsed = performance.now() - startedAt;
    for (; due < total && (due * 1000) / rate <= elapsed; due++) {
      if (open.size >= (options.maxOpen ?? 5_000)) {
        skip();
        continue;
      }
      const one = call(performance.now() - startedAt - (due * 1000) / rate).finally(() => open.delete(one));
      open.add(one);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} received ${value}; it must be more than 0`);
}
