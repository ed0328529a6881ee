import type { Call, Party } from './call.ts';
import type { Channel } from './channel.ts';
import { UNKNOWN } from './event.ts';

export interface PartyOptions {
  /** Names of endpoints that are trunks, besides whatever is not 2 to 6 digits. */
  readonly trunks: ReadonlySet<string>;
  /** A number as `contacts.VALUE` holds it; null when it is none. */
  readonly normalise: (raw: string) => string | null;
}

export interface ViewOptions extends PartyOptions {
  /** The name of the Asterisk. */
  readonly asterisk: string;
}

const EXTENSION = /^\d{2,6}$/;
/** MikoPBX gives the browser of an extension an endpoint of its own, `201-WS`. */
const TELEPHONE = /^(\d{2,6})(?:-WS)?$/;

/**
 * The endpoint of a channel: `101` of `PJSIP/101-00000001`, `i1` of `DAHDI/i1/79161234567-2`. Endpoints may have a dash in
 * their name.
 */
function endpointOf({ name }: Pick<Channel, 'name'>): string {
  const end = name.lastIndexOf('-');
  const [technology = '', endpoint = technology] = name.slice(0, end === -1 ? undefined : end).split('/', 2);
  return endpoint;
}

/** The trunk that a channel goes through; null for a telephone of our own. */
export function trunkOf(
  channel: Pick<Channel, 'name'>,
  options: Pick<PartyOptions, 'trunks'>,
): string | null {
  return extensionOf(channel, options) === null ? endpointOf(channel) : null;
}

/** The extension of a telephone of our own; null for a trunk. */
export function extensionOf(
  channel: Pick<Channel, 'name'>,
  { trunks }: Pick<PartyOptions, 'trunks'>,
): string | null {
  const endpoint = endpointOf(channel);
  return trunks.has(endpoint) ? null : (TELEPHONE.exec(endpoint)?.[1] ?? null);
}

export const NOBODY: Party = { number: null, raw: '', extension: null, user: null };

/** Whoever has a telephone of our own. */
export function inside(extension: string): Party {
  return { ...NOBODY, raw: extension, extension };
}

/** @param raw the number as it was told */
export function outside(raw: string, { normalise }: Pick<PartyOptions, 'normalise'>): Party {
  return { ...NOBODY, number: normalise(raw), raw };
}

/** Who is at the far end of a channel. */
export function partyOf(channel: Channel, options: PartyOptions): Party {
  const extension = extensionOf(channel, options);
  return extension === null ? outside(rawNumberOf(channel), options) : inside(extension);
}

/** Who was meant by a number that somebody dialled. `s` is the dialplan's word for none. */
export function dialledParty(exten: string, options: PartyOptions): Party {
  const raw = exten === 's' ? '' : exten;
  return EXTENSION.test(raw) ? inside(raw) : outside(raw, options);
}

/** Of a called one what was dialled: its caller id may be anything. Of a calling one what the trunk said. */
function rawNumberOf(channel: Channel): string {
  const dialled = channel.dial === undefined ? '' : dialledNumber(channel.dial.target, endpointOf(channel));
  if (dialled !== '') return dialled;
  const { firstNumber, laterNumber } = channel;
  if (firstNumber !== '' && firstNumber !== UNKNOWN) return firstNumber;
  return laterNumber || firstNumber;
}

/** `79161234567@trunk`, `trunk/79161234567`, `trunk/sip:79161234567@host:5060`, `PJSIP/101`. */
function dialledNumber(target: string, endpoint: string): string {
  const parts = target.split(/[/@:;,]/).filter((part) => part !== endpoint && /^\+?\d{2,}$/.test(part));
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/** Everybody whom a call names: who called and was called, who answered, rang and talked. */
export function partiesOf({ from, to, answeredBy, legs, talks }: Call): Party[] {
  return [
    from,
    to,
    ...(answeredBy === null ? [] : [answeredBy]),
    ...legs.map(({ party }) => party),
    ...talks.flatMap(({ a, b }) => [a, b]),
  ];
}
