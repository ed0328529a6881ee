import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { header, type SipMessage } from './message-log.ts';

/** How long Asterisk may take for a reply, or to end a call, before a test gives up. */
const PATIENCE_MS = 10_000;

export interface SoftphoneOptions {
  readonly address: string;
  readonly port: number;
  /** Its extension. */
  readonly user: string;
  /** Asterisk's, on 127.0.0.1. */
  readonly asteriskPort: number;
  /** What it does with a call that comes in. */
  readonly onCall: (call: SoftCall) => Promise<void>;
}

/**
 * A telephone whose keys a test presses: it does what a SIPp scenario cannot, such as two calls at a time
 * and handing one over. Without sound, without registration: Asterisk knows it by its address.
 */
export class Softphone {
  readonly user: string;
  readonly #options: SoftphoneOptions;
  readonly #socket: Socket;
  readonly #calls = new Map<string, SoftCall>();
  /** What a test's own steps failed with. */
  readonly failures: unknown[] = [];

  constructor(options: SoftphoneOptions) {
    this.user = options.user;
    this.#options = options;
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (bytes) => this.#receive(bytes.toString()));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind(this.#options.port, this.#options.address, resolve);
    });
  }

  readonly stop = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  };

  /** Calls a number; settles when it is answered. `ringing` of the call settles before. */
  dial(number: string): SoftCall {
    const call = new SoftCall(this, `${token()}@${this.#options.address}`);
    this.#calls.set(call.id, call);
    call.invite(number);
    return call;
  }

  get contact(): string {
    return `<sip:${this.user}@${this.#options.address}:${this.#options.port}>`;
  }

  get host(): string {
    return `${this.#options.address}:${this.#options.port}`;
  }

  get asterisk(): string {
    return `127.0.0.1:${this.#options.asteriskPort}`;
  }

  get sdp(): string {
    const { address } = this.#options;
    return lines([
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      'm=audio 6000 RTP/AVP 8 0',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
    ]);
  }

  send(text: string): void {
    this.#socket.send(text, this.#options.asteriskPort, '127.0.0.1');
  }

  #receive(text: string): void {
    const message: SipMessage = {
      at: Date.now(),
      direction: 'received',
      firstLine: text.split('\r\n', 1)[0] ?? '',
      text: text.replaceAll('\r\n', '\n'),
    };
    const id = header(message, 'Call-ID');
    const known = this.#calls.get(id);
    if (known !== undefined) known.receive(message);
    else if (message.firstLine.startsWith('INVITE ')) {
      const call = new SoftCall(this, id);
      this.#calls.set(id, call);
      call.receive(message);
      this.#options.onCall(call).catch((error: unknown) => this.failures.push(error));
    } else if (!message.firstLine.startsWith('SIP/2.0 ')) this.send(reply(message, '200 OK', ''));
  }
}

/** One call of a softphone, on either side. */
export class SoftCall {
  readonly id: string;
  readonly #phone: Softphone;
  readonly #tag = token();
  /** Of the dialogue: From and To as this side sends them, and where to. */
  #local = '';
  #remote = '';
  #target = '';
  #cseq = 1;
  #invitation: SipMessage | undefined;
  readonly #replies = new Map<number, (message: SipMessage) => void>();
  readonly ringing: Promise<void>;
  readonly ended: Promise<void>;
  #rings: () => void = () => {};
  #ends: () => void = () => {};

  constructor(phone: Softphone, id: string) {
    this.#phone = phone;
    this.id = id;
    this.ringing = new Promise((resolve) => {
      this.#rings = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#ends = resolve;
    });
  }

  invite(number: string): void {
    const { user, asterisk } = this.#phone;
    this.#target = `sip:${number}@${asterisk}`;
    this.#local = `<sip:${user}@127.0.0.1>;tag=${this.#tag}`;
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
    await this.#reinvite(`${this.#phone.sdp}a=sendonly\r\n`);
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

const SDP_TYPE = 'Content-Type: application/sdp';

function isRepeated(message: SipMessage, earlier: SipMessage): boolean {
  return header(message, 'CSeq') === header(earlier, 'CSeq');
}

function reply(request: SipMessage, status: string, tag: string, sdp = '', contact = ''): string {
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

function lines(all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`;
}

function tagOf(address: string): string {
  return /;tag=([^;>]+)/.exec(address)?.[1] ?? '';
}

function token(): string {
  return randomBytes(6).toString('hex');
}
