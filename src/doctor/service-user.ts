import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from './running-server.ts';

/** Who writes the snapshot, as the kernel knows him. */
export interface Writer {
  readonly name: string;
  readonly uid: number;
  /** All his groups. */
  readonly gids: readonly number[];
}

/** deploy/courier-agi.service: `User=` */
const SERVICE_USER = 'courier-agi';

/**
 * The user of the server that runs here; else the service's, if there is one and root asks, who may be meant
 * to start it; else whoever asks.
 *
 * @param root `/` but for tests
 */
export function findWriter(running: RunningServer | null, root = '/'): Writer {
  const users = read(join(root, 'etc/passwd'))
    .split('\n')
    .map((line) => line.split(':'));
  const nameOf = (uid: number): string =>
    users.find((fields) => fields[2] === String(uid))?.[0] ?? String(uid);

  const server = running === null ? null : readProcess(join(root, 'proc', String(running.status.pid)));
  if (server !== null) return { name: nameOf(server.uid), ...server };

  const uid = process.getuid?.() ?? 0;
  const service = users.find(([name]) => name === SERVICE_USER);
  if (uid === 0 && service !== undefined) {
    const groups = read(join(root, 'etc/group'))
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([, , , members = '']) => members.split(',').includes(SERVICE_USER))
      .map(([, , gid]) => Number(gid));
    return { name: SERVICE_USER, uid: Number(service[2]), gids: [Number(service[3]), ...groups] };
  }
  return { name: nameOf(uid), uid, gids: [process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])] };
}

/** @returns null when that is no `courier-agi serve`: the server runs on another machine, or in a container */
function readProcess(folder: string): Omit<Writer, 'name'> | null {
  if (!/\0serve(\0|$)/.test(read(join(folder, 'cmdline')))) return null;
  const status = read(join(folder, 'status'));
  const ids = (key: string): number[] =>
    (new RegExp(`^${key}:(.*)$`, 'm').exec(status)?.[1] ?? '')
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  // Real, effective, saved, of the file system: the last one counts here.
  const uid = ids('Uid')[3];
  const gid = ids('Gid')[3];
  return uid === undefined || gid === undefined ? null : { uid, gids: [gid, ...ids('Groups')] };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
