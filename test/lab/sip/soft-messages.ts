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

/** 20 ms of silence in A-law, or of a tone. */
export function rtpPacket(sequence: number, hertz = 0): Buffer {
  const packet = Buffer.alloc(12 + 160, 0xd5);
  const samples = hertz === 0 ? 0 : 160;
  for (let index = 0; index < samples; index++) {
    const angle = (2 * Math.PI * hertz * (sequence * 160 + index)) / 8000;
    packet[12 + index] = toALaw(Math.round(8000 * Math.sin(angle)));
  }
  packet.writeUInt16BE(0x80_08, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(1, 8);
  return packet;
}

/** A sample of 16 bits in A-law, G.711. */
function toALaw(sample: number): number {
  const mask = sample >= 0 ? 0xd5 : 0x55;
  const magnitude = Math.min(Math.abs(sample) >> 3, 0xfff);
  let exponent = 7;
  while (exponent > 0 && magnitude < 16 << exponent) exponent -= 1;
  const mantissa = exponent === 0 ? (magnitude >> 1) & 0xf : (magnitude >> exponent) & 0xf;
  return ((exponent << 4) | mantissa) ^ mask;
}

/** Payload type of keys, as this side offers it. */
export const KEY_EVENTS = 101;

/**
 * A key as RFC 4733 sends it, 100 ms long: packets of one time stamp, the last one three times.
 *
 * @param sequence of the first packet
 */
export function keyPackets(digit: string, sequence: number): Buffer[] {
  const timestamp = sequence * 160;
  return [160, 320, 480, 640, 800, 800, 800].map((duration, index) => {
    const packet = Buffer.alloc(16);
    packet.writeUInt16BE((0x80 << 8) | KEY_EVENTS | (index === 0 ? 0x80 : 0), 0);
    packet.writeUInt16BE(sequence + index, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(1, 8);
    packet.writeUInt8('0123456789*#'.indexOf(digit), 12);
    packet.writeUInt8(index >= 4 ? 0x8a : 0x0a, 13);
    packet.writeUInt16BE(duration, 14);
    return packet;
  });
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
