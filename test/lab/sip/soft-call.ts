import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { header, type SipMessage } from './message-log.ts';
import { keyPackets, lines, reply, rtpPacket, SDP_TYPE, tagOf, token } from './soft-messages.ts';

/** How long Asterisk may take for a reply before a test gives up. */
const PATIENCE_MS = 10_000;

/** Every softphone has an address of its own. */
export const VOICE_PORT = 6000;

/** A minute. */
const MOST_PACKETS = 3000;

/** The telephone that a call belongs to. */
export interface SoftLine {
  readonly user: string;
  readonly address: string;
  /** Address and port. */
  readonly host: string;
  readonly contact: string;
  /** Address and port. */
  readonly asterisk: string;
  readonly sdp: string;
  send(text: string): void;
}

/** One call of a softphone, on either side. */
export class SoftCall {
  readonly id: string;
  readonly #phone: SoftLine;
  readonly #tag = token();
  /** Of the dialogue: From and To as this side sends them, and where to. */
  #local = '';
  #remote = '';
  #target = '';
  #cseq = 1;
  /** Asterisk's port for sound. */
  #media = 0;
  #isOver = false;
  /** Of the packets of keys: an older one counts as repeated. */
  #sequence = 1000;
  #invitation: SipMessage | undefined;
  readonly #replies = new Map<number, (message: SipMessage) => void>();
  readonly ringing: Promise<void>;
  readonly ended: Promise<void>;
  #rings: () => void = () => {};
  #ends: () => void = () => {};

