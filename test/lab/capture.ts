import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackage, howToBecomeRoot } from './packages.ts';

export interface Capture {
  /** Ends it. @returns every byte that went over the ports, with the headers of the packets */
  readonly stop: () => Promise<Buffer>;
}

/** Reads along on loopback with tcpdump, as root. @param ports TCP and UDP, in both directions */
export async function capture(ports: readonly number[]): Promise<Capture> {
  const tcpdump = await ensurePackage('tcpdump', 'tcpdump');
  const become = (await howToBecomeRoot()) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-capture-'));
  const file = join(folder, 'packets.pcap');
  const filter = ports.map((port) => `port ${port}`).join(' or ');
  // Root, so that it may write into the folder; whole packets, of which none may wait in a buffer, the kernel's included.
  const [command, ...args] = [
    ...become,
    'setpriv',
    '--pdeathsig',
    'KILL',
    tcpdump,
    '-i',
    'lo',
    '-Z',
    'root',
    '-s',
    '0',
    '-B',
    '131072',
    '-U',
    '--immediate-mode',
    '-n',
    '-w',
    file,
    filter,
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) resolve();
    });
    void ended.then(() => reject(new Error(`tcpdump ended: ${said}`)));
  });
  return {
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      const dropped = /(\d+) packets? dropped by kernel/.exec(said)?.[1];
      if (dropped !== '0') throw new Error(`tcpdump did not see everything: ${said}`);
      const bytes = await readFile(file);
      await rm(folder, { recursive: true, force: true });
      return bytes;
    },
  };
}
