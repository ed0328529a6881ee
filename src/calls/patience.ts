import { type Channel, isLocal, type TrackedCall } from './channel.ts';

/**
 * Neighbouring events come in any order: the other threads of Asterisk have told what they saw of a channel within so
 * many ms of its end.
 */
const NEIGHBOURS_MS = 150;

/** Where a word is missing that Asterisk owes, in ms. */
export const OWED_MS = 500;

/**
 * For how long a call whose channels are all gone is listened for, in ms. It gets no channel any more, since only one
 * that lives makes another: a transfer, a queue and a Local channel keep one until the next is there.
 */
export function patienceWith(call: TrackedCall): number {
  if (call.gap) return OWED_MS;
  for (const channel of call.channels.values()) if (isOwedAWord(channel)) return OWED_MS;
  return NEIGHBOURS_MS;
}

/** Its beginning, its end, its other half or why an Originate failed was not told. */
function isOwedAWord(channel: Channel): boolean {
  const { origin, endUnknown, twin, call, originated, upAt, originateExten } = channel;
  return (
    origin !== 'created' ||
    endUnknown ||
    (originated && upAt === undefined && originateExten === '') ||
    (isLocal(channel) && !call.channels.has(twin))
  );
}
