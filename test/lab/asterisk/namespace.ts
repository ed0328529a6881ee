import { readFileSync } from 'node:fs';

/** Where the folder of a run appears inside. */
export const RUN_FOLDER = '/srv';

/** Where a server runs. */
export interface Place {
  /** Words before a command that needs root; none for root itself. */
  readonly become: readonly string[];
  /** The root file system. */
  readonly root: string;
  /** The folder of this run. */
  readonly folder: string;
}

/**
 * The command line that runs a server at a place, as long as the stdin given to it stays open. Its processes
 * and mounts vanish with it.
 */
export function heldCommand(place: Place, command: readonly string[]): readonly string[] {
  return [...place.become, '/bin/sh', '-c', HOLD, 'sh', ...entering(place), ...command];
}

/** The command line that runs a short command beside the server, with the same files. */
export function visitingCommand(place: Place, command: readonly string[]): readonly string[] {
  return [...place.become, 'unshare', '--mount', ...entering(place), ...command];
}

/**
 * The process of that name among those that a command has started: between the two stand shells and unshare.
 *
 * @throws when there is none
 */
export function findDescendant(pid: number, name: string): number {
  // A list that grows while it is walked through.
  const family = [pid];
  for (const one of family) {
    if (readFileSync(`/proc/${one}/comm`, 'utf8').trim() === name) return one;
    const children = readFileSync(`/proc/${one}/task/${one}/children`, 'utf8').trim();
    if (children !== '') family.push(...children.split(' ').map(Number));
  }
  throw new Error(`No process ${name} was started by ${pid}.`);
}

function entering({ root, folder }: Place): readonly string[] {
  return ['/bin/sh', '-ec', ENTER, 'sh', root, folder];
}

/**
 * Shell: mounts what a server needs into the root file system and changes into it. To be run in a mount
 * namespace of its own, so that nothing of it is seen outside and all of it vanishes with the process.
 *
 * Arguments: the root file system, the folder of this run, the command and its arguments.
 */
const ENTER = `
root=$1; run=$2; shift 2
mount --bind "$run" "$root${RUN_FOLDER}"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
for name in hosts resolv.conf; do
  [ -e "$root/etc/$name" ] || : > "$root/etc/$name"
  mount --bind "$run/$name" "$root/etc/$name"
done
exec chroot "$root" "$@"
`;

/**
 * Shell: runs a command in namespaces of its own as long as stdin stays open. The other end of stdin is held
 * by the tests, so the command dies with them, even when they are killed, and even across sudo.
 *
 * With a process namespace, whatever the command has started dies with it.
 */
const HOLD = `
unshare --mount --pid --fork --kill-child -- "$@" 3<&- </dev/null &
child=$!
( read -r _; kill -KILL $child ) <&3 &
watch=$!
wait $child
status=$?
kill $watch 2>/dev/null
exit $status
`.replace(/^\n/, 'exec 3<&0\n');
