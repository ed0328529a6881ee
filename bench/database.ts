import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMariadbHome, type MariadbHome } from '../test/lab/databases/mariadb.ts';
import type { DatabaseServer } from '../test/lab/databases/server.ts';

/** The buffer pool must be empty after a start; MariaDB would fill it again with what it held before. */
const SETTINGS = [
  '--innodb-buffer-pool-size=512M',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  '--innodb-buffer-pool-load-at-startup=OFF',
];

/** The bench's own MariaDB, which can be started anew. */
export class BenchDatabase {
  readonly #home: MariadbHome;
  #server: DatabaseServer;

  private constructor(home: MariadbHome, server: DatabaseServer) {
    this.#home = home;
    this.#server = server;
  }

  static async start(): Promise<BenchDatabase> {
    const home = await makeMariadbHome(await mkdtemp(join(tmpdir(), 'courier-agi-mariadb-')), 'remove');
    return new BenchDatabase(home, await home.start(SETTINGS));
  }

  /** The one that runs now. */
  get server(): DatabaseServer {
    return this.#server;
  }

  /** The same data on the same port, and nothing of it in the server's memory. */
  async startAnew(): Promise<void> {
    await this.#server.sql('SHUTDOWN').catch(() => {
      // The connection may be gone before the answer.
    });
    await this.#server.ended();
    this.#server = await this.#home.start(SETTINGS);
  }
}
