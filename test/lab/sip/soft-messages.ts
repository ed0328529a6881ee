import { randomBytes } from 'node:crypto';
import { header, type SipMessage } from './message-log.ts';

export const SDP_TYPE = 'Content-Type: application/sdp';

/** @param tag of this side; `''` where the request has one already, or needs none */
export function reply(request: SipMessage, status: string, tag: string, sdp = '', contact = ''): string {
  const vias = request.text.split('\n').filter((line) => /^Via:/i.test(line));
  const routes = request.text.split('\n').filter((line) => /^Record-Route:/i.test(line));
  const to = header(request, 'To');
  return (
    lines([
      `SIP/2.0 ${status}`,
      ...vias,
      ...routes,
      `From: ${header(request, 'From')}`,
      `To: ${to}${tag === '' || to.includes(';tag=') ? '' : `;tag=${tag}`}`,
      `Call-ID: ${header(request, 'Call-ID')}`,
      `CSeq: ${header(request, 'CSeq')}`,
      ...(contact === '' ? [] : [`Contact: ${contact}`]),
      ...(sdp === '' ? [] : [SDP_TYPE]),
      `Content-Length: ${Buffer.byteLength(sdp)}`,
      '',
    ]) + sdp
  );
}

/** 20 ms of silence in A-law. */
export function rtpPacket(sequence: number): Buffer {
  const packet = Buffer.alloc(12 + 160, 0xd5);
  packet.writeUInt16BE(0x80_08, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(1, 8);
  return packet;
}

export function lines(all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`;
}

export function tagOf(address: string): string {
  return /;tag=([^;>]+)/.exec(address)?.[1] ?? '';
}

export function token(): string {
  return randomBytes(6).toString('hex');
}
