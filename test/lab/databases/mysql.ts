import { spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort } from '../free-port.ts';
import { howToBecomeRoot } from '../packages.ts';
import { prepareRootfs } from '../rootfs/prepare.ts';
import { runLogged } from '../rootfs/run-logged.ts';
import { FAST_SETTINGS } from './mariadb.ts';
import { awaitServer } from './server.ts';
import type { DatabaseServer } from './server.ts';

/** Where the folder of a run appears inside. */
const RUN_FOLDER = '/srv';

/**
 * Shell: changes into the root file system, in a mount namespace that vanishes with the process, and becomes
 * a user without rights there. Each step replaces the one before it, so that the process keeps its number.
 *
 * Arguments: the root file system, the folder of this run, the command and its arguments.
 */
const ENTER = `
root=$1; run=$2; shift 2
mount --bind "$run" "$root${RUN_FOLDER}"
exec chroot "$root" setpriv --reuid=nobody --regid=nogroup --clear-groups --pdeathsig=KILL "$@"
`;

/** A data folder of the test's own, and a port: a MySQL 9 can be started on it again and again. */
export interface MysqlHome {
  readonly port: number;
  /** @param settings further options for `mysqld` */
  start(settings?: readonly string[]): Promise<DatabaseServer>;
}

/**
 * Starts a MySQL 9 of the test's own with a fresh data folder, on loopback, from a folder that holds its
 * Debian package. It ends with `stop()`, and in any case with this process.
 *
 * @param settings further options for `mysqld`
 */
export async function startMysql(settings: readonly string[] = []): Promise<DatabaseServer> {
  const home = await makeMysqlHome(await mkdtemp(join(tmpdir(), 'courier-agi-mysql-')), 'remove');
  return home.start(settings);
}

/**
 * @param folder empty
 * @param atStop what `stop()` of a server does with the folder
 */
export async function makeMysqlHome(folder: string, atStop: 'remove' | 'keep'): Promise<MysqlHome> {
  const root = await prepareRootfs('mysql-9');
  const become = (await howToBecomeRoot()) ?? [];
  await chmod(folder, 0o755);
  // The folder's user has another number inside than the same name outside.
  const ids = await runLogged([
    ...become,
    'chroot',
    root,
    'sh',
    '-c',
    'echo "$(id -u nobody):$(id -g nobody)"',
  ]);
  await runLogged([...become, 'chown', ids.trim(), folder]);

  const inside = [
    ...become,
    'unshare',
    '--mount',
    '/bin/sh',
    '-ec',
    ENTER,
    'sh',
    root,
    folder,
    '/usr/sbin/mysqld',
  ];
  const data = ['--no-defaults', `--datadir=${RUN_FOLDER}/data`];
  await runLogged([...inside, ...data, '--initialize-insecure']);

  const port = await freeTcpPort();
  const start = (settings: readonly string[] = []): Promise<DatabaseServer> => {
    const [file = '', ...args] = [
      ...inside,
      ...data,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${RUN_FOLDER}/socket`,
      `--pid-file=${RUN_FOLDER}/pid`,
      '--mysqlx=OFF',
      // Its folder for files is made by the package that starts the server, which is not there.
      '--secure-file-priv=NULL',
      '--skip-log-bin',
      ...FAST_SETTINGS,
      ...settings,
    ];
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const clients = [...become, 'chroot', root];
    return awaitServer({ child, port, folder, become, clients, keepFolder: atStop === 'keep' }, 'root');
  };
  return { port, start };
}
