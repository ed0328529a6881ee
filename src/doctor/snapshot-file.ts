import { statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { warn, type Finding } from './check.ts';
import type { Writer } from './service-user.ts';

const READ = 4;
const WRITE = 2;
const ENTER = 1;

/**
 * Can the server keep its snapshot there?
 *
 * @param path `snapshot.file`
 * @returns null when it can
 */
export function checkSnapshotFile(path: string, writer: Writer): Finding | null {
  const folder = dirname(path);
  const closed = foldersAbove(folder).find((one) => {
    const stats = look(one);
    return stats !== undefined && !may(stats, writer, ENTER);
  });
  if (closed !== undefined) {
    return warn(
      `User ${writer.name} may not enter ${describe(closed)}, and snapshot.file is below it.`,
      `chmod o+x ${closed}, or set snapshot.file to a path below /var/lib/courier-agi.`,
    );
  }
  const stats = look(folder);
  if (stats === undefined) {
    return warn(
      `The folder ${folder} of snapshot.file does not exist. The server makes it if it may: is the path right?`,
      `install -d -m 750 -o ${writer.name} ${folder}`,
    );
  }
  if (!stats.isDirectory()) {
    return warn(
      `${folder} is no folder, and snapshot.file is below it.`,
      'Set snapshot.file to another path.',
    );
  }
  if (!may(stats, writer, WRITE | ENTER)) {
    return warn(
      `User ${writer.name} may not write into ${describe(folder)}: the snapshot does not outlive a restart.`,
      `chown ${writer.name} ${folder}; the systemd service does so for /var/lib/courier-agi when it starts.`,
    );
  }
  const file = look(path);
  if (file?.isDirectory() === true) {
    return warn(`snapshot.file ${path} is a folder.`, `Name a file in it: ${path}/snapshot`);
  }
  if (file !== undefined && !may(file, writer, READ)) {
    return warn(
      `User ${writer.name} may not read ${describe(path)}: after a restart there is no snapshot until one is taken.`,
      `chown ${writer.name} ${path}`,
    );
  }
  return null;
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [...foldersAbove(above), above];
}

/** @returns undefined when there is nothing, or it cannot be seen */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** By owner, group and mode; access control lists are not looked at. */
function may({ uid, gid, mode }: Stats, writer: Writer, what: number): boolean {
  if (writer.uid === 0) return true;
  const shift = writer.uid === uid ? 6 : writer.gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & what) === what;
}

function describe(path: string): string {
  const stats = look(path);
  if (stats === undefined) return path;
  return `${path} (owner ${stats.uid}, group ${stats.gid}, mode ${(stats.mode & 0o7777).toString(8)})`;
}
