/** One SIP message as SIPp saw it. */
export interface SipMessage {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  /** `INVITE sip:101@… SIP/2.0` or `SIP/2.0 200 OK` */
  readonly firstLine: string;
  readonly text: string;
}

const SEPARATOR = /^-{40,} (\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d\.\d+)/;

/** Reads the file that SIPp writes with -trace_msg. */
export function parseMessageLog(log: string): readonly SipMessage[] {
  const messages: SipMessage[] = [];
  let at = 0;
  let block: string[] = [];
  const finish = () => {
    const start = block.findIndex((line) => /message (sent|received)/.test(line));
    if (start === -1) return;
    const direction = block[start]?.includes('sent') ? 'sent' : 'received';
    const lines = block
      .slice(start + 1)
      .join('\n')
      .trimStart();
    messages.push({ at, direction, firstLine: lines.split('\n')[0] ?? '', text: lines });
  };
  for (const line of log.split(/\r?\n/)) {
    const [matched, day, time] = SEPARATOR.exec(line) ?? [];
    if (matched === undefined) {
      block.push(line);
      continue;
    }
    finish();
    block = [];
    at = Date.parse(`${day}T${time?.slice(0, 12)}`);
  }
  finish();
  return messages;
}

/** The value of a header, `''` when the message has none. */
export function header(message: SipMessage, name: string): string {
  const line = message.text.split('\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}
