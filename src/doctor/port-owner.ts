import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isCourierAgi } from './service-user.ts';

/** The process that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  /** Such as `nginx`. */
  readonly command: string;
  readonly isCourierAgi: boolean;
}

/** proc(5): the state of a socket that listens. */
const LISTENING = '0A';

/**
 * Who listens on a TCP port of this machine, as `/proc` tells it.
 *
 * @returns null when it cannot be known: of processes of other users only root may know
 */
export function findPortOwner(port: number): PortOwner | null {
  const sockets = new Set(socketsOn(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!filesOf(pid).some((file) => sockets.has(file))) continue;
    return {
      pid: Number(pid),
      command: readText(`/proc/${pid}/comm`).trim(),
      isCourierAgi: isCourierAgi(Number(pid)),
    };
  }
  return null;
}

/** @returns inodes */
function socketsOn(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readText(table)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => local.endsWith(suffix) && state === LISTENING)
      .flatMap((fields) => fields[9] ?? []),
  );
}

/** What a process has open; a file is closed and a process ends when they like, and most belong to others. */
function filesOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return orNothing(() => readdirSync(folder)).flatMap((name) =>
    orNothing(() => [readlinkSync(`${folder}/${name}`)]),
  );
}

function orNothing(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
