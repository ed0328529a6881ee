import { once } from 'node:events';
import type { Logger } from 'pino';
import type { Hangups } from '../util/hangups.ts';
import { ServiceManager } from './systemd.ts';
import { UncaughtErrorPolicy } from './uncaught-errors.ts';

export interface Service {
  /** Told in the log when it has started. */
  start(): Promise<Readonly<Record<string, unknown>>>;
  /** SIGHUP. Never rejects. */
  reload(): Promise<void>;
  /** Ends what it does. @param graceMs for what is in progress */
  stop(graceMs: number): Promise<void>;
}

/** What is in progress gets that long to finish after SIGTERM. */
const GRACE_MS = 5_000;
/** And what is closed after it, that long. */
const LAST_MS = 1_000;

/**
 * Runs until SIGTERM or SIGINT, or until too many errors were caught by nobody.
 *
 * @param env tells whether systemd wants to know how we are
 * @param hangups listens for SIGHUP since the process began
 * @returns whether it ended because it was asked to
 * @throws whatever `start` throws
 */
export async function runService(
  service: Service,
  logger: Logger,
  env: NodeJS.ProcessEnv,
  hangups: Hangups,
): Promise<boolean> {
  const systemd = new ServiceManager({
    env,
    onProblem: (problem) => logger.warn({ problem }, 'systemd cannot be told how we are'),
  });
  // Listened for before the start, so that none during it is lost.
  const stopSignal = nextStopSignal();
  const started = await service.start();
  // Until here an error ends the process: a service that cannot start must say so.
  const gaveUp = tooManyErrors(logger);
  logger.info(started, 'listening');
  hangups.listen(() => void service.reload());
  await systemd.ready();
  const wasAsked = await Promise.race([stopSignal.then(() => true), gaveUp.then(() => false)]);
  if (wasAsked) logger.info('stopping: calls in progress may finish');
  // The listener closes first: a port that accepts and never answers is worse than none.
  const stopped = service.stop(GRACE_MS);
  hangups.listen(() => {});
  // Whoever asks twice does not want to wait.
  void nextStopSignal().then(() => service.stop(0));
  // What hangs even then, which would be a defect of ours, is not waited for.
  const deadline = setTimeout(() => process.exit(1), GRACE_MS + LAST_MS).unref();
  await systemd.stopping();
  await stopped;
  clearTimeout(deadline);
  // A timer or connection that somebody left behind must not keep the process; the status is the caller's.
  setTimeout(() => process.exit(), LAST_MS).unref();
  logger.info('stopped');
  return wasAsked;
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

async function nextStopSignal(): Promise<void> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}
