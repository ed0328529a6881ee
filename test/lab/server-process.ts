import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProgram } from './build-program.ts';
import { startListeningProcess } from './listening-process.ts';

/** courier-agi as a process of its own, for what cannot be done to a server inside the test's process. */
export interface ServerProcess {
  /** Of the FastAGI listener. */
  readonly port: number;
  readonly pid: number;
  /** SIGSTOP: it neither answers nor closes, and its connections stand. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** SIGTERM, as `systemctl stop` sends it. @returns the exit status, or the signal that ended it */
  readonly terminate: () => Promise<number | NodeJS.Signals>;
  /** SIGKILL; may be called twice. */
  readonly kill: () => Promise<void>;
  /** What it has logged so far. */
  readonly log: () => string;
}

/** @param yaml its configuration; with port 0 it chooses one */
export async function startServerProcess(yaml: string): Promise<ServerProcess> {
  const main = await buildProgram();
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-server-'));
  const config = join(folder, 'courier-agi.yaml');
  await writeFile(config, yaml);

  const { port, pid, signal, ended, log } = await startListeningProcess([main, 'serve', '--config', config]);
  return {
    port,
    pid,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    terminate: () => {
      signal('SIGTERM');
      return ended;
    },
    kill: async () => {
      signal('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
    log,
  };
}
