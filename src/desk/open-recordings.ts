import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/load.ts';
import type { JournalStore } from '../journal/journal.store.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { maskText } from '../phone/mask.ts';
import { digitsReader } from '../phone/number.ts';
import { Mirror } from '../recordings/mirror.ts';
import { Recordings, type RecordingsOptions } from '../recordings/recordings.ts';
import { openSource } from '../recordings/sources/address.ts';
import { messageOf } from '../util/errors.ts';

/** What recordings need of the desk around them. */
export interface RecordingsPlace extends Pick<RecordingsOptions, 'isFollowing' | 'onWritten'> {
  /** @throws {JournalStoreError} while it is away */
  readonly journal: () => JournalStore;
  /** A call has other recordings now than before. */
  readonly onChange: (call: string) => void;
}

/** A server is asked less often than a folder of our own machine. */
const REMOTE_PACE = { soon: 5000, stable: 2000 };

/** @throws {ConfigError | RecordingSourceError} */
export function openRecordings(
  {
    recordings: section,
    journal,
    desk,
    numbers,
  }: Pick<Config, 'recordings' | 'journal' | 'desk' | 'numbers'>,
  place: RecordingsPlace,
  logger: Logger,
): Recordings | undefined {
  if (section === undefined) return undefined;
  const password = section.passwordFile === undefined ? undefined : readSecret(section.passwordFile);
  const source = openSource(section, password);
  const log = new RateLimitedLog(logger);
  return new Recordings({
    ...place,
    source,
    mirror: new Mirror({ folder: section.mirror }),
    patterns: section.pattern,
    timeZone: desk.timeZone,
    toNumber: digitsReader(numbers),
    keepDays: section.keepDays,
    keepListeningsDays: journal.keepDays,
    ...(source.folder === undefined && { pace: REMOTE_PACE }),
    onReady: place.onChange,
    onMissing: (problem) => log.add('recording given up', { problem: maskText(problem) }),
    onErased: ({ recordings, left, problem }) => {
      const why = problem === null ? {} : { problem: maskText(problem) };
      if (left === 0) logger.info({ recordings }, 'old recordings erased: see recordings.keepDays');
      else log.add('erased recordings are still at their source', { files: String(left), ...why });
    },
    onProblem: (problem) => {
      if (problem === undefined) logger.info('recordings are collected again');
      else logger.error({ problem: maskText(messageOf(problem)) }, 'recordings cannot be collected');
    },
  });
}
