import type { Call, Party } from './call.ts';
import { partyTest, type Colleague } from './in-hand.ts';

/** What a recording holds, in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Which telephones somebody has now; none for those who are nobody of the house any more. @param user `users.user` */
export type TelephonesOf = (user: string) => readonly string[];

/**
 * Whether a colleague took part in what a recording holds: after they have handed a call on, it is not theirs any more.
 * The desk refuses by it, and the pages offer by it.
 */
export function hasSpoken(
  colleague: Colleague,
  { talks }: Pick<Call, 'talks'>,
  { from, until }: Span,
  telephonesOf: TelephonesOf,
): boolean {
  const isTheirs = partyTest(colleague);
  // A telephone changes hands: whose it was at that time stands in the call. Of one that several have, the first of them.
  const isShared = ({ user, extension, number }: Party): boolean =>
    user === null || telephonesOf(user).includes(extension ?? number ?? '');
  const wasThem = (party: Party): boolean =>
    isTheirs(party) && (party.user === colleague.user || isShared(party));
  return talks.some((talk) => {
    const end = talk.until === null ? Infinity : Date.parse(talk.until);
    return Date.parse(talk.from) < until && end > from && (wasThem(talk.a) || wasThem(talk.b));
  });
}
