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
/** And what is closed after them, that long. */
const LAST_MS = 1_000;

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
  const onHangup = (): void => void reload(app, loaded, load, logger);
  process.on('SIGHUP', onHangup);
  const { host, port, http } = await app.start();
  // Until here an error ends the process: a server that cannot start must say so.
  const gaveUp = tooManyErrors(logger);
  logger.info({ host, port, http, config: loaded.file }, 'listening');
  await systemd.ready();
  const status = await Promise.race([stopSignal.then(() => EXIT.good), gaveUp.then(() => EXIT.failed)]);
  if (status === EXIT.good) logger.info('stopping: calls in progress may finish');
  // The listener closes first: a port that accepts calls and never answers is worse than none.
  const stopped = app.stop(GRACE_MS);
  process.off('SIGHUP', onHangup).on('SIGHUP', () => {});
  // Whoever asks twice does not want to wait for the calls in progress.
  void nextStopSignal().then(() => app.stop(0));
  // What hangs even then, which would be a defect of ours, is not waited for.
  setTimeout(() => process.exit(EXIT.failed), GRACE_MS + LAST_MS).unref();
  await systemd.stopping();
  await stopped;
  logger.info('stopped');
  return status;
}

/** Errors that nobody caught are logged, and are borne until there are too many: that is when this resolves. */
function tooManyErrors(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const uncaughtErrors = new UncaughtErrorPolicy({
      onError: (err) => logger.fatal({ err }, 'unexpected error: calls go on; please report it'),
      onGiveUp: () => {
        logger.fatal('too many unexpected errors: ending, to be started anew');
        resolve();
      },
    });
    // Rejections that nobody handles come this way, too.
    process.on('uncaughtException', (error) => uncaughtErrors.caught(error));
  });
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
