import type { Call, CallOutcome, LegOutcome } from './call.ts';
import { type Channel, queuedSince } from './channel.ts';
import type { Leg } from './dial-legs.ts';
import type { Roles } from './roles.ts';
import type { ChannelTalk } from './talks.ts';

/** Neighbouring events come in any order, and without `timestampevents` their times do as well. */
const SLACK_MS = 200;

/** Q.850 */
const BUSY = 17;
const NO_ANSWER: ReadonlySet<number> = new Set([18, 19]);
const REFUSED = 21;
const ANSWERED_ELSEWHERE = 26;
const UNREACHABLE: ReadonlySet<number> = new Set([1, 3, 20, 27, 34, 38, 41, 42]);
/** SIP: a trunk that forbids the call, most often because of the caller id. Asterisk makes it the red button. */
const FORBIDDEN = 403;

/** What came of one attempt; null while it lasts. */
export function legOutcome(leg: Leg, legs: readonly Leg[]): LegOutcome | null {
  const { channel, dial, answeredAt, endedAt } = leg;
  if (answeredAt !== undefined) return 'answered';
  if (endedAt === undefined || channel.endUnknown) return null;
  if (channel.cause === ANSWERED_ELSEWHERE || channel.pickedUp) return 'answered elsewhere';
  if (dial.forwardedTo !== '') return 'forwarded';
  const said = outcomeByCause(channel) ?? (isShutDown(leg) ? 'failed' : outcomeByStatus(leg));
  if (said === 'cancelled' && legs.some((other) => tookOver(other, leg))) return 'answered elsewhere';
  return said;
}

/** It was still being tried when Asterisk ended, and the caller had not given up. */
function isShutDown({ channel }: Leg): boolean {
  if (!wasShutDown(channel)) return false;
  const callers = [...channel.call.channels.values()].filter(({ dial }) => dial === undefined);
  return !callers.some((caller) => hadAsked(caller, channel.shutDownAt));
}

function wasShutDown(channel: Channel): boolean {
  return channel.shutDownAt !== undefined && !hadAsked(channel, channel.shutDownAt);
}

function hadAsked({ hangupRequestedAt }: Channel, by = -Infinity): boolean {
  return hangupRequestedAt !== undefined && hangupRequestedAt <= by;
}

/** What the telephone or its network said for itself. */
function outcomeByCause(channel: Channel): LegOutcome | undefined {
  const { cause = 0, techCause, ringingAt } = channel;
  if (techCause === FORBIDDEN) return 'failed';
  if (cause === BUSY) return 'busy';
  if (cause === REFUSED) return 'refused';
  if (UNREACHABLE.has(cause)) return 'unreachable';
  // 480 and 408 come from a telephone that rang in vain, and from a network that did not find it.
  if (NO_ANSWER.has(cause)) return ringingAt === undefined ? 'unreachable' : 'no_answer';
  return undefined;
}

/** Cause 0, 16 and 127 say nothing: Asterisk ended the attempt, and the dial's status says why. */
function outcomeByStatus({ channel, dial }: Leg): LegOutcome {
  const { endings } = dial;
  if (endings.has('BUSY')) return 'busy';
  if (endings.has('CONGESTION') || endings.has('CHANUNAVAIL')) return 'unreachable';
  // A queue says CANCEL as well of a member that rang in vain.
  // Nor does an Originate that runs into its time limit end with a word of the dial.
  const wasTimedOut = endings.has('NOANSWER') || (endings.size === 0 && channel.originated);
  if (wasTimedOut) return channel.ringingAt === undefined ? 'unreachable' : 'no_answer';
  if (endings.has('CANCEL') || endings.size === 0) return 'cancelled';
  return 'failed';
}

function tookOver(other: Leg, leg: Leg): boolean {
  return (
    other.answeredAt !== undefined &&
    leg.endedAt !== undefined &&
    other.answeredAt >= leg.beganAt &&
    other.answeredAt <= leg.endedAt + SLACK_MS
  );
}

export interface Ending {
  /** Null when too little was seen. */
  readonly outcome: CallOutcome | null;
  readonly cause: number | null;
  readonly endedBy: Call['endedBy'];
}

