import { execFile } from 'node:child_process';
import { ok, skipped, warn, type Finding } from './check.ts';

/** Where Debian and others put it; the folder is not in every user's PATH. */
export const ASTERISK_COMMANDS = ['asterisk', '/usr/sbin/asterisk'];

const TIMEOUT_MS = 5_000;
/** res_agi.c: AGI_PORT */
const DEFAULT_PORT = 4573;

/**
 * Does the Asterisk of this machine have the sample dialplan, and does that call our port? Asked on its own
 * command line, without AMI.
 *
 * @param commands tried in this order until one exists
 * @param port `listen.port`
 */
export async function checkAsterisk(commands: readonly string[], port: number): Promise<Finding> {
  for (const command of commands) {
    const context = await ask(command, 'dialplan show courier-route');
    if (context !== null) {
      return judgeDialplan(context, (await ask(command, 'dialplan show globals')) ?? '', port);
    }
  }
  return skipped(
    'There is no asterisk command here that this user may run.',
    'Run doctor on the machine with Asterisk, too, as root or as the user asterisk.',
  );
}

/**
 * @param context what `dialplan show courier-route` printed
 * @param globals what `dialplan show globals` printed
 */
export function judgeDialplan(context: string, globals: string, port: number): Finding {
  if (/Unable to connect to remote asterisk/i.test(context)) {
    return skipped(
      'Asterisk does not run, or this user may not ask it.',
      'Start it, or run doctor as root or as the user asterisk.',
    );
  }
  if (!/\[ Context 'courier-route'/.test(context)) {
    return warn(
      'The dialplan has no context courier-route.',
      'Include dialplan-examples/courier-route.conf in extensions.conf, then: asterisk -rx "dialplan reload"',
    );
  }
  // The global wins over the address in the sample.
  const [url = ''] = /(?<=^\s*COURIER_ROUTER=)\S+/m.exec(globals) ?? /agi:\/\/[^\s)]+/.exec(context) ?? [];
  const called = Number(/^agi:\/\/(?:\[[^\]]*\]|[^/:]*)(?::(\d+))?/.exec(url)?.[1] ?? DEFAULT_PORT);
  if (url.startsWith('agi://') && called !== port) {
    return warn(
      `The context courier-route calls ${url}, and listen.port is ${port}.`,
      `Set the global COURIER_ROUTER=agi://127.0.0.1:${port}/route in extensions.conf.`,
    );
  }
  return ok('Asterisk has loaded the context courier-route.');
}

/** EACCES: it may not be run, or a folder of PATH may not be looked into. */
const MISSING: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EACCES'];

/** @returns null when there is no such command, or it may not be run */
function ask(command: string, question: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(command, ['-rx', question], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      resolve(MISSING.includes(error?.code) ? null : stdout + stderr);
    });
  });
}
