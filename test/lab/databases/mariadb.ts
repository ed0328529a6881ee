import { execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeTcpPort } from '../free-port.ts';
import { ensurePackage } from '../packages.ts';
import { awaitServer } from './server.ts';
import type { DatabaseServer } from './server.ts';

const run = promisify(execFile);

/** A test's data need not survive the machine. */
export const FAST_SETTINGS = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0'];

/** A data folder of the test's own, and a port: a MariaDB can be started on it again and again. */
export interface MariadbHome {
  readonly port: number;
  /** Holds all there is of it. */
  readonly folder: string;
  /** @param settings further options for `mariadbd` */
  start(settings?: readonly string[]): Promise<DatabaseServer>;
}

/**
 * Starts a MariaDB of the test's own with a fresh data folder, on loopback. It ends with `stop()`, and in any
 * case with this process.
 *
 * @param settings further options for `mariadbd`
 */
export async function startMariadb(settings: readonly string[] = []): Promise<DatabaseServer> {
  const home = await makeMariadbHome(await mkdtemp(join(tmpdir(), 'courier-agi-mariadb-')), 'remove');
  return home.start(settings);
}

/**
 * @param folder empty
 * @param atStop what `stop()` of a server does with the folder
 */
export async function makeMariadbHome(folder: string, atStop: 'remove' | 'keep'): Promise<MariadbHome> {
  const mariadbd = await ensurePackage('mariadbd', 'mariadb-server');
  const install = await ensurePackage('mariadb-install-db', 'mariadb-server');
  const setpriv = await ensurePackage('setpriv', 'util-linux');

  // mariadbd refuses to be root. The package has made a user for it.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? await idsOf('mysql') : undefined;
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o755);

  const asUser = isRoot ? ['--reuid=mysql', '--regid=mysql', '--clear-groups'] : [];
  const data = `--datadir=${join(folder, 'data')}`;
  // Temporary tables are named by process id, which another one in a namespace of its own may have as well.
  const env = { ...process.env, TMPDIR: folder };
  await run(
    setpriv,
    [...asUser, install, '--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { env },
  );

  const port = await freeTcpPort();
  const start = (settings: readonly string[] = []): Promise<DatabaseServer> => {
    const child = spawn(
      setpriv,
      [
        ...asUser,
        // The kernel ends the server when this process ends, however that comes about.
        '--pdeathsig=KILL',
        mariadbd,
        '--no-defaults',
        data,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--skip-name-resolve',
        ...FAST_SETTINGS,
        ...settings,
      ],
      { env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return awaitServer(
      { child, port, folder, become: [], clients: [], keepFolder: atStop === 'keep' },
      'root',
    );
  };
  return { port, folder, start };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const id = async (option: string) => Number((await run('id', [option, user])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
