import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseServer } from '../../test/lab/databases/server.ts';
import type { Generator } from '../load/client.ts';
import type { Calls, LoadResult } from '../load/protocol.ts';
import { cpuMs, residentMb } from '../process-figures.ts';
import { judged, microsecondsPer } from '../slice.ts';
import type { AsteriskContender, AsteriskKey } from './contender.ts';

/** Calls/s. */
export const RATES = [10, 50, 100] as const;
export type Rate = (typeof RATES)[number];

/** What one contender did at one rate in one round. */
export interface AsteriskSlice {
  readonly round: number;
  readonly rate: Rate;
  readonly contender: AsteriskKey;
  /** From the INVITE to its final answer, which the dialplan gives in the step after the look-up, in ms. */
  readonly setUpMs: LoadResult['latencyMs'];
  /** User and system time a call, in µs. */
  readonly cpuUs: {
    readonly asterisk: number;
    readonly server: number;
    readonly database: number;
    readonly caller: number;
  };
  /** In use at the end of the slice. */
  readonly memoryMb: { readonly asterisk: number; readonly server: number; readonly database: number };
  readonly calls: Calls;
}

export interface AsteriskLoad {
  readonly round: number;
  readonly rate: Rate;
  readonly durationMs: number;
}

/** What is left to do once a call is refused: the channel's end. */
const AFTERMATH_MS = 300;

/** Measures one contender at one rate. The others are stopped meanwhile: see `resumeAlone`. */
export async function measureOnAsterisk(
  contender: AsteriskContender,
  database: DatabaseServer,
  caller: Generator,
  { round, rate, durationMs }: AsteriskLoad,
): Promise<AsteriskSlice> {
  const { asterisk, server } = contender;
  const cpu = (): Record<'asterisk' | 'server' | 'database', number> => ({
    asterisk: cpuMs(asterisk.pid),
    server: server === undefined ? 0 : cpuMs(server.pid),
    database: cpuMs(database.pid),
  });
  const before = cpu();
  const pace = { kind: 'open', ratePerSecond: rate } as const;
  const port = asterisk.ports.pjsip;
  const { calls, latencyMs, generatorCpuMs } = await caller.run({ port, pace, durationMs });
  await sleep(AFTERMATH_MS);
  const after = cpu();

  const perCall = microsecondsPer(calls);
  return {
    round,
    rate,
    contender: contender.key,
    setUpMs: latencyMs,
    cpuUs: {
      asterisk: perCall(after.asterisk - before.asterisk),
      server: perCall(after.server - before.server),
      database: perCall(after.database - before.database),
      caller: perCall(generatorCpuMs),
    },
    memoryMb: {
      asterisk: residentMb(asterisk.pid),
      server: server === undefined ? 0 : residentMb(server.pid),
      database: residentMb(database.pid),
    },
    calls: judged(calls, contender),
  };
}

/**
 * Stops every other contender, so that no timer of theirs gets in the way.
 *
 * @param become the words to put before a command that needs root, as Asterisk runs as root
 */
export function resumeAlone(
  contender: AsteriskContender,
  all: readonly AsteriskContender[],
  become: readonly string[],
): void {
  const signal = (name: 'STOP' | 'CONT', whom: readonly AsteriskContender[]): void => {
    const pids = whom.flatMap(({ asterisk, server }) => [asterisk.pid, ...(server ? [server.pid] : [])]);
    const [file = 'kill', ...args] = [...become, 'kill', `-${name}`, ...pids.map(String)];
    if (pids.length > 0) execFileSync(file, args, { stdio: 'ignore' });
  };
  signal(
    'STOP',
    all.filter((other) => other !== contender),
  );
  signal('CONT', [contender]);
}
