import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startListeningProcess } from './listening-process.ts';
import { LAB_FOLDER } from './rootfs/prepare.ts';
import { withLock } from './rootfs/lock.ts';
import { runLogged } from './rootfs/run-logged.ts';

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
  const main = await buildServer();
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

let built: Promise<string> | undefined;

/** Compiles the server into the lab, apart from `dist/`, once a test file, and returns its entry. Takes about a second. */
export function buildServer(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const root = join(LAB_FOLDER, '..');
  const folder = join(LAB_FOLDER, 'server');
  await mkdir(folder, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    const compiler = join(root, 'node_modules', '.bin', 'tsc');
    // Types are what `npm run check` is for.
    const options = ['-p', join(root, 'tsconfig.build.json'), '--noCheck', '--outDir', join(folder, 'dist')];
    await runLogged([compiler, ...options]);
    // Its version is read from there.
    await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  });
  return join(folder, 'dist', 'main.js');
}
