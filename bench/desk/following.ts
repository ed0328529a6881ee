import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/calls/call.ts';
import { type DeskProcess, makeDeskHome, readGaps, startDeskProcess } from '../../test/lab/desk-process.ts';
import { cpuMs, residentMb } from '../process-figures.ts';
import { median } from '../statistics.ts';
import { ACCOUNT, TALK_SECONDS } from './played-calls.ts';
import { startTraffic } from './traffic.ts';

export interface FollowingFigures {
  readonly calls: number;
  /** Calls that are not in the journal as they were. */
  readonly wrong: number;
  /** Times that the journal says nobody followed: calls in them may be wrong. */
  readonly gaps: number;
  readonly eventsPerSecond: number;
  readonly cpuMicrosAnEvent: number;
  /** From the end of a call until HTTP tells it as ended, the desk's own half second of waiting for late events included, ms. */
  readonly behindMs: { readonly p50: number; readonly max: number };
  /** Resident memory, MB: the most, and the mean of the second and the third third of the time. */
  readonly memoryMb: { readonly most: number; readonly second: number; readonly third: number };
}

/** Looks for a call that has just ended, every so often, ms. */
const PROBE_EVERY_MS = 500;
const POLL_MS = 50;
const SAMPLE_MS = 500;
const WARM_UP_SECONDS = 5;

/** The desk as a process, and calls at a steady rate. */
export async function measureFollowing(callsPerSecond: number, seconds: number): Promise<FollowingFigures> {
  const played = new Map<string, string>();
  let newest: { number: string; at: number } | undefined;
  const traffic = await startTraffic({ callsPerSecond, seconds }, ({ number, answeredBy }) => {
    played.set(number, answeredBy);
    newest = { number, at: performance.now() };
  });
  const home = await makeDeskHome();
  const desk = await startDeskProcess(home, { ami: { port: traffic.port, ...ACCOUNT } });
  try {
    await desk.ready();
    const state = { isOver: false };
    const memory: number[] = [];
    const sampling = setInterval(() => memory.push(residentMb(desk.pid)), SAMPLE_MS);
    const behind: number[] = [];
    traffic.begin();
    const probing = (async () => {
      while (!state.isOver) {
        await sleep(PROBE_EVERY_MS);
        if (newest !== undefined) behind.push(await untilEnded(desk, newest));
      }
    })();
    await sleep(WARM_UP_SECONDS * 1000);
    behind.length = 0;
    memory.length = 0;
    const from = { cpu: cpuMs(desk.pid), at: performance.now() };
    await sleep((seconds - WARM_UP_SECONDS) * 1000);
    const cpu = cpuMs(desk.pid) - from.cpu;
    const share = (performance.now() - from.at) / 1000 / seconds;
    const events = await traffic.over;
    state.isOver = true;
    await probing;
    clearInterval(sampling);
    await sleep(1500);
    const calls = await allCalls(desk);
    await desk.terminate();
    // What it complained of explains what is wrong.
    for (const line of desk.log().split('\n')) if (/"problem"/.test(line)) process.stderr.write(`${line}\n`);
    const third = Math.floor(memory.length / 3);
    return {
      calls: played.size,
      wrong: countWrong(played, calls),
      gaps: (await readGaps(home)).length,
      eventsPerSecond: events / seconds,
      cpuMicrosAnEvent: (cpu * 1000) / (events * share),
      behindMs: { p50: median(behind), max: Math.max(...behind) },
      memoryMb: {
        most: Math.max(...memory),
        second: mean(memory.slice(third, 2 * third)),
        third: mean(memory.slice(2 * third)),
      },
    };
  } finally {
    await desk.kill();
    await home.remove();
    traffic.stop();
  }
}

/** @returns ms from its end */
async function untilEnded(
  desk: DeskProcess,
  { number, at }: { number: string; at: number },
): Promise<number> {
  const until = at + 10_000;
  while (performance.now() < until) {
    const { body } = await desk.get(`/api/calls?number=${number}`);
    const [call] = body['calls'] as Call[];
    if (call?.state === 'ended') break;
    await sleep(POLL_MS);
  }
  return performance.now() - at;
}

async function allCalls(desk: DeskProcess): Promise<Call[]> {
  const calls: Call[] = [];
  let cursor = '';
  do {
    const { body } = await desk.get(`/api/calls?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    calls.push(...(body['calls'] as Call[]));
    cursor = (body['next'] as string | null) ?? '';
  } while (cursor !== '');
  return calls;
}

/** Not there, there twice, or not as it was played. */
function countWrong(played: ReadonlyMap<string, string>, calls: readonly Call[]): number {
  const right = calls.filter(
    ({ from, answeredBy, outcome, state, direction, completeness, seconds, legs }) =>
      played.get(from.number ?? '') === answeredBy?.extension &&
      `${direction} ${state} ${outcome} ${completeness} ${legs.length}` === 'in ended answered whole 5' &&
      Math.abs(seconds.talk - TALK_SECONDS) <= 1,
  );
  const distinct = new Set(right.map(({ from }) => from.number));
  return Math.max(played.size, calls.length) - distinct.size;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
