import type { Logger } from 'pino';
import { App } from '../server/app.ts';
import { ConfigError, isDemo, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { createLogger } from '../log/logger.ts';
import { runService } from '../server/run-service.ts';
import { EXIT, explainFailure } from './exit.ts';

/**
 * Serves until SIGTERM or SIGINT; SIGHUP has the configuration read again.
 *
 * @param load reads the configuration, now and at each SIGHUP
 * @param env tells whether systemd wants to know how we are
 * @returns the exit status
 */
export async function serve(load: () => LoadedConfig, env: NodeJS.ProcessEnv): Promise<number> {
  const loaded = load();
  const logger = createLogger(loaded.config.log.level);
  requireDatabase(loaded);
  warnOfDemo(loaded, logger);
  const app = new App(loaded, logger);
  const wasAsked = await runService(
    {
      start: async () => ({ ...(await app.start()), config: loaded.file }),
      reload: () => reload(app, loaded, load, logger),
      stop: (graceMs) => app.stop(graceMs),
    },
    logger,
    env,
  );
  return wasAsked ? EXIT.good : EXIT.failed;
}

function warnOfDemo(loaded: LoadedConfig, logger: Logger): void {
  if (!isDemo(loaded)) return;
  logger.warn(
    { config: loaded.file },
    'this is the DEMO DATABASE, whose couriers and clients do not exist: set database.url in courier-agi.yaml',
  );
}

/** A configuration that cannot be used is refused: the old one stays. */
async function reload(
  app: App,
  before: LoadedConfig,
  load: () => LoadedConfig,
  logger: Logger,
): Promise<void> {
  try {
    const loaded = load();
    // Somebody has moved it away for a moment: that must not lead to the demo database.
    if (before.file !== null && loaded.file === null) throw new ConfigError(before.file, ['is gone']);
    requireDatabase(loaded);
    await app.reload(loaded);
    logger.level = loaded.config.log.level;
    logger.info({ config: loaded.file }, 'configuration read again');
    warnOfDemo(loaded, logger);
  } catch (error) {
    logger.error({ problems: explainFailure(error).lines }, 'configuration refused: the old one stays');
  }
}
