import { App } from '../server/app.ts';
import { requireDatabase, type LoadedConfig } from '../config/load.ts';
import { createLogger } from '../log/logger.ts';
import { reload, warnOfDemo } from '../server/reload.ts';
import { runService } from '../server/run-service.ts';
import type { Hangups } from '../util/hangups.ts';
import { keepHeapSmall } from '../util/heap.ts';
import { EXIT } from './exit.ts';

/**
 * Serves until SIGTERM or SIGINT; SIGHUP has the configuration read again.
 *
 * @param load reads the configuration, now and at each SIGHUP
 * @param env tells whether systemd wants to know how we are
 * @param hangups listens for SIGHUP since the process began
 * @returns the exit status
 */
export async function serve(
  load: () => LoadedConfig,
  env: NodeJS.ProcessEnv,
  hangups: Hangups,
): Promise<number> {
  keepHeapSmall();
  const loaded = load();
  const logger = createLogger(loaded.config.log.level);
  requireDatabase(loaded);
  warnOfDemo(loaded, logger);
  const app = new App(loaded, logger, { stateFolder: stateFolderOf(env) });
  const wasAsked = await runService(
    {
      start: async () => ({ ...(await app.start()), config: loaded.file }),
      reload: () => reload(app, load, logger),
      stop: (graceMs) => app.stop(graceMs),
    },
    logger,
    env,
    hangups,
  );
  return wasAsked ? EXIT.good : EXIT.failed;
}

/** systemd's `StateDirectory=`; it may be a list. */
function stateFolderOf(env: NodeJS.ProcessEnv): string | undefined {
  return env['STATE_DIRECTORY']?.split(':', 1)[0] || undefined;
}