  constructor(phone: SoftLine, id: string) {
    this.#phone = phone;
    this.id = id;
    this.ringing = new Promise((resolve) => {
      this.#rings = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#ends = () => {
        this.#isOver = true;
        resolve();
      };
    });
  }

  invite(number: string, from: string): void {
    const { asterisk } = this.#phone;
    this.#target = `sip:${number}@${asterisk}`;
    this.#local = `<sip:${from}@127.0.0.1>;tag=${this.#tag}`;
    this.#remote = `<${this.#target}>`;
    const cseq = this.#cseq;
    const answering = async () => {
      const status = await this.#request('INVITE', [], this.#phone.sdp);
      if (status !== 200) throw new Error(`${number} answered ${status}.`);
      this.#send('ACK', cseq, []);
    };
    this.answered = answering();
    // A call that is given up in between is no defect of the test.
    this.answered.catch(() => {});
  }

  /** Of a call that this telephone made. */
  answered: Promise<void> = Promise.resolve();

  ring(): void {
    this.#respond('180 Ringing');
  }

  answer(): void {
    this.#respond('200 OK', this.#phone.sdp);
  }

  refuse(status: string): void {
    this.#respond(status);
  }

  async hold(): Promise<void> {
    // chan_sip passes over an offer whose version it has seen.
    await this.#reinvite(`${this.#phone.sdp.replace('o=- 1 1 ', 'o=- 1 2 ')}a=sendonly\r\n`);
  }

  /** A digit by SIP INFO, as a telephone without sound sends it. */
  async press(digits: string): Promise<void> {
    for (const digit of digits) {
      await this.#request(
        'INFO',
        ['Content-Type: application/dtmf-relay'],
        `Signal=${digit}\r\nDuration=100\r\n`,
      );
      await sleep(150);
    }
  }

  /** Keys between the packets of sound, RFC 4733. The telephone must have offered `keyEvents`. */
  async pressEvents(digits: string): Promise<void> {
    const voice = createSocket('udp4');
    await new Promise<void>((resolve) => {
      voice.bind(VOICE_PORT, this.#phone.address, resolve);
    });
    for (const digit of digits) {
      this.#sequence += 20;
      for (const packet of keyPackets(digit, this.#sequence)) {
        voice.send(packet, this.#media, '127.0.0.1');
        await sleep(20);
      }
      await sleep(150);
    }
    voice.close();
  }

  /** Sends silence, or a tone, for as long as the call lasts: only where media flow does Asterisk take Local channels out. */
  async talk(hertz = 0): Promise<void> {
    if (this.#media === 0) throw new Error('There is nowhere to send sound to.');
    const voice = createSocket('udp4');
    await new Promise<void>((resolve) => {
      voice.bind(VOICE_PORT, this.#phone.address, resolve);
    });
    for (let sequence = 0; !this.#isOver && sequence < MOST_PACKETS; sequence += 1) {
      voice.send(rtpPacket(sequence, hertz), this.#media, '127.0.0.1');
      await sleep(20);
    }
    voice.close();
  }

  /** Hands the call on to a number, unseen. */
  async refer(number: string): Promise<void> {
    await this.#refer(`<sip:${number}@${this.#phone.asterisk}>`);
  }

  /** Hands the call on to the other end of another call of this telephone, answered or still ringing. */
  async referTo(other: SoftCall): Promise<void> {
    const replaces = `${other.id};to-tag=${tagOf(other.#remote)};from-tag=${other.#tag}`;
    const number = /sip:([^@>]*)@/.exec(other.#remote)?.[1] ?? '';
    await this.#refer(`<sip:${number}@${this.#phone.asterisk}?Replaces=${encodeURIComponent(replaces)}>`);
  }

  async hangUp(): Promise<void> {
    await this.#request('BYE', []);
    this.#ends();
  }

  receive(message: SipMessage): void {
    this.#media = Number(/^m=audio (\d+)/m.exec(message.text)?.[1] ?? this.#media);
    if (message.firstLine.startsWith('SIP/2.0 ')) this.#receiveReply(message);
    else this.#receiveRequest(message);
  }

  async #refer(to: string): Promise<void> {
    const status = await this.#request('REFER', [
      `Refer-To: ${to}`,
      `Referred-By: <sip:${this.#phone.user}@127.0.0.1>`,
    ]);
    if (status !== 202) throw new Error(`REFER was answered ${status}.`);
  }

  async #reinvite(sdp: string): Promise<void> {
    const cseq = this.#cseq;
    await this.#request('INVITE', [], sdp);
    this.#send('ACK', cseq, []);
  }

  #receiveRequest(message: SipMessage): void {
    const method = message.firstLine.split(' ')[0] ?? '';
    if (method === 'INVITE') {
      if (this.#invitation !== undefined && isRepeated(message, this.#invitation)) return undefined;
      if (this.#local !== '')
        return this.#phone.send(reply(message, '200 OK', this.#tag, this.#phone.sdp, this.#phone.contact));
      this.#invitation = message;
      this.#local = `${header(message, 'To')};tag=${this.#tag}`;
      this.#remote = header(message, 'From');
      this.#target = /<([^>]*)>/.exec(header(message, 'Contact'))?.[1] ?? '';
      return undefined;
    }
    if (method === 'ACK') return undefined;
    this.#phone.send(reply(message, '200 OK', ''));
    if (method === 'CANCEL') this.#respond('487 Request Terminated');
    if (method === 'CANCEL' || method === 'BYE') this.#ends();
    return undefined;
  }

  #receiveReply(message: SipMessage): void {
    const status = Number(message.firstLine.split(' ')[1]);
    const [cseq = '', method] = header(message, 'CSeq').split(' ');
    if (method === 'INVITE' && status > 100) {
      this.#remote = header(message, 'To');
      this.#target = /<([^>]*)>/.exec(header(message, 'Contact'))?.[1] ?? this.#target;
      if (status < 200) this.#rings();
    }
    if (status >= 200) this.#replies.get(Number(cseq))?.(message);
  }

  #respond(status: string, sdp = ''): void {
    if (this.#invitation === undefined) throw new Error('There is nothing to answer.');
    this.#phone.send(reply(this.#invitation, status, this.#tag, sdp, this.#phone.contact));
  }

  /** @returns the final status */
  async #request(method: string, headers: readonly string[], body = ''): Promise<number> {
    const cseq = this.#cseq;
    this.#cseq += 1;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const final = await new Promise<SipMessage>((resolve, reject) => {
      this.#replies.set(cseq, resolve);
      patience.addEventListener('abort', () => reject(new Error(`${method} got no final reply.`)));
      this.#send(method, cseq, headers, body);
    });
    return Number(final.firstLine.split(' ')[1]);
  }

  #send(method: string, cseq: number, headers: readonly string[], body = ''): void {
    const type = body === '' || headers.some((one) => one.startsWith('Content-Type')) ? [] : [SDP_TYPE];
    this.#phone.send(
      lines([
        `${method} ${this.#target} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.#phone.host};branch=z9hG4bK${token()};rport`,
        `From: ${this.#local}`,
        `To: ${this.#remote}`,
        `Call-ID: ${this.id}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: ${this.#phone.contact}`,
        'Max-Forwards: 70',
        ...headers,
        ...type,
        `Content-Length: ${Buffer.byteLength(body)}`,
        '',
      ]) + body,
    );
  }
}

function isRepeated(message: SipMessage, earlier: SipMessage): boolean {
  return header(message, 'CSeq') === header(earlier, 'CSeq');
}
