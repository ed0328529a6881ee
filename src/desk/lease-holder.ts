import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCodeOf } from '../util/errors.ts';

/** Characters of the host's name that are kept: it is there for whoever reads the table. */
const MAX_HOST = 20;

/** Names this process among all desks on a journal, in at most 60 characters. */
export function leaseHolder(): string {
  const once = randomBytes(4).toString('hex');
  return `${hostname().slice(0, MAX_HOST)} ${processSpace()} ${process.pid} ${once}`;
}

/** Whether another desk has ended without giving its lease back. False where that cannot be known: on another machine. */
export function isGone(holder: string): boolean {
  const [, space, pid] = / ([0-9a-f]{8}) (\d+) [0-9a-f]{8}$/.exec(holder) ?? [];
  if (space === undefined || space !== processSpace()) return false;
  // Two never have one number at a time.
  return Number(pid) === process.pid || !isRunning(Number(pid));
}

/** Of processes whose numbers mean the same: of one start of one machine, and not in containers apart. */
function processSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const space = readlinkSync('/proc/self/ns/pid');
    return createHash('sha256').update(`${boot} ${space}`).digest('hex').slice(0, 8);
  } catch {
    // No Linux: nobody can tell.
    return 'unknown';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}
