import { readFileSync, writeFileSync } from 'node:fs';

/** A clock tick of /proc in ms: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** User and system time of a process and of its children that have ended and were waited for, in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the command's name in parentheses, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return ((user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0)) * TICK_MS;
}

/** Memory that is in use now, in MB, by a process and its children. */
export function residentMb(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + statusMb(one, 'VmRSS'), 0);
}

/** The most memory that was in use since `forgetPeak`, in MB, by the process alone. */
export function peakMb(pid: number): number {
  return statusMb(pid, 'VmHWM');
}

export function forgetPeak(pid: number): void {
  // proc(5): 5 resets the peak resident set size.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function statusMb(pid: number, key: 'VmRSS' | 'VmHWM'): number {
  try {
    const kb = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'latin1'),
    )?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    // A child that has just ended.
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}
