import type { Call, Party } from './call.ts';

/** One of the house, as calls name them. */
export interface Colleague {
  /** `users.user` */
  readonly user: string | null;
  /** Of their telephones, a mobile number included. */
  readonly extensions: readonly string[];
}

/** Tells whether a party of a call is this colleague. */
export function partyTest({ extensions, user }: Colleague): (party: Party | null) => boolean {
  return (party) =>
    party !== null &&
    ((party.user !== null && party.user === user) ||
      extensions.some((one) => one === party.extension || one === party.number));
}

type Story = Pick<Call, 'from' | 'legs' | 'talks' | 'answeredAt' | 'request'>;

/**
 * Whether a call is theirs to hang up or to connect: they are talking on it, or their telephone is up in it, as while they
 * ask a colleague, or they have passed it on and nobody has taken it yet. Before anybody has answered: they call, they have asked for it, or theirs is the only telephone that
 * rings. The desk refuses by it, and the pages offer by it.
 */
export function isInHand(colleague: Colleague, { from, legs, talks, answeredAt, request }: Story): boolean {
  const isTheirs = partyTest(colleague);
  const lasting = legs.filter(({ endedAt }) => endedAt === null);
  if (answeredAt !== null) {
    const going = talks.filter(({ until }) => until === null);
    // Put through to somebody who has not answered yet: they may take it back.
    const isPassedOn = going.length === 0 && lasting.length === 1;
    const theirs = isPassedOn ? talks.slice(-1) : going;
    return (
      theirs.some(({ a, b }) => isTheirs(a) || isTheirs(b)) ||
      lasting.some((leg) => leg.answeredAt !== null && isTheirs(leg.party))
    );
  }
  const isAskedByThem = colleague.user !== null && request?.user === colleague.user;
  return (
    isAskedByThem || isTheirs(from) || (lasting.length > 0 && lasting.every(({ party }) => isTheirs(party)))
  );
}
