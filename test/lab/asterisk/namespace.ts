/** Where the folder of a run appears inside. */
export const RUN_FOLDER = '/srv';

/**
 * Shell: mounts what a server needs into the root file system and changes into it. To be run in a mount
 * namespace of its own, so that nothing of it is seen outside and all of it vanishes with the process.
 *
 * Arguments: the root file system, the folder of this run, the command and its arguments.
 */
export const ENTER = `
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
export const HOLD = `
unshare --mount --pid --fork --kill-child -- "$@" 3<&- </dev/null &
child=$!
( read -r _; kill -KILL $child ) <&3 &
watch=$!
wait $child
status=$?
kill $watch 2>/dev/null
exit $status
`.replace(/^\n/, 'exec 3<&0\n');
