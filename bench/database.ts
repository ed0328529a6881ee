import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMariadbHome } from '../test/lab/databases/mariadb.ts';
import { startRestartable, type Restartable } from '../test/lab/databases/restartable.ts';

/** The buffer pool must be empty after a start; MariaDB would fill it again with what it held before. */
const SETTINGS = [
  '--innodb-buffer-pool-size=512M',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  '--innodb-buffer-pool-load-at-startup=OFF',
];

/** The bench's own MariaDB. Started again, it has nothing of its data in memory. */
export async function startBenchDatabase(): Promise<Restartable> {
  const home = await makeMariadbHome(await mkdtemp(join(tmpdir(), 'courier-agi-mariadb-')), 'remove');
  return startRestartable(home, SETTINGS);
}
