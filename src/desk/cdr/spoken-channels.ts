import type { Call } from '../../calls/call.ts';
import type { SpokenChannel } from '../../calls/spoken.ts';

/**
 * The channel of a call that is known by its unique id: the caller's, which the records are named after. None of a call
 * without a talk.
 */
export function spokenChannels({
  id,
  asterisk,
  linkedIds,
  from: party,
  startedAt,
  endedAt,
  talks,
}: Call): SpokenChannel[] {
  const [channel] = linkedIds;
  const [first] = talks;
  if (channel === undefined || first === undefined || endedAt === null) return [];
  const end = Date.parse(endedAt);
  const until = Math.max(...talks.map((talk) => (talk.until === null ? end : Date.parse(talk.until))));
  return [
    {
      call: id,
      asterisk,
      channel,
      party,
      startedAt: Date.parse(startedAt),
      endedAt: end,
      from: Date.parse(first.from),
      until,
      pieces: [],
    },
  ];
}
