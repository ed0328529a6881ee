import type { Logger } from 'pino';
import type { LoadedConfig } from './config/load.ts';
import type { ManagedDirectory } from './directory/directory.ts';
import { openResilientDirectory } from './directory/open.ts';
import type { SnapshotEvent } from './directory/snapshot/keeper.ts';
import { CodedError } from './errors.ts';

/**
 * The configured directory, whose ups and downs go to the log.
 *
 * @param isInUse false while it is only tried, by a reload that may be refused
 * @throws {DatabaseUrlError}
 */
export function openLoggedDirectory(
  { config, databasePassword }: LoadedConfig,
  logger: Logger,
  isInUse: () => boolean,
): ManagedDirectory {
  return openResilientDirectory(config.database, config.snapshot, {
    password: databasePassword,
    maxBudgetMs: config.routing.deadlineMs,
    onSnapshot: (event) => logSnapshot(logger, event),
    onReady: ({ version, warnings }) => {
      logger.info({ database: version }, 'database ready');
      for (const { feature, column, message } of warnings) logger.warn({ feature, column }, message);
    },
    onProblem: (problem) => {
      if (isInUse())
        logger.error({ problem }, 'database not usable: calls are answered without it until it is back');
    },
    onBack: () => logger.info('database is back'),
  });
}

function logSnapshot(logger: Logger, event: SnapshotEvent): void {
  switch (event.kind) {
    case 'loaded':
    case 'taken': {
      const { kind, ...figures } = event;
      return logger.info(figures, kind === 'taken' ? 'snapshot taken' : 'snapshot read from its file');
    }
    case 'failed':
      return logger.warn(
        { problem: problemOf(event.error) },
        'snapshot could not be taken: the last one stays',
      );
    case 'file-failed':
      return logger.error({ problem: problemOf(event.error) }, 'snapshot file could not be used');
  }
}

function problemOf(error: unknown): string {
  return error instanceof CodedError ? error.message : String(error);
}
