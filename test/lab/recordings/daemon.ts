import { execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../eventually.ts';

/** A server in the foreground, with a process of its own for each connection. */
export interface Daemon {
  /** To it and to all that it has started. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** At once; may be called twice. */
  readonly end: () => Promise<void>;
}

/**
 * Starts it, and waits until it listens on loopback. It dies with this process.
 *
 * @param options `become`: the words before a command that may signal it
 */
export async function startDaemon(
  [file = '', ...args]: readonly string[],
  port: number,
  { become = [], env = process.env }: { become?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Daemon> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-4000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const signal = (name: NodeJS.Signals) => {
    for (const pid of familyOf(child.pid ?? 0)) {
      try {
        if (become.length === 0) process.kill(pid, name);
        else sendAs(become, pid, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  await eventually(`${file} listens`, async () => {
    if (isOver()) throw new Error(`${file} ended with ${child.exitCode ?? child.signalCode}.\n${output}`);
    return listens(port);
  });
  return {
    signal,
    end: async () => {
      signal('SIGKILL');
      // Its connections hold its output open.
      child.stdout.destroy();
      child.stderr.destroy();
      await ended;
    },
  };
}

function sendAs([file = '', ...args]: readonly string[], pid: number, name: NodeJS.Signals): void {
  execFileSync(file, [...args, 'kill', `-${name.slice('SIG'.length)}`, String(pid)], { stdio: 'ignore' });
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A process and all that it has started, the youngest last. */
function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}
