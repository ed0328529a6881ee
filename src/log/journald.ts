import { fstatSync } from 'node:fs';

/** pino's levels and syslog's priorities (sd-daemon(3)), the gravest first. */
const PRIORITIES = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
] as const;
const DEBUG = 7;

/** Whether a file descriptor is the stream to systemd's journal that `$JOURNAL_STREAM` names, by device and inode. */
export function isJournald(fd: number, env: NodeJS.ProcessEnv): boolean {
  const stream = env['JOURNAL_STREAM'];
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd);
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** `<3>` before the line: journald takes it off, and `journalctl -p err` finds the line. @param line pino's */
export function withPriority(line: string): string {
  const level = Number(/^\{"level":(\d+)/.exec(line)?.[1]);
  const priority = PRIORITIES.find(([least]) => level >= least)?.[1] ?? DEBUG;
  return `<${priority}>${line}`;
}
