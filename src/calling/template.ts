import type { Header } from '../ami/action.ts';
import type { CallsConfig } from './options.ts';
import type { Dialer } from '../routing/dialer.ts';
import type { End, Parties } from './parties.ts';

/** An Originate of ours: every value is made of checked digits and of the configuration. */
export interface Origination {
  readonly headers: readonly Header[];
  /** After that long Asterisk gives the first side up, in ms. */
  readonly timeoutMs: number;
}

/** How calls are put to Asterisk. */
export interface TemplateOptions {
  readonly calls: CallsConfig;
  readonly dialer: Dialer;
  /** `dial.courierPrefix` */
  readonly courierPrefix: string;
}

/** What a trunk may take to say that it cannot, and the next one is tried. In seconds. */
const FAILOVER_SECONDS = 15;

/**
 * The action that makes a call. A telephone of the office is rung at once; an outside one over a Local channel, so that
 * the dialplan chooses the trunk, and the next one when that cannot place the call.
 *
 * @param channelId becomes the Uniqueid of the first channel, and the Linkedid of the call
 */
export function originate(
  { from, to, courier }: Parties,
  channelId: string,
  { calls, dialer, courierPrefix }: TemplateOptions,
): Origination {
  const { context, ringSeconds } = calls;
  const exten = digitsOf(to);
  const companyNumber = calls.callerId.replace('+', '');
  const isInside = from.kind === 'extension';
  const channel = isInside ? dialer.extension(from.extension) : `Local/${from.number}@${context}-first/n`;
  // The first telephone shows whom it will be connected with; a courier's shows the company.
  const callerId = isInside ? exten : companyNumber;
  const variables: Record<string, string> = {
    COURIER_CALLERID: companyNumber,
    COURIER_SHOWN: to.kind === 'outside' ? companyNumber : digitsOf(from),
    COURIER_RING: String(ringSeconds),
    COURIER_OUTSIDE: to.kind === 'outside' ? 'yes' : 'no',
    COURIER_LINE: lineTo(to, dialer),
    ...(isInside
      ? autoAnswerOf(channel, from.extension, calls)
      : {
          COURIER_FIRST_LINE: lineTo(from, dialer, courier === null ? '' : courierPrefix),
          COURIER_FIRST_PREFIX: courier === null || courierPrefix === '' ? '' : 'yes',
        }),
    ...(courier !== null && {
      COURIER_CONFIRM: calls.confirmCourier ? 'yes' : 'no',
      COURIER_RECORD: calls.recordCouriers ? 'yes' : 'no',
      COURIER_ANNOUNCE_FIRST: calls.announceCourier,
      COURIER_ANNOUNCE: to.kind === 'outside' ? calls.announceRecipient : '',
    }),
  };
  const timeoutMs = (ringSeconds + (isInside ? 0 : FAILOVER_SECONDS)) * 1000;
  const headers: Header[] = [
    ['Channel', channel],
    ['Context', context],
    ['Exten', exten],
    ['Priority', '1'],
    ['Timeout', String(timeoutMs)],
    ['CallerID', callerId],
    ['Async', 'true'],
    ['ChannelId', channelId],
    ...(isInside ? [] : [['OtherChannelId', `${channelId}-2`] as const]),
    ...Object.entries(variables)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => ['Variable', `${name}=${value}`] as const),
  ];
  return { headers, timeoutMs };
}

export function digitsOf(end: End): string {
  return end.kind === 'extension' ? end.extension : end.number;
}

/** How Dial() reaches somebody when the dialplan cannot ask the router. */
export function lineTo(end: End, dialer: Dialer, prefix = ''): string {
  return end.kind === 'extension'
    ? dialer.extension(end.extension)
    : (dialer.lines(end.number, prefix)[0]?.dial ?? '');
}

const AUTO_ANSWER = {
  'call-info': 'Call-Info: <sip:127.0.0.1>;answer-after=0',
  'alert-info': 'Alert-Info: <http://127.0.0.1>;info=alert-autoanswer;delay=0',
} as const;

/** The header that makes a telephone pick up by itself, as its SIP driver wants it. */
function autoAnswerOf(
  channel: string,
  extension: string,
  { autoAnswer }: CallsConfig,
): Record<string, string> {
  const found = autoAnswer.find(({ extensions }) => extensions?.includes(extension) ?? true);
  if (found === undefined || found.header === 'none') return {};
  const header = AUTO_ANSWER[found.header];
  if (channel.startsWith('SIP/')) return { SIPADDHEADER01: header };
  if (!channel.startsWith('PJSIP/')) return {};
  const [name = '', value = ''] = header.split(/: (.*)/s);
  return { [`PJSIP_HEADER(add,${name})`]: value };
}
