import { setTimeout as sleep } from 'node:timers/promises';
import { playCall, type CallResult } from '../../src/simulator/asterisk.ts';

/** Calls that follow one another without end, until they are stopped. */
export interface CallStream {
  /** So far. */
  readonly made: () => number;
  /** Waits until so many more have been made. */
  readonly more: (count: number) => Promise<void>;
  /** Lets the last ones end. @returns all results */
  readonly stop: () => Promise<readonly CallResult[]>;
}

export interface StreamOptions {
  readonly number: string;
  /** Calls at the same time. */
  readonly concurrency: number;
  /** Where a call may go: each port is tried when the connection to the one before it fails, as with `hagi://`. */
  readonly ports: readonly number[];
}

const PAUSE_MS = 10;

export function startCallStream({ number, concurrency, ports }: StreamOptions): CallStream {
  const script = { environment: new Map([['agi_callerid', number]]), presets: new Map<string, string>() };
  const results: CallResult[] = [];
  const stopping = new AbortController();
  const callAgainAndAgain = async () => {
    while (!stopping.signal.aborted) {
      results.push(await callOneOf(ports, script));
      await sleep(PAUSE_MS);
    }
  };
  const lines = Array.from({ length: concurrency }, callAgainAndAgain);
  return {
    made: () => results.length,
    more: async (count) => {
      const enough = results.length + count;
      while (results.length < enough) await sleep(PAUSE_MS);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(lines);
      return results;
    },
  };
}

async function callOneOf(
  [port = 0, ...others]: readonly number[],
  script: Parameters<typeof playCall>[1],
): Promise<CallResult> {
  const result = await playCall({ host: '127.0.0.1', port }, script);
  // res_agi.c, launch_ha_netscript: only a connection that fails leads to the next server.
  return result.connectMs === null && others.length > 0 ? callOneOf(others, script) : result;
}
