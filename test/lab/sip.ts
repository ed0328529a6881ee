import { eventually } from './eventually.ts';
import { freeUdpPort, isUdpPortBound } from './free-port.ts';
import { callerScenario } from './sip/caller.scenario.ts';
import { header, type SipMessage } from './sip/message-log.ts';
import { type Behaviour, type PhoneRule, phoneScenario } from './sip/phone.scenario.ts';
import { registerScenario } from './sip/register.scenario.ts';
import { type SippResult, startSipp } from './sip/sipp.ts';

/** Loopback has many addresses; Asterisk tells trunk and telephones apart by them. */
export const ASTERISK_ADDRESS = '127.0.0.1';
/** A loopback address for telephones, by its last number: apart from those of other test files that run beside. */
export function phoneAddress(last: number): string {
  return `127.0.${process.env['JEST_WORKER_ID'] ?? 0}.${last}`;
}

export const TRUNK_ADDRESS = phoneAddress(10);
export const PHONE_ADDRESS = phoneAddress(20);

export interface PhoneOptions {
  readonly address?: string;
  readonly rules?: readonly PhoneRule[];
  /** For calls that no rule matches. Default: `answer`. */
  readonly behaviour?: Behaviour;
}

/** A telephone or a trunk: something that Asterisk calls. */
export interface Phone {
  readonly address: string;
  readonly port: number;
  /** The calls that it got so far, oldest first. */
  readonly calls: () => Promise<readonly ReceivedCall[]>;
  readonly stop: () => Promise<void>;
}

export interface ReceivedCall {
  /** The address of the telephone or trunk that got it. */
  readonly where: string;
  /** The user part of the request URI: the number that Asterisk dialled. */
  readonly number: string;
  /** The user part of the From header: the caller's number. */
  readonly from: string;
  /** The From header's display name, without quotes and escapes. */
  readonly name: string;
  /** When the INVITE came, milliseconds since 1970. */
  readonly at: number;
  /** What this telephone answered finally, such as 200 or 486; undefined while it rings. */
  readonly status: number | undefined;
  /** When the caller's side gave up (CANCEL); undefined when it did not. */
  readonly cancelledAt: number | undefined;
  /** When the talk ended (BYE from either side); undefined while it lasts, and without a talk. */
  readonly endedAt: number | undefined;
  /** Everything sent and received of it, the INVITE first. */
  readonly dialogue: readonly SipMessage[];
}

/** Starts SIPp as a called telephone or trunk. */
export async function startPhone(options: PhoneOptions = {}): Promise<Phone> {
  const address = options.address ?? PHONE_ADDRESS;
  const port = await freeUdpPort(address);
  const scenario = phoneScenario(options.rules ?? [], options.behaviour ?? 'answer');
  const sipp = await startSipp({ scenario, localAddress: address, localPort: port });
  await untilPortIsBound(address, port, sipp.ended);
  return {
    address,
    port,
    calls: async () => receivedCalls(await sipp.messages(), address),
    stop: sipp.stop,
  };
}

export interface CallOptions {
  /** Port of Asterisk on 127.0.0.1. */
  readonly port: number;
  /** The caller's number as the trunk sends it; `''` makes a From header without a user part. */
  readonly from: string;
  readonly name?: string;
  /** The number called. Default: the company's, 74950000000. */
  readonly to?: string;
  readonly giveUpAfterMs?: number;
  readonly talkMs?: number;
  readonly address?: string;
}

export interface PlacedCall {
  /** The final answer to the INVITE: 200, 486, 487 after giving up, … */
  readonly status: number;
  readonly startedAt: number;
  /** From the INVITE to the final answer. */
  readonly answeredAfterMs: number;
  /** Who ended the talk; undefined without a talk. */
  readonly endedBy: 'caller' | 'callee' | undefined;
  readonly endedAt: number;
  /** Everything sent and received, for what a test wants to look at closely. */
  readonly messages: readonly SipMessage[];
}

/**
 * Calls Asterisk as the provider's trunk does, and settles when the call is over on this side.
 *
 * @throws when the call went another way than any caller expects (no answer at all, a broken message)
 */
