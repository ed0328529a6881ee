import { open } from 'node:fs/promises';
import type { AskAsterisk } from '../asterisk/console.ts';

/** Why Asterisk refused a login. It tells its log alone: who logs in hears the same of all three. */
export type LoginRefusal = 'no such user' | 'address' | 'secret';

/** The last lines will do: the login was refused a moment ago. */
const MAX_BYTES = 64 * 1024;

/**
 * @param ask the console of this machine's Asterisk
 * @param username whose login was refused just now
 * @param read the end of a file
 * @returns null when no log tells
 */
export async function whyLoginWasRefused(
  ask: AskAsterisk,
  username: string,
  read: (path: string) => Promise<string> = readEnd,
): Promise<LoginRefusal | null> {
  for (const path of logFiles(await ask('logger show channels'))) {
    const found = refusalIn(await read(path).catch(() => ''), username);
    if (found !== null) return found;
  }
  return null;
}

/** What the last refusal of this user in a log was. */
function refusalIn(log: string, username: string): LoginRefusal | null {
  const user = `'${username}'`;
  const lines = log.split('\n').filter((line) => line.includes(user));
  const isEnd = (line: string) => line.includes(`failed to authenticate as ${user}`);
  const last = lines.findLastIndex(isEnd);
  if (last === -1) return null;
  // The reason stands before it, as a line of its own; without one it is the secret.
  const before = lines.slice(0, last);
  const reasons = before.slice(before.findLastIndex(isEnd) + 1).join('\n');
  if (reasons.includes(`failed to pass IP ACL as ${user}`)) return 'address';
  return reasons.includes(`tried to authenticate with nonexistent user ${user}`) ? 'no such user' : 'secret';
}

/** `/var/log/asterisk/messages.log   File   default   Enabled   - NOTICE WARNING ERROR`, a line each. */
function logFiles(channels: string): string[] {
  return [...channels.matchAll(/^(\/\S+) +File\b.*\bEnabled\b.*\bNOTICE\b/gim)].map(([, path = '']) => path);
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const position = Math.max(0, size - MAX_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_BYTES), position });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
