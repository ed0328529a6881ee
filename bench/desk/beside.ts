import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { runLoad } from '../../src/simulator/load.ts';
import { startServerProcess } from '../../test/lab/server-process.ts';
import { makeDeskHome, startDeskProcess } from '../../test/lab/desk-process.ts';
import { median } from '../statistics.ts';
import { ACCOUNT } from './played-calls.ts';
import { startTraffic } from './traffic.ts';

export interface BesideFigures {
  readonly rounds: number;
  /** The middle of the rounds. */
  readonly without: SideFigures;
  readonly with: SideFigures;
  /** Calls a second, with divided by without: the middle of the rounds. */
  readonly ratio: number;
}

/** What the router does, by whether a desk follows. */
interface SideFigures {
  /** Ten callers, each calling again at once. */
  readonly callsPerSecond: number;
  /** Calls at the rate at which the desk sees them come: how many of a hundred are answered, and after how many ms. */
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
}

/** The kernel's weight of it is a fifth of that of 0, as CPUWeight=20 of the desk's unit is of the router's 100. */
const NICE = 7;
const CONNECTIONS = 10;
const NUMBERS = ['79162000001', '79161000011', '74952000202', '79990001122'];

/**
 * The router, beside a desk that follows calls and without one, in turns. The played Asterisk goes on in both: it is no
 * part of the desk. The desk has the weight that its unit gives it.
 */
export async function measureBeside({
  callsPerSecond,
  rounds,
  sliceMs,
}: {
  callsPerSecond: number;
  rounds: number;
  sliceMs: number;
}): Promise<BesideFigures> {
  const router = await startServerProcess(
    'listen: { port: 0 }\nhttp: { enabled: false }\ndatabase: { url: "demo:" }\n',
  );
  const traffic = await startTraffic({ callsPerSecond, seconds: (rounds + 1) * 8 * (sliceMs / 1000) + 60 });
  const home = await makeDeskHome();
  const scripts = NUMBERS.map((number) => ({
    environment: new Map([['agi_callerid', number]]),
    presets: new Map<string, string>(),
  }));
  const target = { host: '127.0.0.1', port: router.port };
  const measure = async (): Promise<SideFigures> => {
    const most = await runLoad(target, scripts, { durationMs: sliceMs, pace: { connections: CONNECTIONS } });
    const usual = await runLoad(target, scripts, {
      durationMs: sliceMs,
      pace: { ratePerSecond: callsPerSecond },
    });
    return {
      callsPerSecond: (most.answered / most.durationMs) * 1000,
      answered: (100 * usual.answered) / (usual.started + usual.skipped),
      p50: usual.latencyMs.p50,
      p99: usual.latencyMs.p99,
    };
  };
  const results: { without: SideFigures; with: SideFigures }[] = [];
  try {
    traffic.begin();
    await measure();
    for (let round = 0; round < rounds; round += 1) {
      const without = await measure();
      const desk = await startDeskProcess(home, { ami: { port: traffic.port, ...ACCOUNT } });
      try {
        await desk.ready();
        // Each thread has a weight of its own.
        for (const thread of readdirSync(`/proc/${desk.pid}/task`)) setPriority(Number(thread), NICE);
        // As long for what it does at its start.
        await measure();
        results.push({ without, with: await measure() });
      } finally {
        await desk.kill();
      }
    }
  } finally {
    await router.kill();
    await home.remove();
    traffic.stop();
  }
  return {
    rounds,
    without: middle(results.map(({ without }) => without)),
    with: middle(results.map((one) => one.with)),
    ratio: median(results.map((one) => one.with.callsPerSecond / one.without.callsPerSecond)),
  };
}

function middle(figures: readonly SideFigures[]): SideFigures {
  const of = (name: keyof SideFigures): number => median(figures.map((one) => one[name]));
  return { callsPerSecond: of('callsPerSecond'), answered: of('answered'), p50: of('p50'), p99: of('p99') };
}
