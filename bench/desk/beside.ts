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
  /** The router's calls a second with 10 callers, by whether a desk follows. */
  readonly callsPerSecond: { readonly without: number; readonly with: number };
  /** The middle of the rounds: with, divided by without. */
  readonly ratio: number;
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
  const traffic = await startTraffic({ callsPerSecond, seconds: (rounds + 1) * 4 * (sliceMs / 1000) + 60 });
  const home = await makeDeskHome();
  const scripts = NUMBERS.map((number) => ({
    environment: new Map([['agi_callerid', number]]),
    presets: new Map<string, string>(),
  }));
  const measure = async () => {
    const target = { host: '127.0.0.1', port: router.port };
    const report = await runLoad(target, scripts, {
      durationMs: sliceMs,
      pace: { connections: CONNECTIONS },
    });
    return (report.answered / report.durationMs) * 1000;
  };
  const results: { without: number; with: number }[] = [];
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
    callsPerSecond: {
      without: median(results.map(({ without }) => without)),
      with: median(results.map((one) => one.with)),
    },
    ratio: median(results.map((one) => one.with / one.without)),
  };
}
