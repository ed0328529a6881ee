import type { AmiMessage } from '../ami/message.ts';

/** What another program could read as more than it is told. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/g;

/** Headers that tell of a channel which is whose. */
const DEVICES = ['Channel', 'DestChannel'];
/** What the dialplan has set is nobody's business. */
const LEFT_OUT = /^(?:Dest)?(?:ChanVariable|Variable)$/i;

/**
 * An event of AMI as text for somebody with these telephones; undefined when none of its channels is theirs. What other
 * telephones of the same call do is not told either.
 */
export function eventFor(event: AmiMessage, telephones: readonly string[]): string | undefined {
  const isTheirs = DEVICES.some((name) => {
    const device = deviceOf(event.get(name) ?? '');
    return device !== undefined && telephones.includes(device);
  });
  if (!isTheirs) return undefined;
  const lines = event.names.flatMap((name, index) =>
    name === '' || LEFT_OUT.test(name)
      ? []
      : [`${name}: ${(event.values[index] ?? '').replaceAll(CONTROL, '')}\r\n`],
  );
  return `${lines.join('')}\r\n`;
}

/** `101` of `PJSIP/101-0000002a`. */
function deviceOf(channel: string): string | undefined {
  return /^\w+\/(.+)-[0-9a-f]{8}$/.exec(channel)?.[1];
}
