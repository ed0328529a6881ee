import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { howToBecomeRoot } from './packages.ts';

/** Port 53 is the only one that resolv.conf knows, so the name server has an address of its own. */
const ADDRESS = '127.0.0.53';

export interface SrvTarget {
  /** Lower is asked first. */
  readonly priority: number;
  readonly port: number;
}

export interface NameServer {
  /** Text for the resolv.conf that leads here. */
  readonly resolvConf: string;
  readonly stop: () => Promise<void>;
}

/**
 * A name server on loopback: for each name that is given, `_agi._tcp.NAME` has an SRV record for each of its
 * targets, all of them on 127.0.0.1. Any other name does not exist.
 */
export async function startNameServer(
  services: Readonly<Record<string, readonly SrvTarget[]>>,
): Promise<NameServer> {
  // Port 53 needs root, which this process need not be: hence a process of its own.
  const become = (await howToBecomeRoot()) ?? [];
  const script = join(import.meta.dirname, 'dns', 'name-server.js');
  const [file, ...args] = [...become, process.execPath, script, ADDRESS, JSON.stringify(services)];
  // It ends when its stdin does, so at the latest with this process.
  const child = spawn(file ?? process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const failed = ended.then((): never => {
    throw new Error(`The name server could not start on ${ADDRESS}:53.`);
  });
  await Promise.race([once(child.stdout, 'data'), failed]);
  return {
    resolvConf: `nameserver ${ADDRESS}\noptions timeout:1 attempts:1\n`,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
