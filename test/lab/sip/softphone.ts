import { createSocket, type Socket } from 'node:dgram';
import { header, type SipMessage } from './message-log.ts';
import { SoftCall, type SoftLine, VOICE_PORT } from './soft-call.ts';
import { KEY_EVENTS, lines, reply, token } from './soft-messages.ts';

export interface SoftphoneOptions {
  readonly address: string;
  readonly port: number;
  /** Its extension. */
  readonly user: string;
  /** Asterisk's, on 127.0.0.1. */
  readonly asteriskPort: number;
  /** What it does with a call that comes in. */
  readonly onCall: (call: SoftCall) => Promise<void>;
  /** It offers keys as events between the packets of sound, RFC 4733. Default: no. */
  readonly keyEvents?: boolean;
}

/**
 * A telephone whose keys a test presses: it does what a SIPp scenario cannot, such as two calls at a time
 * and handing one over. Without registration: Asterisk knows it by its address.
 */
export class Softphone implements SoftLine {
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

  /** Calls a number: `ringing` and `answered` of the call tell how far it is. @param from of a trunk, any number */
  dial(number: string, from = this.user): SoftCall {
    const call = new SoftCall(this, `${token()}@${this.#options.address}`);
    this.#calls.set(call.id, call);
    call.invite(number, from);
    return call;
  }

  get address(): string {
    return this.#options.address;
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
      `m=audio ${VOICE_PORT} RTP/AVP 8 0${this.#options.keyEvents === true ? ` ${KEY_EVENTS}` : ''}`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
      ...(this.#options.keyEvents === true
        ? [`a=rtpmap:${KEY_EVENTS} telephone-event/8000`, `a=fmtp:${KEY_EVENTS} 0-15`]
        : []),
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
