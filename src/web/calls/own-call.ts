import { isInHand } from '../../calls/in-hand.ts';
import { isMe, type Me, type PageCall } from './page-call.ts';

/**
 * What a call is to the user of the page. `ringing` at their telephone; `calling` they call somebody; `talking`;
 * `elsewhere` it rang here and another one answered; `missed` it rang here and nobody answered; `over` they talked or
 * called, and that is over, though the call may go on with others.
 */
export type OwnState = 'ringing' | 'calling' | 'talking' | 'elsewhere' | 'missed' | 'over';

/** Null when they have nothing to do with it. */
export function ownState(call: PageCall, me: Me): OwnState | null {
  const legs = call.legs.filter(({ party }) => isMe(party, me));
  const isCaller = isMe(call.from, me);
  const talks = call.talks.filter(({ a, b }) => isMe(a, me) || isMe(b, me));
  if (legs.length === 0 && !isCaller && talks.length === 0) return null;

  const isOver = call.state === 'ended';
  if (!isOver) {
    if (talks.some(({ until }) => until === null)) return 'talking';
    if (legs.some(({ answeredAt, endedAt }) => answeredAt === null && endedAt === null)) {
      // Whoever clicked is rung first, and then is the one who calls.
      return call.request !== null && call.request.user === me.login && me.login !== null
        ? 'calling'
        : 'ringing';
    }
    // On hold nobody hears anybody, and the leg is still up.
    const isUp = legs.some(({ answeredAt, endedAt }) => answeredAt !== null && endedAt === null);
    if (isUp) return talks.length > 0 || !isCaller ? 'talking' : 'calling';
    if (isCaller && talks.length === 0) return 'calling';
  }
  if (talks.length > 0 || isCaller) return 'over';
  if (legs.some(({ answeredAt }) => answeredAt !== null)) return 'over';
  if (call.talks.length > 0) return 'elsewhere';
  // A hunt goes on to the next telephone: here it is over.
  return isOver ? 'missed' : 'over';
}

const ACTIVE: ReadonlySet<OwnState> = new Set(['ringing', 'calling', 'talking']);

export interface OwnCall {
  readonly call: PageCall;
  readonly state: OwnState;
}

export function isActive({ state }: OwnCall): boolean {
  return ACTIVE.has(state);
}

/** Whether it may be ended and connected from here: not while it rings at others as well. What is offered, the desk does. */
export function isMine(own: OwnCall, { login, extensions }: Me): boolean {
  return isActive(own) && isInHand({ user: login, extensions }, own.call);
}

/**
 * The calls of which cards are shown: those that are going on, the one talked in first, or else the last one that was at
 * this telephone.
 */
export function ownCalls(calls: Iterable<PageCall>, me: Me): OwnCall[] {
  const own: OwnCall[] = [];
  for (const call of calls) {
    const state = ownState(call, me);
    if (state !== null) own.push({ call, state });
  }
  own.sort((a, b) => (a.call.startedAt < b.call.startedAt ? -1 : 1));
  const active = own.filter(isActive);
  if (active.length > 0) return active.toSorted((a, b) => urgency(a) - urgency(b));
  return own.slice(-1);
}

function urgency({ state }: OwnCall): number {
  return state === 'talking' ? 0 : state === 'calling' ? 1 : 2;
}
