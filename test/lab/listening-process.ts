import { spawn } from 'node:child_process';

/** A service of courier-agi as a process of its own, once it listens. */
export interface ListeningProcess {
  /** The one that its log tells. */
  readonly port: number;
  readonly pid: number;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it has logged so far. */
  readonly log: () => string;
}

/**
 * Starts it, and waits until it listens. It dies with this process.
 *
 * @param args of node: the compiled entry, the command and its options
 * @param whileItStarts what happens to it before it listens
 * @param environment besides that of this process
 * @throws when it ends before; the message holds its log
 */
export async function startListeningProcess(
  args: readonly string[],
  whileItStarts: (signal: (name: NodeJS.Signals) => void) => Promise<void> = async () => {},
  environment: Readonly<Record<string, string>> = {},
): Promise<ListeningProcess> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
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
    throw new Error(`It ended while it started.\n${log}`);
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  await Promise.race([whileItStarts(signal), failed]);
  const port = await Promise.race([listening, failed]);
  return { port, pid: child.pid ?? 0, signal, ended, log: () => log };
}
