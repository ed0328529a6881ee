import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian keeps servers in the sbin folders, which the PATH of an ordinary user leaves out. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The full path of a command, installed with apt when the machine lacks it.
 *
 * @param command such as `mariadbd`; looked for in PATH and in the sbin folders
 * @param debianPackage the Debian package that holds it, such as `mariadb-server`
 * @throws when the command is missing and cannot be installed: the message says what to do by hand
 */
export async function ensurePackage(command: string, debianPackage: string): Promise<string> {
  const present = await findCommand(command);
  if (present !== undefined) return present;

  await installPackage(command, debianPackage);
  const installed = await findCommand(command);
  if (installed !== undefined) return installed;
  throw new Error(`The package ${debianPackage} is installed, but has no command ${command}.`);
}

async function installPackage(command: string, debianPackage: string): Promise<void> {
  const advice = `Install it by hand, on Debian or Ubuntu with: sudo apt-get install ${debianPackage}`;
  const need = `The tests need the command "${command}", which this machine lacks.`;

  const aptGet = await findCommand('apt-get');
  if (aptGet === undefined) throw new Error(`${need} ${advice}`);
  const become = await howToBecomeRoot();
  if (become === undefined) throw new Error(`${need} Neither root nor sudo is at hand. ${advice}`);

  // sudo clears the environment, hence `env`. RUNLEVEL=1 keeps the package from starting its own service:
  // invoke-rc.d starts nothing in the single-user run level. The tests start servers of their own.
  const apt = [...become, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', aptGet];
  try {
    await runBounded([...apt, 'update', '-q']);
    await runBounded([...apt, 'install', '-q', '-y', '--no-install-recommends', debianPackage]);
  } catch (cause) {
    throw new Error(`${need} Installing ${debianPackage} failed. ${advice}`, { cause });
  }
}

/** The words to put before a command that needs root; undefined when there is no way to become root. */
export async function howToBecomeRoot(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = await findCommand('sudo');
  if (sudo === undefined) return undefined;
  // -n: fail rather than ask for a password, which nobody could type into a test run.
  const allowed = await run(sudo, ['-n', 'true']).then(
    () => true,
    () => false,
  );
  return allowed ? [sudo, '-n'] : undefined;
}

async function runBounded([file = '', ...args]: readonly string[]): Promise<void> {
  await run(file, args, { timeout: 10 * 60_000, maxBuffer: 64 * 1024 * 1024 });
}

/** The full path of a command in PATH or in the sbin folders; undefined when it is not there. */
async function findCommand(command: string): Promise<string | undefined> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...SBIN]) {
    if (folder === '') continue;
    const path = join(folder, command);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}
