import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  // It dies with this process.
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', process.execPath, main, 'serve', '--config', config],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
  });
  const listening = new Promise<number>((resolve) => {
    const read = (text: string) => {
      log += text;
      const port = /"port":(\d+)[^\n]*"msg":"listening"/.exec(log)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
  });
  const failed = ended.then((): never => {
    throw new Error(`The server ended while it started.\n${log}`);
  });
  const port = await Promise.race([listening, failed]);
  return {
    port,
    pid: child.pid ?? 0,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    terminate: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
    log: () => log,
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
