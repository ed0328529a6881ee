import { requireAddresses } from '../config/addresses.ts';
import { ConfigError, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { openDeskService } from '../desk/desk-service.ts';
import { requireFolder } from '../journal/open.ts';
import { createLogger } from '../log/logger.ts';
import { warnOfDemo } from '../server/reload.ts';
import { runService } from '../server/run-service.ts';
import type { Hangups } from '../util/hangups.ts';
import { keepHeapSmall } from '../util/heap.ts';
import { EXIT } from './exit.ts';

/**
 * Follows the calls until SIGTERM or SIGINT.
 *
 * @param env tells whether systemd wants to know how we are
 * @param hangups listens for SIGHUP since the process began
 * @returns the exit status
 * @throws {ConfigError} there is no section `asterisk`, or no database that tells whose a number is; an address
 *   of a database is none
 * @throws {JournalUrlError} the journal cannot be kept there
 */
export async function desk(loaded: LoadedConfig, env: NodeJS.ProcessEnv, hangups: Hangups): Promise<number> {
  if (loaded.config.asterisk.length === 0) {
    throw new ConfigError(loaded.file ?? 'configuration', [
      'asterisk: is missing; it must name the Asterisk to follow: host, username and secretFile',
    ]);
  }
  requireDatabase(loaded);
  requireAddresses(loaded);
  keepHeapSmall();
  const logger = createLogger(loaded.config.log.level);
  warnOfDemo(loaded, logger);
  const service = openDeskService(loaded, logger);
  requireFolder(loaded.config.journal.url);
  const wasAsked = await runService(service, logger, env, hangups);
  return wasAsked ? EXIT.good : EXIT.failed;
}
