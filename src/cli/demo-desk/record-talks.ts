import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call } from '../../calls/call.ts';
import { talkSound } from './talk-sound.ts';

/** Of a minute of sound it is a megabyte. */
const MAX_SECONDS = 120;

/** Writes what Asterisk would have recorded of a call that has ended, under the name that the desk looks for. */
export async function recordTalk(folder: string, { talks, linkedIds, seconds }: Call): Promise<void> {
  const [channel] = linkedIds;
  if (talks.length === 0 || channel === undefined) return;
  // A file that is longer than its channel lived is none of it.
  const length = Math.min(MAX_SECONDS, Math.max(0.5, seconds.talk - 0.2));
  await writeFile(join(folder, `courier-${channel}.wav`), talkSound(length));
}
