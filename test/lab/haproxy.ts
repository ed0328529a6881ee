import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeTcpPort } from './free-port.ts';
import { ensurePackage } from './packages.ts';

/** HAProxy on deploy/haproxy.cfg, with the addresses of this machine. */
export interface Haproxy {
  /** Where calls come in. */
  readonly port: number;
  /** Says a line on its admin socket, as the admin does with socat. @returns the answer */
  readonly admin: (command: string) => Promise<string>;
  /** What it knows of agi1 or agi2. */
  readonly server: (name: string) => Promise<BackendState>;
  readonly stop: () => Promise<void>;
}

export interface BackendState {
  /** Such as `UP`, `DOWN` and `DRAIN`: up, and gets no new calls. */
  readonly status: string;
  /** Calls that it has now. */
  readonly sessions: number;
}

/** Ports of a courier-agi behind it. */
export interface Backend {
  readonly agiPort: number;
  readonly httpPort: number;
}

/** @param backends those that the file calls agi1 and agi2 */
export async function startHaproxy(backends: readonly [Backend, Backend]): Promise<Haproxy> {
  const haproxy = await ensurePackage('haproxy', 'haproxy');
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  const socket = join(folder, 'admin.sock');
  const port = await freeTcpPort();
  let config = (await readFile(new URL('../../deploy/haproxy.cfg', import.meta.url), 'utf8'))
    .replace('/run/haproxy/admin.sock', socket)
    .replace('bind :4573', `bind 127.0.0.1:${port}`)
    .replace(' port 9573', '');
  for (const [index, { agiPort, httpPort }] of backends.entries()) {
    // Here the two stand on one machine, so that each needs a port of its own for the question as well.
    config = config.replace(`10.0.0.1${index + 1}:4573\n`, `127.0.0.1:${agiPort} port ${httpPort}\n`);
  }
  await writeFile(file, config);

  // -db: in the foreground. It dies with this process.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', haproxy, '-db', '-f', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
  const admin = async (command: string): Promise<string> => {
    const connection = connect(socket);
    await once(connection, 'connect');
    connection.write(`${command}\n`);
    return text(connection);
  };
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };

  const server = async (name: string): Promise<BackendState> => {
    const [head = '', ...rows] = (await admin('show stat')).split('\n').map((line) => line.split(','));
    const row = rows.find(([proxy, one]) => proxy === 'courier-agi' && one === name) ?? [];
    const cell = (column: string) => row[head.indexOf(column)] ?? '';
    return { status: cell('status'), sessions: Number(cell('scur')) };
  };

  const isUp = async (name: string) => (await server(name)).status === 'UP';
  while (!(await Promise.all(['agi1', 'agi2'].map(isUp)).catch(() => [false])).every(Boolean)) {
    if (child.exitCode !== null) {
      await stop();
      throw new Error(`HAProxy ended:\n${log}`);
    }
    await sleep(50);
  }
  return { port, admin, server, stop };
}
