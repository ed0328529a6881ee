/* As much of SIP as a caller needs who is always refused: INVITE, the final answer, ACK. */

export interface Dialogue {
  /** Different for each call of a run: Call-ID, branch and tag are made of it. */
  readonly id: string;
  /** The caller's number as the trunk sends it. */
  readonly from: string;
  /** The caller's side, as `127.0.0.10:5080`. */
  readonly local: string;
  /** Asterisk, as `127.0.0.1:5060`. */
  readonly remote: string;
}

const COMPANY_NUMBER = '74951234567';

export function invite(dialogue: Dialogue): string {
  const { local } = dialogue;
  const address = local.split(':')[0] ?? '';
  const offer = [
    'v=0',
    `o=trunk 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    'a=rtpmap:8 PCMA/8000',
    '',
  ].join('\r\n');
  const head = [
    ...requestHead('INVITE', dialogue, toHeader(dialogue)),
    `Contact: <sip:${local}>`,
    'Content-Type: application/sdp',
    `Content-Length: ${offer.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${offer}`;
}

/** Of an answer other than 200: it belongs to the INVITE's transaction, and has the answer's To with its tag. */
export function ack(dialogue: Dialogue, answer: Answer): string {
  return `${[...requestHead('ACK', dialogue, answer.to), 'Content-Length: 0'].join('\r\n')}\r\n\r\n`;
}

function requestHead(method: string, { id, from, local, remote }: Dialogue, to: string): string[] {
  return [
    `${method} sip:${COMPANY_NUMBER}@${remote} SIP/2.0`,
    `Via: SIP/2.0/UDP ${local};branch=z9hG4bK${id}`,
    `From: <sip:${from}@${local.split(':')[0] ?? ''}>;tag=${id}`,
    to,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
  ];
}

function toHeader({ remote }: Dialogue): string {
  return `To: <sip:${COMPANY_NUMBER}@${remote}>`;
}

export interface Answer {
  readonly id: string;
  /** Such as 100 or 486. */
  readonly status: number;
  /** The whole To header. */
  readonly to: string;
}

/** Undefined for what is no answer to an INVITE. */
export function parseAnswer(text: string): Answer | undefined {
  const status = /^SIP\/2\.0 (\d{3}) /.exec(text)?.[1];
  const id = /^Call-ID: *(\S+)/im.exec(text)?.[1];
  const to = /^To: *[^\r\n]+/im.exec(text)?.[0];
  if (status === undefined || id === undefined || to === undefined) return undefined;
  return /^CSeq: *1 INVITE/im.test(text) ? { id, status: Number(status), to } : undefined;
}
