/** Technologies whose devices are dialled with a number. Local is none: it leads back into a dialplan. */
const TECHNOLOGY = /^(?!local\/)[a-z][a-z0-9]{1,19}\//i;
const NUMBER = /^\+?\d{2,20}$/;

/** Where the number stands in `Channel`, as the settings of the vendor's program describe it. */
export interface ChannelForm {
  /** `SIP/trunk`, or `SIP/{NUMBER}@trunk`; undefined: any trunk, in either form. */
  readonly channel: string | undefined;
  /** What stands before the number. */
  readonly prefix: string;
}

export type ChannelNumber =
  | { readonly number: string }
  /** `form`: another channel than it should be, or more than one. `number`: no telephone number in it. */
  | { readonly problem: 'form' | 'number' };

/** The number inside a channel; nothing else of it is ever used. */
export function numberInChannel(channel: string, { channel: expected, prefix }: ChannelForm): ChannelNumber {
  const text = channel.trim();
  // Dial() would read these as a second device, an option or an expression.
  if (!/^[\w@.:/+*#-]+$/.test(text)) return { problem: 'form' };
  const dialled = expected === undefined ? dialledIn(text) : between(text, expected);
  if (dialled === undefined) return { problem: 'form' };
  const number = plainNumber(dialled, prefix);
  return number === undefined ? { problem: 'number' } : { number };
}

/** The digits of a number, with or without a plus, behind the prefix; undefined for whatever else. */
export function plainNumber(text: string, prefix: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith(prefix)) return undefined;
  const number = trimmed.slice(prefix.length);
  return NUMBER.test(number) ? number : undefined;
}

/** `SIP/trunk/79161234567`, `SIP/79161234567@trunk`, `SIP/101`. */
function dialledIn(channel: string): string | undefined {
  if (!TECHNOLOGY.test(channel)) return undefined;
  const rest = channel.slice(channel.indexOf('/') + 1);
  const [, beforeAt, behindSlash] = /^(?:([^@/]+)(?:@[\w.:-]+)?|[\w.-]+\/([^@/]+))$/.exec(rest) ?? [];
  return beforeAt ?? behindSlash;
}

function between(channel: string, expected: string): string | undefined {
  const [start = '', end = ''] = (expected.includes('{NUMBER}') ? expected : `${expected}/{NUMBER}`).split(
    '{NUMBER}',
  );
  if (!channel.startsWith(start) || !channel.endsWith(end)) return undefined;
  return channel.length > start.length + end.length
    ? channel.slice(start.length, channel.length - end.length)
    : undefined;
}
