import type { Call, Party } from './call.ts';
import { partyTest, type Colleague } from './in-hand.ts';

/** What a recording holds, in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * Whether a colleague took part in what a recording holds: after they have handed a call on, it is not theirs any more.
 * The desk refuses by it, and the pages offer by it.
 */
export function hasSpoken(
  colleague: Colleague,
  { talks }: Pick<Call, 'talks'>,
  { from, until }: Span,
): boolean {
  const isTheirs = partyTest(colleague);
  // A telephone changes hands: whose it was at that time stands in the call.
  const wasThem = (party: Party): boolean =>
    isTheirs(party) && (party.user === null || party.user === colleague.user);
  return talks.some((talk) => {
    const end = talk.until === null ? Infinity : Date.parse(talk.until);
    return Date.parse(talk.from) < until && end > from && (wasThem(talk.a) || wasThem(talk.b));
  });
}
