import { once } from 'node:events';
import type { Logger } from 'pino';
import { App } from '../server/app.ts';
import { ConfigError, isDemo, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { createLogger } from '../log/logger.ts';
import { UncaughtErrorPolicy } from '../server/uncaught-errors.ts';
import { ServiceManager } from '../server/systemd.ts';
import { EXIT, explainFailure } from './exit.ts';

/** Calls in progress get that long to finish after SIGTERM. */
const GRACE_MS = 5_000;

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
  const systemd = new ServiceManager({
    env,
    onProblem: (problem) => logger.warn({ problem }, 'systemd cannot be told how we are'),
  });
  // All signals are listened for before the start, so that none during it is lost.
  const stopSignal = nextStopSignal();
  const started = app.start();
  let idle: Promise<unknown> = started;
  const onHangup = (): void => {
    // One after the other, so that the last one read is the one that stays.
    idle = idle.then(() => reload(app, loaded, load, logger)).catch(() => {});
  };
  process.on('SIGHUP', onHangup);
  const { host, port, http } = await started;
  // Until here an error ends the process: a server that cannot start must say so.
  const uncaughtErrors = new UncaughtErrorPolicy({
    onError: (err) => logger.fatal({ err }, 'unexpected error: calls go on; please report it'),
    onGiveUp: () => {
      logger.fatal('too many unexpected errors: ending, to be started anew');
      process.exit(EXIT.failed);
    },
  });
  // Rejections that nobody handles come this way, too.
  process.on('uncaughtException', (error) => uncaughtErrors.caught(error));
  logger.info({ host, port, http, config: loaded.file }, 'listening');
  await systemd.ready();
  await stopSignal;
  logger.info('stopping: calls in progress may finish');
  // Whoever asks twice does not want to wait for them.
  void nextStopSignal().then(() => app.stop(0));
  await systemd.stopping();
  // A reload in progress would open what nobody closes any more.
  process.off('SIGHUP', onHangup).on('SIGHUP', () => {});
  await idle;
  await app.stop(GRACE_MS);
  logger.info('stopped');
  return EXIT.good;
}

function warnOfDemo(loaded: LoadedConfig, logger: Logger): void {
  if (!isDemo(loaded)) return;
  logger.warn(
    { config: loaded.file },
    'this is the DEMO DATABASE, whose couriers and clients do not exist: set database.url in courier-agi.yaml',
  );
}

async function nextStopSignal(): Promise<void> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
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