/** What a human would say of a call that is over. */
export function endingOf(roles: Roles, talks: readonly ChannelTalk[], isPartial: boolean): Ending {
  const { caller, callees, legs } = roles;
  const lastTalk = lastOf(talks);
  if (lastTalk !== undefined) {
    const far = lastTalk.a === caller ? lastTalk.b : lastTalk.a;
    return {
      outcome: 'answered',
      cause: causeOf(far),
      endedBy: hungUpBy(roles, lastTalk),
    };
  }
  // Whoever was up may have talked before we looked.
  if (caller === undefined || (isPartial && (caller.upAt !== undefined || caller.endUnknown))) {
    return { outcome: null, cause: null, endedBy: null };
  }
  // Nobody was called for a caller who could not be fetched.
  const tried = callees.length > 0 ? callees : legs;
  if (isInterrupted(caller, tried)) return { outcome: 'failed', cause: causeOf(caller), endedBy: 'system' };
  if (gaveUp(caller, tried)) return { outcome: 'cancelled', cause: causeOf(caller), endedBy: 'caller' };
  const outcomes = tried.map((leg) => ({ channel: leg.channel, outcome: legOutcome(leg, legs) }));
  const decisive = decisiveAttempt(outcomes);
  const outcome = decisive?.outcome ?? (wasNotFound(caller) ? 'unreachable' : 'no_answer');
  const last = decisive?.attempt.channel ?? caller;
  const endedBy = !isRefusal(outcome) ? 'system' : last === caller ? 'caller' : 'callee';
  return { outcome, cause: causeOf(last), endedBy };
}

/** Asterisk ended while somebody was still being tried, or before anybody was. */
function isInterrupted(caller: Channel, tried: readonly Leg[]): boolean {
  if (caller.shutDownAt === undefined || !wasShutDown(caller)) return false;
  return tried.length === 0 || tried.some(isShutDown) || isQueued(caller, caller.shutDownAt);
}

/** Before anybody answered, and not because nobody was left to try. */
function gaveUp(caller: Channel, tried: readonly Leg[]): boolean {
  const at = caller.hangupRequestedAt;
  // A called one who sends «busy» requests its hangup as well.
  if (at === undefined || caller.dial?.endings.has('ANSWER') === false) return false;
  if (isQueued(caller, at)) return true;
  return tried.length === 0 || tried.some((leg) => legOutcome(leg, tried) === 'cancelled');
}

function isQueued(channel: Channel, at: number): boolean {
  const since = queuedSince(channel);
  return since !== undefined && since <= at && (channel.unqueuedAt ?? Infinity) >= at - SLACK_MS;
}

/** Of several attempts the one that came closest to an answer says what became of the call. */
const CLOSEST: readonly CallOutcome[] = [
  'answered',
  'no_answer',
  'busy',
  'refused',
  'cancelled',
  'unreachable',
  'failed',
];

export function decisiveAttempt<Attempt extends { readonly outcome: LegOutcome | null }>(
  attempts: readonly Attempt[],
): { readonly attempt: Attempt; readonly outcome: CallOutcome } | undefined {
  for (const outcome of CLOSEST) {
    const attempt = attempts.findLast((one) => one.outcome === outcome);
    // Picked up, but never in a talk: a machine, or a caller who was gone in that moment.
    if (attempt !== undefined) return { attempt, outcome: outcome === 'answered' ? 'no_answer' : outcome };
  }
  return undefined;
}

/** Whoever was called ended it by not taking it. */
export function isRefusal(outcome: CallOutcome): boolean {
  return outcome === 'busy' || outcome === 'refused';
}

/** Dial makes no leg for a telephone that is not registered; only the cause tells. */
function wasNotFound({ cause = 0 }: Channel): boolean {
  return UNREACHABLE.has(cause);
}

/** The talk that ended last: of three people one may have come later, and be gone long before. */
function lastOf(talks: readonly ChannelTalk[]): ChannelTalk | undefined {
  let last: ChannelTalk | undefined;
  for (const talk of talks) if (last === undefined || endOf(talk) >= endOf(last)) last = talk;
  return last;
}

function endOf({ until = Infinity }: ChannelTalk): number {
  return until;
}

/** The first to ask for an end when the last talk was over, or nobody. */
function hungUpBy({ caller, legs }: Roles, lastTalk: ChannelTalk): Call['endedBy'] {
  const since = endOf(lastTalk) - SLACK_MS;
  let first: Channel | undefined;
  const asked = (channel: Channel | undefined) => {
    const at = channel?.hangupRequestedAt;
    if (at === undefined || at < since || at > (channel?.shutDownAt ?? Infinity)) return;
    if (at < (first?.hangupRequestedAt ?? Infinity)) first = channel;
  };
  asked(caller);
  // Whoever took a parked call back, or dialled into a conference, was called by nobody.
  asked(lastTalk.a);
  asked(lastTalk.b);
  for (const { channel } of legs) asked(channel);
  if (first === undefined) return 'system';
  return first === caller ? 'caller' : 'callee';
}

function causeOf({ cause }: Channel): number | null {
  // 0: Asterisk ended it without a reason of its own.
  return cause === undefined || cause === 0 ? null : cause;
}

/** A greeting or a menu was all that the caller met: no operator missed anything. */
export function isGreetingOnly({ caller, callees }: Roles): boolean {
  return (
    caller?.upAt !== undefined &&
    queuedSince(caller) === undefined &&
    callees.length === 0 &&
    !wasNotFound(caller)
  );
}
