import { messageOf } from '../../util/errors.ts';
import { RecordingSourceError } from '../errors.ts';

/** How long a server is waited for. */
export interface Patience {
  /** A step of a protocol, in ms. */
  readonly stepMs: number;
  /** The list of a folder, which may have some 10,000 files, in ms. */
  readonly listMs: number;
}

export const PATIENCE: Patience = { stepMs: 20_000, listMs: 120_000 };

/** A slower line is taken for a dead one. */
const LEAST_BYTES_PER_MS = 8;

/** @param bytes still to come */
export function downloadMs(bytes: number, { stepMs }: Patience): number {
  return stepMs + bytes / LEAST_BYTES_PER_MS;
}

/**
 * Gives a step its time.
 *
 * @param give ends the connection that it works on
 * @throws {RecordingSourceError} it took longer; and whatever it fails with
 */
export async function within<Result>(
  ms: number,
  what: string,
  work: Promise<Result>,
  give: () => void,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new RecordingSourceError(
          `The source of recordings did not ${what} within ${Math.round(ms / 1000)} s.`,
        ),
      );
      give();
    }, ms);
  });
  // It fails once more when its connection is gone.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function sourceError(what: string, cause: unknown): RecordingSourceError {
  if (cause instanceof RecordingSourceError) return cause;
  return new RecordingSourceError(`The source of recordings did not ${what}: ${messageOf(cause)}`, { cause });
}
