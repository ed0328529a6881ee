import type { Logger } from 'pino';
import { isDemo, type LoadedConfig } from '../config/load.ts';
import type { ManagedDirectory } from '../directory/directory.ts';
import { openResilientDirectory } from '../directory/open.ts';
import type { SnapshotEvent } from '../directory/snapshot/refresher.ts';
import { prepareFolder } from '../directory/snapshot/snapshot.folder.ts';
import { maskText } from '../phone/mask.ts';
import { CodedError } from '../util/errors.ts';

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
  const { enabled, file } = config.snapshot;
  if (enabled && file !== undefined && !isDemo({ config })) prepare(file, logger);
  return openResilientDirectory(config.database, config.snapshot, {
    password: databasePassword,
    country: config.numbers.country,
    maxBudgetMs: config.routing.deadlineMs,
    onSnapshot: (event) => logSnapshot(logger, event),
    onReady: ({ version, warnings }) => {
      logger.info({ database: version }, 'database ready');
      for (const { feature, column, message } of warnings) logger.warn({ feature, column }, message);
    },
    onRefused: ({ statement, error }) =>
      logger.warn({ statement, problem: maskText(error.message) }, 'database refuses this: used without it'),
    onProblem: (problem) => {
      if (!isInUse()) return;
      const text = 'database not usable: calls are answered without it until it is back';
      logger.error({ problem: maskText(problem) }, text);
    },
    onBack: () => {
      if (isInUse()) logger.info('database is back');
    },
  });
}

/** What a wrong path leads to is told at once, and a folder that was not there, too: it may be a misspelt one. */
function prepare(file: string, logger: Logger): void {
  try {
    const folder = prepareFolder(file);
    if (folder !== null) logger.warn({ folder }, 'folder of snapshot.file was not there: it has been made');
  } catch (error) {
    logger.error({ problem: problemOf(error) }, 'snapshot file could not be used');
  }
}

function logSnapshot(logger: Logger, event: SnapshotEvent): void {
  switch (event.kind) {
    case 'loaded':
    case 'taken': {
      const { kind, ...figures } = event;
      return logger.info(figures, kind === 'taken' ? 'snapshot taken' : 'snapshot read from its file');
    }
    case 'progress': {
      const { kind: _kind, ...figures } = event;
      return logger.info(figures, 'snapshot is being taken');
    }
    case 'failed':
      return logger.warn(
        { problem: problemOf(event.error) },
        'snapshot could not be taken: the one before it stays, if there is one',
      );
    case 'file-failed':
      return logger.error({ problem: problemOf(event.error) }, 'snapshot file could not be used');
  }
}

/** A message of the database may quote anything. */
function problemOf(error: unknown): string {
  return maskText(error instanceof CodedError ? error.message : String(error));
}
