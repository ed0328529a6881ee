import { once } from 'node:events';
import { App } from '../app.ts';
import { requireDatabase, type LoadedConfig } from '../config/load.ts';
import { createLogger } from '../log.ts';
import { EXIT } from './exit.ts';

/** Calls in progress get that long to finish after SIGTERM. */
const GRACE_MS = 5_000;

/** Serves until SIGTERM or SIGINT. @returns the exit status */
export async function serve(loaded: LoadedConfig): Promise<number> {
  const logger = createLogger(loaded.config.log.level);
  if (loaded.file === null && loaded.config.database.url === undefined) {
    logger.warn('NO CONFIGURATION FOUND: serving the DEMO DATABASE, whose couriers and clients do not exist');
  } else {
    requireDatabase(loaded);
  }
  const app = new App(loaded, logger);
  // Asked for before the start, so that a signal during it is not lost.
  const stopSignal = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const { host, port } = await app.start();
  logger.info({ host, port, config: loaded.file }, 'listening');
  await stopSignal;
  logger.info('stopping: calls in progress may finish');
  await app.stop(GRACE_MS);
  logger.info('stopped');
  return EXIT.good;
}
