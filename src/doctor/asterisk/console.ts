import { execFile } from 'node:child_process';

/** Where Debian and others put it; the folder is not in every user's PATH. */
export const ASTERISK_COMMANDS = ['asterisk', '/usr/sbin/asterisk'];

const TIMEOUT_MS = 5_000;
/** The dialplan of a FreePBX is some megabytes. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Asks an Asterisk as `asterisk -rx` does. @returns what it prints */
export type AskAsterisk = (question: string) => Promise<string>;

export type AsteriskAccess =
  | { readonly state: 'open'; readonly ask: AskAsterisk }
  /** No command that this user may run; it does not run, or this user may not ask it. */
  | { readonly state: 'no command' | 'no answer' };

/**
 * Finds the Asterisk of this machine. It is asked on its own command line, without AMI.
 *
 * @param commands tried in this order until one exists
 */
export async function openConsole(commands: readonly string[]): Promise<AsteriskAccess> {
  for (const command of commands) {
    const answer = await run(command, 'core show uptime');
    if (answer === null) continue;
    if (/Unable to connect to remote asterisk/i.test(answer)) return { state: 'no answer' };
    return { state: 'open', ask: async (question) => (await run(command, question)) ?? '' };
  }
  return { state: 'no command' };
}

/** EACCES: it may not be run, or a folder of PATH may not be looked into. */
const MISSING: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EACCES'];

/** @returns null when there is no such command, or it may not be run */
function run(command: string, question: string): Promise<string | null> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT };
  return new Promise((resolve) => {
    execFile(command, ['-rx', question], options, (error, stdout, stderr) => {
      resolve(MISSING.includes(error?.code) ? null : stdout + stderr);
    });
  });
}