export async function placeCall(options: CallOptions): Promise<PlacedCall> {
  const address = options.address ?? TRUNK_ADDRESS;
  const user = options.from === '' ? '' : `${options.from}@`;
  const name = options.name === undefined ? '' : `"${options.name.replace(/["\\]/g, '\\$&')}" `;
  const scenario = callerScenario({
    to: options.to ?? '74950000000',
    from: `${name}<sip:${user}${address}>`,
    giveUpAfterMs: options.giveUpAfterMs ?? 60_000,
    talkMs: options.talkMs ?? 500,
  });
  const {
    messages,
    output,
    status: exit,
  } = await runCaller(scenario, address, `${ASTERISK_ADDRESS}:${options.port}`);
  const invite = messages.find((one) => one.firstLine.startsWith('INVITE '));
  const final = messages.find((one) => isReplyTo(one, 'INVITE') && replyStatus(one) >= 200);
  if (invite === undefined || final === undefined || exit !== 0) {
    throw new Error(
      `The call from ${options.from} broke (SIPp ${exit}).\n${output}\n${transcript(messages)}`,
    );
  }
  const bye = messages.find((one) => one.firstLine.startsWith('BYE '));
  return {
    status: replyStatus(final),
    startedAt: invite.at,
    answeredAfterMs: final.at - invite.at,
    endedBy: bye === undefined ? undefined : bye.direction === 'sent' ? 'caller' : 'callee',
    endedAt: (bye ?? final).at,
    messages,
  };
}

/** What SIPp ends with when its port is taken. */
const PORT_TAKEN = 254;
const MOST_TRIES = 5;

/** Of many callers who look for a free port at once, two may find the same one: the later one looks again. */
async function runCaller(scenario: string, localAddress: string, remote: string): Promise<SippResult> {
  for (let tries = 1; ; tries += 1) {
    const localPort = await freeUdpPort(localAddress);
    const sipp = await startSipp({ scenario, localAddress, localPort, remote });
    const result = await sipp.ended;
    if (result.status !== PORT_TAKEN || tries === MOST_TRIES) return result;
  }
}

export interface RegisterOptions {
  readonly port: number;
  readonly extension: string;
  readonly password: string;
  readonly phone: Phone;
}

/** Registers a telephone with Asterisk, as the sample configuration wants it: with its password. */
export async function registerPhone({ port, extension, password, phone }: RegisterOptions): Promise<void> {
  const contact = `${phone.address}:${phone.port}`;
  const { status, output, messages } = await runCaller(
    registerScenario({ extension, password, contact }),
    phone.address,
    `${ASTERISK_ADDRESS}:${port}`,
  );
  if (status !== 0) throw new Error(`Registering ${extension} failed.\n${output}\n${transcript(messages)}`);
}

function receivedCalls(messages: readonly SipMessage[], where: string): readonly ReceivedCall[] {
  const invites = new Map<string, SipMessage>();
  for (const one of messages) {
    const id = header(one, 'Call-ID');
    // A retransmission has the same Call-ID; a re-INVITE within the talk as well.
    if (one.direction === 'received' && one.firstLine.startsWith('INVITE ') && !invites.has(id))
      invites.set(id, one);
  }
  return [...invites].map(([id, invite]) => {
    const dialogue = messages.filter((one) => header(one, 'Call-ID') === id);
    const final = dialogue.find((one) => isReplyTo(one, 'INVITE') && replyStatus(one) >= 200);
    const from = header(invite, 'From');
    return {
      where,
      number: /^INVITE sip:([^@ ]*)@/.exec(invite.firstLine)?.[1] ?? '',
      from: /sip:([^@>]*)@/.exec(from)?.[1] ?? '',
      name: displayName(from),
      at: invite.at,
      status: final === undefined ? undefined : replyStatus(final),
      cancelledAt: dialogue.find((one) => one.firstLine.startsWith('CANCEL '))?.at,
      endedAt: dialogue.find((one) => one.firstLine.startsWith('BYE '))?.at,
      dialogue,
    };
  });
}

/** The name before the address, without quotes and the backslashes in them. */
function displayName(from: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(from)?.[1];
  return quoted === undefined ? from.slice(0, from.indexOf('<')).trim() : quoted.replace(/\\(.)/g, '$1');
}

function isReplyTo(message: SipMessage, method: string): boolean {
  return message.firstLine.startsWith('SIP/2.0 ') && header(message, 'CSeq').endsWith(` ${method}`);
}

function replyStatus(message: SipMessage): number {
  return Number(message.firstLine.split(' ')[1]);
}

function transcript(messages: readonly SipMessage[]): string {
  return messages
    .map((one) => `${new Date(one.at).toISOString()} ${one.direction} ${one.firstLine}`)
    .join('\n');
}

async function untilPortIsBound(
  address: string,
  port: number,
  ended: Promise<{ output: string }>,
): Promise<void> {
  const failure = ended.then(({ output }): never => {
    throw new Error(`SIPp did not start.\n${output}`);
  });
  const bound = eventually('SIPp listens', () => isUdpPortBound(address, port), 30_000);
  await Promise.race([bound, failure]);
}
