import type { Call } from '../../../../src/calls/call.ts';
import type { Ids, Script } from '../../../../src/simulator/ami/script.ts';
import { inbound, missed, transferred } from '../../../../src/simulator/ami/stories.ts';

/** Of the played Asterisk's AMI. */
export const ACCOUNT = { username: 'soak', secret: 'soak' };

const RING_SECONDS = 0.5;
const TALK_SECONDS = 1;
const RINGS = ['101', '102'];

/** The caller's number says which call it is. */
export function numberOf(n: number): string {
  return `7916${String(n).padStart(7, '0')}`;
}

/** @returns NaN when it is no such number */
export function callOf(number: string | null): number {
  return number?.startsWith('7916') === true ? Number(number.slice(4)) : Number.NaN;
}

/** Of ten calls seven are answered, one of them by the other telephone, two missed, and one is transferred. */
export function playedCall(ids: Ids, n: number): Script {
  const call = {
    from: numberOf(n),
    to: '74950000000',
    rings: RINGS,
    ringSeconds: RING_SECONDS,
    talkSeconds: TALK_SECONDS,
    endedBy: n % 2 === 0 ? 'caller' : 'callee',
  } as const;
  switch (n % 10) {
    case 7:
      return missed(ids, { ...call, because: 'caller gives up' });
    case 8:
      return missed(ids, { ...call, because: 'nobody answers' });
    case 9:
      return transferred(ids, { ...call, answeredBy: '101', transferredTo: '103', talkSecondsAfter: 0.5 });
    default:
      return inbound(ids, { ...call, answeredBy: n % 10 === 6 ? '102' : '101' });
  }
}

/** Of the journal's call, what the script decides. */
export function storyOf({
  direction,
  state,
  outcome,
  missed: isMissed,
  answeredBy,
  legs,
  completeness,
}: Call) {
  const people = [...new Set(legs.map(({ party }) => party.extension))].toSorted().join(',');
  return `${direction} ${state} ${outcome} ${isMissed} ${answeredBy?.extension} ${people} ${completeness}`;
}

export function expectedStory(n: number): string {
  switch (n % 10) {
    case 7:
      return 'in ended cancelled true undefined 101,102 whole';
    case 8:
      return 'in ended no_answer true undefined 101,102 whole';
    case 9:
      return 'in ended answered false 101 101,102,103 whole';
    default:
      return `in ended answered false ${n % 10 === 6 ? '102' : '101'} 101,102 whole`;
  }
}
