import type { Config } from '../config/config.ts';
import { isDemo } from '../config/load.ts';
import { plural } from '../util/plural.ts';
import { ok, skipped, warn, type Finding } from './check.ts';
import type { RunningServer } from './running-server.ts';
import { checkSnapshotFile } from './snapshot-file.ts';
import type { Writer } from './service-user.ts';

/** So many refreshes may fail before it is worth a word. */
const TOLERATED_REFRESHES = 3;

/**
 * Would there be answers without the database, and how old? Only the running server knows. And can they be
 * kept over a restart?
 */
export function checkSnapshot(config: Config, running: RunningServer | null, writer: Writer): Finding {
  const { snapshot } = config;
  if (!snapshot.enabled) return skipped('snapshot.enabled is false: nothing is remembered.');
  const state = checkAge(snapshot, running);
  const file =
    isDemo({ config }) || snapshot.file === undefined ? null : checkSnapshotFile(snapshot.file, writer);
  if (file === null) return state;
  return warn(
    `${file.message} ${state.message}`,
    [file.remedy, state.remedy].filter((remedy) => remedy !== null).join(' '),
  );
}

function checkAge(snapshot: Config['snapshot'], running: RunningServer | null): Finding {
  if (running === null)
    return skipped('The server does not run, or http.enabled is false: it has the snapshot.');
  const { directory } = running.status;
  if (directory === null) return skipped('The demo database needs no snapshot.');
  if (directory.snapshot === null && directory.taking !== null) {
    const { matches, seconds } = directory.taking;
    return skipped(
      `The server is taking its first snapshot: ${plural(matches, 'match', 'matches')} in ${seconds} s.`,
      'Ask again in a minute.',
    );
  }
  if (directory.snapshot === null) {
    return warn(
      'The server has no snapshot that is new enough: without the database every call goes to the operators.',
      'Look for "snapshot" in the log of the server.',
    );
  }
  const { numbers, ageSeconds } = directory.snapshot;
  const message = `The snapshot knows ${plural(numbers, 'number')} and is ${Math.round(ageSeconds)} s old.`;
  return ageSeconds > snapshot.refreshSeconds * TOLERATED_REFRESHES
    ? warn(
        `${message} It is due every ${snapshot.refreshSeconds} s.`,
        'Look for "snapshot" in the log of the server.',
      )
    : ok(message);
}
