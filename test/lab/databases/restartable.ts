import type { DatabaseServer } from './server.ts';

/** A database server that can end and begin again, with its data and on its port. */
export interface Restartable {
  /** The one that runs now, or ran last. */
  readonly server: DatabaseServer;
  /** As `systemctl stop` does it. */
  readonly shutDown: () => Promise<void>;
  readonly startAgain: () => Promise<void>;
}

/** What `makeMariadbHome` and `makeMysqlHome` make. */
interface Home {
  start(settings: readonly string[]): Promise<DatabaseServer>;
}

/** @param settings of each start */
export async function startRestartable(home: Home, settings: readonly string[]): Promise<Restartable> {
  let server = await home.start(settings);
  return {
    get server() {
      return server;
    },
    shutDown: async () => {
      await server.sql('SHUTDOWN').catch(() => {
        // The connection may be gone before the answer.
      });
      await server.ended();
    },
    startAgain: async () => {
      server = await home.start(settings);
    },
  };
}
