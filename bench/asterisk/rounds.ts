import type { DatabaseServer } from '../../test/lab/databases/server.ts';
import { howToBecomeRoot } from '../../test/lab/packages.ts';
import type { Generator } from '../load/client.ts';
import { tell } from '../progress.ts';
import type { Caller } from '../traffic.ts';
import type { AsteriskContender } from './contender.ts';
import { measureOnAsterisk, RATES, resumeAlone, type AsteriskLoad, type AsteriskSlice } from './slice.ts';

export interface AsteriskSetting {
  readonly rounds: number;
  /** Length of one slice. At a low rate it is longer: see `lengthOf`. */
  readonly sliceMs: number;
  readonly database: DatabaseServer;
  readonly callers: readonly Caller[];
  /** Calls the servers without Asterisk, to warm them up. */
  readonly generator: Generator;
  /** Calls by SIP. */
  readonly caller: Generator;
  readonly contenders: readonly AsteriskContender[];
}

/** The warm-up of a server is as long as so many slices. */
const WARM_UP_SLICES = 2;
/** A slice has at least so many calls for each of its seconds: a p99 of a few calls tells nothing. */
const LEAST_CALLS_PER_SECOND = 20;

/** So many callers lie between the first ones of two slices. */
const APART = 2500;

/** Round by round, each rate by all contenders in turn, each time beginning with another one. */
export async function measureRoundsOnAsterisk(setting: AsteriskSetting): Promise<AsteriskSlice[]> {
  const { rounds, sliceMs, contenders } = setting;
  const become = (await howToBecomeRoot()) ?? [];
  await warmUp(setting, become);
  const slices: AsteriskSlice[] = [];
  for (let round = 1; round <= rounds; round++) {
    const turn = round % Math.max(1, contenders.length);
    for (const rate of RATES) {
      for (const contender of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
        const slice = await take(setting, become, contender, {
          round,
          rate,
          durationMs: lengthOf(sliceMs, rate),
        });
        slices.push(slice);
      }
    }
  }
  return slices;
}

/** V8 compiles for thousands of calls; those that a SIP trunk brings in a slice would leave it half warm. */
async function warmUp(setting: AsteriskSetting, become: readonly string[]): Promise<void> {
  const { contenders, generator, callers, sliceMs } = setting;
  for (const contender of contenders) {
    resumeAlone(contender, contenders, become);
    if (contender.server !== undefined) {
      tell(`warming up (${contender.key})`);
      generator.use(callers);
      const durationMs = sliceMs * WARM_UP_SLICES;
      const pace = { kind: 'closed', connections: 10 } as const;
      await generator.run({ port: contender.server.port, pace, durationMs });
    }
    await take(setting, become, contender, { round: 0, rate: 100, durationMs: sliceMs });
  }
}

function lengthOf(sliceMs: number, rate: number): number {
  return sliceMs * Math.max(1, LEAST_CALLS_PER_SECOND / rate);
}

async function take(
  { database, callers, caller, contenders }: AsteriskSetting,
  become: readonly string[],
  contender: AsteriskContender,
  load: AsteriskLoad,
): Promise<AsteriskSlice> {
  resumeAlone(contender, contenders, become);
  const due = callersOf(callers, load);
  caller.use(contender.key === 'f' ? due.map(asSampleQueriesSee) : due);
  const slice = await measureOnAsterisk(contender, database, caller, load);
  const { setUpMs, cpuUs, memoryMb, calls } = slice;
  tell(
    `round ${load.round} ${load.rate} calls/s (${contender.key}): p50 ${setUpMs.p50.toFixed(2)} ms, ` +
      `p99 ${setUpMs.p99.toFixed(2)} ms, CPU of Asterisk ${cpuUs.asterisk.toFixed(0)} µs, ` +
      `server ${cpuUs.server.toFixed(0)} µs, database ${cpuUs.database.toFixed(0)} µs, ` +
      `Asterisk ${memoryMb.asterisk.toFixed(0)} MB, ${calls.routed} of ${calls.answered} to be dialled`,
  );
  return slice;
}

/** The same in the same order for everybody, and others in each round and at each rate. */
function callersOf(callers: readonly Caller[], { round, rate, durationMs }: AsteriskLoad): readonly Caller[] {
  const first = (round * RATES.length + RATES.indexOf(rate)) * APART;
  const count = Math.ceil((rate * durationMs) / 1000);
  return Array.from({ length: count }, (_, index) => callers[(first + index) % callers.length]).filter(
    (one) => one !== undefined,
  );
}

/** Numbers of clients' contact persons, which the sample queries do not look for: see `insertBigCompany`. */
const CONTACT_PERSON = /^\+?7499/;

function asSampleQueriesSee(caller: Caller): Caller {
  return CONTACT_PERSON.test(caller.number) ? { ...caller, routed: false } : caller;
}
