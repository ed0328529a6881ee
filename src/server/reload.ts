import type { Logger } from 'pino';
import { ConfigError, isDemo, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { CodedError, messageOf } from '../util/errors.ts';
import type { App } from './app.ts';

/**
 * Has the configuration read again. One that cannot be used is refused: the old one stays, and the log and `/status`
 * say why. Never rejects.
 *
 * @param load reads it
 */
export async function reload(app: App, load: () => LoadedConfig, logger: Logger): Promise<void> {
  try {
    const loaded = load();
    const { file } = app.configuration;
    // Somebody has moved it away for a moment: that must not lead to the demo database.
    if (file !== null && loaded.file === null) throw new ConfigError(file, ['is gone']);
    requireDatabase(loaded);
    await app.reload(loaded);
    logger.level = loaded.config.log.level;
    logger.info({ config: loaded.file }, 'configuration read again');
    warnOfDemo(loaded, logger);
  } catch (error) {
    const problems = messageOf(error).split('\n');
    app.reloadRefused(problems);
    // What is no error of ours by intent is a defect: its stack tells where.
    const defect = error instanceof CodedError ? {} : { err: error };
    logger.error({ problems, ...defect }, 'configuration refused: the old one stays');
  }
}

export function warnOfDemo(loaded: LoadedConfig, logger: Logger): void {
  if (!isDemo(loaded)) return;
  logger.warn(
    { config: loaded.file },
    'this is the DEMO DATABASE, whose couriers and clients do not exist: set database.url in courier-agi.yaml',
  );
}
