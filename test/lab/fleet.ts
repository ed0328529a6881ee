import { eventually } from './eventually.ts';
import { Cleanups } from './cleanups.ts';
import { freeTcpPort } from './free-port.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** One of several courier-agi that answer the same calls, as on a machine of its own: it keeps its ports. */
export interface FleetMember {
  readonly agiPort: number;
  readonly httpPort: number;
  readonly yaml: string;
  /** Calls answered, over all its lives. */
  readonly calls: () => number;
  /** The last of its lives so far. */
  readonly log: () => string;
  /** As `systemctl stop` does it. @returns its exit status, or the signal that ended it */
  readonly stop: () => Promise<number | NodeJS.Signals>;
  /** Comes back when it is ready. */
  readonly start: () => Promise<void>;
}

export interface Fleet {
  readonly members: readonly [FleetMember, FleetMember];
  readonly stop: () => Promise<void>;
}

/** Two servers, both ready. @param settings further YAML, the same for both */
export async function startFleet(settings: string): Promise<Fleet> {
  const cleanups = new Cleanups();
  try {
    return {
      members: [await startMember(settings, cleanups), await startMember(settings, cleanups)],
      stop: cleanups.run,
    };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function startMember(settings: string, cleanups: Cleanups): Promise<FleetMember> {
  const [agiPort, httpPort] = [await freeTcpPort(), await freeTcpPort()];
  const yaml = `listen: { port: ${agiPort} }\nhttp: { port: ${httpPort} }\n${settings}\n`;
  const lives: ServerProcess[] = [];
  const start = async () => {
    const life = await startServerProcess(yaml);
    lives.push(life);
    cleanups.add(life.kill);
    await eventually('the server is ready', () => isReady(httpPort), 60_000);
  };
  await start();
  return {
    agiPort,
    httpPort,
    yaml,
    calls: () => lives.reduce((sum, life) => sum + life.log().split('"msg":"call"').length - 1, 0),
    log: () => lives.at(-1)?.log() ?? '',
    stop: async () => (await lives.at(-1)?.terminate()) ?? 0,
    start,
  };
}

async function isReady(httpPort: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${httpPort}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
