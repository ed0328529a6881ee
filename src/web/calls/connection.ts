import type { LegOutcome } from '../../calls/call.ts';
import { EXTENSION } from './extension.ts';
import { isMe, type Me, type PageCall } from './page-call.ts';

/** Whom a caller is brought together with. */
export type ConnectTo = { readonly courier: number } | { readonly extension: string };

/** A call that this page has put through, or tries to. */
export interface Connecting {
  /** What was clicked: a courier may have two shipments of one recipient. */
  readonly place: string;
  /** In ms of the desk's clock. */
  readonly at: number;
  /** Legs of the call by then. */
  readonly legs: number;
  readonly isCancelled: boolean;
}

export type Connection =
  | { readonly state: 'calling'; readonly since: number }
  /** The caller comes back to whoever put them through. */
  | { readonly state: 'failed'; readonly outcome: LegOutcome | null; readonly ringsBack: boolean };

/** Between the click and the first word of the other telephone, in ms. */
const UNTIL_RINGING_MS = 5000;

/** The telephone that the user talked at, else the first of theirs in the office. */
export function ownTelephone({ talks }: PageCall, me: Me): string | null {
  const mine = talks.flatMap(({ a, b }) => [a, b]).findLast((party) => isMe(party, me));
  return mine?.extension ?? me.extensions.find((one) => EXTENSION.test(one)) ?? null;
}

/** How a connection stands; null when there is nothing to say: they talk, or it was cancelled, or nobody knows. */
export function connectionOf(
  call: PageCall,
  { at, legs: before, isCancelled }: Connecting,
  me: Me,
  now: number,
): Connection | null {
  const legs = call.legs.slice(before);
  const back = legs.findIndex(({ party }) => isMe(party, me));
  const tried = back === -1 ? legs : legs.slice(0, back);
  if (isCancelled || tried.some(({ answeredAt }) => answeredAt !== null)) return null;
  const [home] = back === -1 ? [] : legs.slice(back);
  if (home !== undefined) {
    const ringsBack = home.answeredAt === null && home.endedAt === null;
    return { state: 'failed', outcome: tried.at(-1)?.outcome ?? null, ringsBack };
  }
  if (call.state === 'ended') return null;
  const rung = tried.find(({ endedAt }) => endedAt === null);
  if (rung === undefined && now - at >= UNTIL_RINGING_MS) return null;
  return { state: 'calling', since: Math.max(at, Date.parse(rung?.rangAt ?? '') || at) };
}
