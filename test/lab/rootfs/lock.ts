import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process on this machine holds the same lock file. A lock whose process is gone
 * is taken over: a killed test run must not block the next one.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(path))) await sleep(500);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, await identityOf(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    // Not `instanceof Error`: under Jest it comes from another realm.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = await readFile(path, 'utf8').catch(() => '');
  // An empty file: its holder is between creating and writing.
  if (holder === '') return false;
  const [pid = '0'] = holder.split(' ');
  if ((await identityOf(Number(pid))) !== holder) await rm(path, { force: true });
  return false;
}

/** Process number and start time: a number alone comes back after a reboot or in a new container. */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in brackets may hold spaces; behind it, the start time is the 20th word (proc(5): field 22).
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone';
  return `${pid} ${startedAt}`;
}
