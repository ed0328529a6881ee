import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from './running-server.ts';

/** A user as the kernel knows them. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  /** All their groups. */
  readonly gids: readonly number[];
}

/** deploy/courier-agi.service: `User=` */
const SERVICE_USER = 'courier-agi';

/**
 * Whom the server runs as: the user of the one that runs here; else the service's, if there is one and root
 * asks, who may be meant to start it; else whoever asks.
 *
 * @param root `/` but for tests
 */
export function findServiceUser(running: RunningServer | null, root = '/'): ServiceUser {
  if (running !== null && isCourierAgi(running.status.pid, root)) {
    const server = userOfProcess(running.status.pid, root);
    if (server !== null) return server;
  }
  const uid = process.getuid?.() ?? 0;
  const service = uid === 0 ? userByName(SERVICE_USER) : null;
  const gids = [process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])];
  return service ?? { name: nameOf(uid), uid, gids };
}

/** Whether this process is a `courier-agi serve` or `desk`; of a server elsewhere the number means another one here. */
export function isCourierAgi(pid: number, root = '/'): boolean {
  return /\0(serve|desk)(\0|$)/.test(read(join(root, 'proc', String(pid), 'cmdline')));
}

/** @returns null when there is no such process */
export function userOfProcess(pid: number, root = '/'): ServiceUser | null {
  const status = read(join(root, 'proc', String(pid), 'status'));
  const ids = (key: string): number[] =>
    (new RegExp(`^${key}:(.*)$`, 'm').exec(status)?.[1] ?? '')
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  // Real, effective, saved, of the file system: the last one counts here.
  const uid = ids('Uid')[3];
  const gid = ids('Gid')[3];
  if (uid === undefined || gid === undefined) return null;
  return { name: nameOf(uid), uid, gids: [gid, ...ids('Groups')] };
}

/** As `id` knows them, which asks LDAP as well. @returns null when there is no such user */
export function userByName(name: string): ServiceUser | null {
  const uid = id(['-u', name]);
  return uid === '' ? null : { name, uid: Number(uid), gids: id(['-G', name]).split(' ').map(Number) };
}

export const READ = 4;
export const WRITE = 2;
export const ENTER = 1;

/** Whether a user may do that, by owner, group and mode; access control lists are not looked at. */
export function may(user: ServiceUser, what: number, { uid, gid, mode }: Stats): boolean {
  if (user.uid === 0) return true;
  const shift = user.uid === uid ? 6 : user.gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & what) === what;
}

/** @returns undefined when there is nothing, or it cannot be seen */
export function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function nameOf(uid: number): string {
  return id(['-nu', String(uid)]) || String(uid);
}

function id(args: readonly string[]): string {
  try {
    return execFileSync('id', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
