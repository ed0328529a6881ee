import type { AmiMessage } from '../ami/message.ts';
import { AmiActionError, AmiRightsError } from '../ami/errors.ts';
import type { Call, Party } from '../calls/call.ts';
import type { Code } from '../directory/match.ts';
import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { checkConnection } from './checks.ts';
import type { Deadline } from './deadline.ts';
import { courierByCode, firstTelephone, lookUpTooLate, type End, type PeopleSource } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import { digitsOf, lineTo, type TemplateOptions } from './template.ts';

/** Whom a live call is put through to. */
export type ConnectTo =
  | { readonly kind: 'courier'; readonly courier: Code }
  | { readonly kind: 'extension'; readonly extension: string };

export interface ConnectOptions extends TemplateOptions {
  /** Of whoever asks: see `Requester`. */
  readonly telephones: readonly string[];
  readonly people: PeopleSource;
  readonly deadline: Deadline;
}

/**
 * Puts whoever has called from outside through to somebody else; whoever talks with them now is out of the call. When
 * that one does not answer, the caller comes back to the telephone that they talked with, or to whoever asked.
 *
 * @throws {CallRefusedError}
 */
export async function connectCall(
  asterisk: CallingAsterisk,
  call: Call,
  to: ConnectTo,
  { people, telephones, deadline, ...template }: ConnectOptions,
): Promise<void> {
  if (call.state === 'ended') throw new CallRefusedError('call_over');
  const channel = asterisk.callerOf(call.linkedIds);
  // Of an inbound call that has none the caller has hung up.
  if (channel === undefined)
    throw new CallRefusedError(call.direction === 'in' ? 'call_over' : 'cannot_connect');
  const end: End =
    to.kind === 'extension'
      ? to
      : (await deadline.within(courierByCode(to.courier, people), lookUpTooLate)).from;
  await deadline.within(checkConnection(asterisk, end, template), asteriskAway);
  const { calls, dialer, courierPrefix } = template;
  const prefix = to.kind === 'courier' ? courierPrefix : '';
  const back = wayBack(call, telephones);
  const variables: Record<string, string> = {
    COURIER_CALLERID: calls.callerId.replace('+', ''),
    COURIER_CONNECT: 'yes',
    COURIER_RING: String(calls.ringSeconds),
    COURIER_OUTSIDE: end.kind === 'outside' ? 'yes' : 'no',
    COURIER_LINE: lineTo(end, dialer, prefix),
    COURIER_PREFIX: prefix === '' ? '' : 'yes',
    COURIER_BACK: back === undefined ? '' : lineTo(back, dialer),
    COURIER_BACK_NUMBER: back?.kind === 'outside' ? back.number : '',
  };
  const actions = [
    ...Object.entries(variables).map(
      ([Variable, Value]) => ['Setvar', { Channel: channel, Variable, Value }] as const,
    ),
    ['Redirect', { Channel: channel, Context: calls.context, Exten: digitsOf(end), Priority: '1' }] as const,
  ];
  try {
    // Asterisk carries them out one after the other.
    await deadline.within(
      Promise.all<AmiMessage>(
        actions.map(([name, headers]) => asterisk.client.action(name, Object.entries(headers))),
      ),
      asteriskAway,
    );
  } catch (error) {
    if (error instanceof CallRefusedError) throw error;
    if (error instanceof AmiRightsError) throw new CallRefusedError('asterisk_refused', '', { cause: error });
    // The caller has hung up meanwhile.
    if (error instanceof AmiActionError) throw new CallRefusedError('call_over', '', { cause: error });
    throw asteriskAway(error);
  }
}

/**
 * Where the caller goes when nobody answers. Of whoever asked it is the first telephone; without any, one that rings.
 *
 * @returns undefined where there is none of these: they are hung up on
 */
function wayBack(call: Call, telephones: readonly string[]): End | undefined {
  const ringing = call.legs.filter(({ endedAt }) => endedAt === null).map(({ party }) => party.extension);
  const known = [talksWith(call, telephones), ...telephones, ...ringing];
  return firstTelephone(known.filter((one) => one !== null));
}

/** The telephone of the house that somebody outside talks with now, else the one that answered: also a mobile one. */
function talksWith({ talks, answeredBy }: Call, telephones: readonly string[]): string | null {
  const inside = ({ extension, number }: Party): string | null =>
    extension ?? (number !== null && telephones.includes(number) ? number : null);
  const now = talks.findLast(
    ({ a, b, until }) => until === null && (inside(a) === null) !== (inside(b) === null),
  );
  if (now !== undefined) return inside(now.b) ?? inside(now.a);
  return answeredBy === null ? null : inside(answeredBy);
}
