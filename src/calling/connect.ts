import type { AmiMessage } from '../ami/message.ts';
import { AmiActionError, AmiRightsError } from '../ami/errors.ts';
import type { Call } from '../calls/call.ts';
import type { Code } from '../directory/match.ts';
import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { checkConnection } from './checks.ts';
import type { Deadline } from './deadline.ts';
import { courierByCode, lookUpTooLate, type End, type PeopleSource } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import { digitsOf, lineTo, type TemplateOptions } from './template.ts';

/** Whom a live call is put through to. */
export type ConnectTo =
  | { readonly kind: 'courier'; readonly courier: Code }
  | { readonly kind: 'extension'; readonly extension: string };

export interface ConnectOptions extends TemplateOptions {
  readonly people: PeopleSource;
  readonly deadline: Deadline;
}

/**
 * Puts whoever has called from outside through to somebody else; whoever talks with them now is out of the call. When
 * that one does not answer, the caller comes back to the extension that they talked with.
 *
 * @throws {CallRefusedError}
 */
export async function connectCall(
  asterisk: CallingAsterisk,
  call: Call,
  to: ConnectTo,
  { people, deadline, ...template }: ConnectOptions,
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
  const back = talksWith(call);
  const variables: Record<string, string> = {
    COURIER_CALLERID: calls.callerId.replace('+', ''),
    COURIER_CONNECT: 'yes',
    COURIER_RING: String(calls.ringSeconds),
    COURIER_OUTSIDE: end.kind === 'outside' ? 'yes' : 'no',
    COURIER_LINE: lineTo(end, dialer, prefix),
    COURIER_PREFIX: prefix === '' ? '' : 'yes',
    COURIER_BACK: back === null ? '' : dialer.extension(back),
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

/** The extension that somebody outside talks with now, else the one that answered. */
function talksWith({ talks, answeredBy }: Call): string | null {
  const now = talks.findLast(
    ({ a, b, until }) => until === null && (a.extension === null) !== (b.extension === null),
  );
  return now?.b.extension ?? now?.a.extension ?? answeredBy?.extension ?? null;
}
