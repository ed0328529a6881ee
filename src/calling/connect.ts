import type { AmiMessage } from '../ami/message.ts';
import { AmiActionError, AmiRightsError } from '../ami/errors.ts';
import type { Call } from '../calls/call.ts';
import type { Code } from '../directory/match.ts';
import { within, type CallingAsterisk } from './asterisk.ts';
import { checkConnection } from './checks.ts';
import { courierByCode, type End, type PeopleSource } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import { digitsOf, lineTo, type TemplateOptions } from './template.ts';

/** Whom a live call is put through to. */
export type ConnectTo =
  | { readonly kind: 'courier'; readonly courier: Code }
  | { readonly kind: 'extension'; readonly extension: string };

const ANSWER_MS = 800;

/**
 * Puts the caller of a live inbound call through to somebody else; whoever talks with them now is out of the call. When
 * that one does not answer, the caller comes back to the extension that they talked with.
 *
 * @throws {CallRefusedError}
 */
export async function connectCall(
  asterisk: CallingAsterisk,
  call: Call,
  to: ConnectTo,
  { people, ...template }: TemplateOptions & { readonly people: PeopleSource },
): Promise<void> {
  if (call.state === 'ended') throw new CallRefusedError('call_over');
  if (call.direction !== 'in') throw new CallRefusedError('cannot_connect');
  const end: End = to.kind === 'extension' ? to : (await courierByCode(to.courier, people)).from;
  await checkConnection(asterisk, end, template);
  const channel = call.id.slice(call.asterisk.length + 1);
  const { calls, dialer, courierPrefix } = template;
  const prefix = to.kind === 'courier' ? courierPrefix : '';
  const back = call.answeredBy?.extension;
  const variables: Record<string, string> = {
    COURIER_CALLERID: calls.callerId.replace('+', ''),
    COURIER_CONNECT: 'yes',
    COURIER_RING: String(calls.ringSeconds),
    COURIER_OUTSIDE: end.kind === 'outside' ? 'yes' : 'no',
    COURIER_LINE: lineTo(end, dialer, prefix),
    COURIER_PREFIX: prefix === '' ? '' : 'yes',
    COURIER_BACK: back === null || back === undefined ? '' : dialer.extension(back),
  };
  const actions = [
    ...Object.entries(variables).map(
      ([Variable, Value]) => ['Setvar', { Channel: channel, Variable, Value }] as const,
    ),
    ['Redirect', { Channel: channel, Context: calls.context, Exten: digitsOf(end), Priority: '1' }] as const,
  ];
  try {
    // Asterisk carries them out one after the other.
    await within(
      ANSWER_MS,
      Promise.all<AmiMessage>(
        actions.map(([name, headers]) => asterisk.client.action(name, Object.entries(headers))),
      ),
    );
  } catch (error) {
    if (error instanceof CallRefusedError) throw error;
    if (error instanceof AmiRightsError) throw new CallRefusedError('asterisk_refused', '', { cause: error });
    // The caller has hung up meanwhile.
    if (error instanceof AmiActionError) throw new CallRefusedError('call_over', '', { cause: error });
    throw new CallRefusedError('asterisk_away', '', { cause: error });
  }
}
