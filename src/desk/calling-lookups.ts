import type { CodeDirectory } from '../directory/by-code.ts';
import type { ManagedDirectory } from '../directory/directory.ts';
import { RecentAnswers, type RecentAnswersOptions } from '../directory/recent-answers.ts';
import type { PeopleSource } from '../calling/parties.ts';

/** Each look-up for a call that is to be made, in ms: whoever asks for it waits 2 s at most. */
const LOOKUP_MS = 400;

/**
 * The look-ups for calls that are asked for. A database that is away for a moment keeps nobody from calling once more
 * whom they could call just before: what it said within the last minutes counts then.
 */
export function callingLookups(
  directory: ManagedDirectory & CodeDirectory,
  options?: RecentAnswersOptions,
): Pick<PeopleSource, 'find' | 'findShipment' | 'findCourier'> {
  return {
    find: recently(async (number) => (await directory.find(number, LOOKUP_MS)).matches, options),
    findShipment: recently((code) => directory.findShipment(code, LOOKUP_MS), options),
    findCourier: recently((code) => directory.findCourier(code, LOOKUP_MS), options),
  };
}

function recently<Key, Answer>(
  ask: (key: Key) => Promise<Answer>,
  options: RecentAnswersOptions | undefined,
): (key: Key) => Promise<Answer> {
  const recent = new RecentAnswers<Key, Answer>(options);
  return (key) => recent.ask(key, () => ask(key));
}
