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
  admin(command: string): Promise<string>;
  stop(): Promise<void>;
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

  const bothUp = async () => {
    const rows = (await admin('show stat')).split('\n').filter((row) => /^courier-agi,agi\d,/.test(row));
    return rows.length === 2 && rows.every((row) => row.includes(',UP,'));
  };
  while (!(await bothUp().catch(() => false))) {
    if (child.exitCode !== null) {
      await stop();
      throw new Error(`HAProxy ended:\n${log}`);
    }
    await sleep(50);
  }
  return { port, admin, stop };
}
