import { randomUUID } from 'node:crypto';
import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { deferred, gentleRejection, rejectGently } from '../util/deferred.ts';
import type { CodedError } from '../util/errors.ts';
import { encodeAction, type Header } from './action.ts';
import { closedEarly, connectError } from './connect-errors.ts';
import { AmiBehindError, AmiClosedError, AmiProtocolError, AmiTimeoutError, excerpt } from './errors.ts';
import { EventShape, type Flaw } from './event-shape.ts';
import { AmiMessage } from './message.ts';
import { MessageReader } from './message-reader.ts';
import type { AmiAccount, AmiTiming } from './options.ts';
import { type AmiList, PendingActions } from './pending-actions.ts';
import { StandstillWatch } from './standstill.ts';

const BANNER = 'Asterisk Call Manager';
/** Actions without an answer at the same time. */
const MAX_PENDING = 1000;

export interface AmiConnectionOptions {
  readonly account: AmiAccount;
  readonly timing: AmiTiming;
  readonly onEvent: (event: AmiMessage) => void;
  readonly onFlaw: (flaw: Flaw) => void;
  /** An answer was given to whoever awaits it. */
  readonly onAnswer: () => void;
}

/**
 * One connection to AMI, from its first byte to its end: framing, banner, actions and their answers, pings.
 * It does not log in. However it ends, `closed` says why and every action is settled.
 */
export class AmiConnection {
  /** `HOST:PORT`, for messages. */
  readonly where: string;

  readonly #options: AmiConnectionOptions;
  readonly #socket: Socket;
  readonly #reader = new MessageReader();
  readonly #shape = new EventShape();
  readonly #pending = new PendingActions();
  readonly #greeted = deferred<string>();
  readonly #closed = deferred<CodedError>();
  readonly #standstills = new StandstillWatch();
  #timer: NodeJS.Timeout | undefined;
  /** When something last came, in ms of Date.now(): for people. */
  #lastHeardAt = Date.now();
  /** The same in ms of performance.now(): a clock that is set makes no connection dead. */
  #heardAt = performance.now();
  #connected = false;
  #end: CodedError | undefined;

  constructor(options: AmiConnectionOptions) {
    const { account, timing } = options;
    const { host, port, tls } = account;
    this.#options = options;
    this.where = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
    const address = { host, port, noDelay: true, keepAlive: true };
    this.#socket =
      tls === undefined
        ? connect(address)
        : connectTls({
            ...address,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            // A name that is an address is not allowed here (RFC 6066).
            ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
          });
    this.#deadline(timing.connectMs, `${this.where} does not answer: is a firewall in between?`);
    this.#socket.once(tls === undefined ? 'connect' : 'secureConnect', () => this.#onConnected());
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('error', (error) => this.close(this.#broken(error)));
    this.#socket.on('end', () => this.close(this.#ended()));
    this.#socket.on('close', () => this.close(this.#ended()));
  }

  /** Why it ended; pending until it does. Never rejects. */
  get closed(): Promise<CodedError> {
    return this.#closed.promise;
  }

  /** Why it ended, if it has. */
  get end(): CodedError | undefined {
    return this.#end;
  }

  /** Until when all that Asterisk told was surely read, in ms of Date.now(). */
  get seenUntil(): number {
    return Math.min(this.#lastHeardAt, this.#standstills.standstill?.since ?? Infinity);
  }

  get unexpected(): number {
    return this.#pending.unexpected;
  }

  /** The version of the protocol, as soon as the banner has come. */
  greeted(): Promise<string> {
    return this.#greeted.promise;
  }

  /** Begins to send pings. To be called when logged in: before, Asterisk answers none. */
  startPings(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ping(), this.#options.timing.pingMs);
  }

  action(name: string, headers: readonly Header[], timeoutMs: number): Promise<AmiMessage> {
    const answered = this.#send(name, headers, timeoutMs, 0).then(({ answer }) => answer);
    // One that was forgotten must not end the process.
    void answered.catch(() => undefined);
    return answered;
  }

  list(name: string, headers: readonly Header[], timeoutMs: number, maxItems: number): Promise<AmiList> {
    return this.#send(name, headers, timeoutMs, maxItems);
  }

  /** Ends it at once; the first reason counts. */
  close(reason: CodedError): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#standstills.look();
    this.#standstills.stop();
    clearTimeout(this.#timer);
    this.#socket.destroy();
    this.#pending.rejectAll(reason);
    rejectGently(this.#greeted, reason);
    this.#closed.resolve(reason);
  }

  #send(name: string, headers: readonly Header[], timeoutMs: number, maxItems: number): Promise<AmiList> {
    if (this.#end !== undefined) return gentleRejection(this.#end);
    if (this.#pending.size >= MAX_PENDING) {
      const text = `${MAX_PENDING} actions wait for answers of ${this.where}; ${excerpt(name)} was not sent.`;
      return gentleRejection(new AmiBehindError(text));
    }
    const id = randomUUID();
    let bytes: string;
    try {
      bytes = encodeAction(name, id, headers);
    } catch (error) {
      return gentleRejection(error);
    }
    const answer = this.#pending.add(id, name, timeoutMs, maxItems);
    this.#socket.write(bytes);
    return answer;
  }

  #onConnected(): void {
    this.#connected = true;
    const tls = this.#options.account.tls === undefined ? ' If it is the port of TLS, switch tls on.' : '';
    this.#deadline(this.#options.timing.greetingMs, `${this.where} accepts and says nothing.${tls}`);
  }

  #onData(chunk: Buffer): void {
    if (this.#end !== undefined) return;
    this.#standstills.look();
    this.#lastHeardAt = Date.now();
    this.#heardAt = performance.now();
    const greeted = this.#reader.greeting !== undefined;
    const messages = this.#reader.push(chunk);
    if (!greeted) this.#readBanner();
    for (const message of messages) {
      if (this.#end !== undefined) return;
      if (message instanceof AmiMessage) this.#onMessage(message);
      else this.#onFlaw({ kind: 'broken', what: message.broken });
    }
  }

  #readBanner(): void {
    const { greeting, greetingSoFar } = this.#reader;
    if (
      !greetingSoFar.startsWith(BANNER.slice(0, greetingSoFar.length)) ||
      greeting?.startsWith(BANNER) === false
    ) {
      const text = `${this.where} is no AMI: it begins with ${excerpt(greetingSoFar)}. Is the port right (5038)?`;
      this.close(new AmiProtocolError(text));
    } else if (greeting !== undefined) {
      clearTimeout(this.#timer);
      this.#greeted.resolve(greeting.slice(greeting.indexOf('/') + 1));
    }
  }

  #onMessage(message: AmiMessage): void {
    const isAnswer = message.names[0] === 'Response';
    if (isAnswer && this.#pending.knows(message)) {
      this.#shape.trustAgain();
      if (this.#pending.answer(message)) this.#options.onAnswer();
      return;
    }
    if (isAnswer && !this.#shape.distrusting) {
      this.#pending.unexpected += 1;
      return;
    }
    const flaw = this.#shape.judge(message);
    if (flaw !== undefined) {
      this.#onFlaw(flaw);
    } else if (message.names[1] === 'ActionID') {
      if (this.#pending.item(message)) this.#options.onAnswer();
    } else {
      this.#options.onEvent(message);
    }
  }

  #onFlaw(flaw: Flaw): void {
    this.#pending.flaw();
    this.#options.onFlaw(flaw);
    if (!this.#shape.lost) return;
    this.close(new AmiProtocolError(`The other half of a torn event of ${this.where} did not come.`));
  }

  async #ping(): Promise<void> {
    const { deadMs, behindMs } = this.#options.timing;
    const sentAt = performance.now();
    const { standstill } = this.#standstills;
    let answered = false;
    this.#timer = setTimeout(() => setImmediate(look), deadMs);
    const look = () => {
      if (answered || this.#end !== undefined) return;
      const now = performance.now();
      if (now - Math.max(sentAt, this.#heardAt) >= deadMs) {
        this.close(new AmiTimeoutError(`${this.where} did not answer a ping within ${deadMs} ms.`));
      } else if (now - sentAt >= behindMs) {
        const text = `The answer of ${this.where} to a ping is still behind other messages after ${Math.round(now - sentAt)} ms.`;
        this.close(new AmiBehindError(text));
      } else {
        this.#timer = setTimeout(() => setImmediate(look), deadMs / 5);
      }
    };
    // Whatever the answer is, it is an answer; the watch above ends the connection long before this limit.
    await this.action('Ping', [], behindMs + 4 * deadMs).catch(() => undefined);
    answered = true;
    if (this.#end !== undefined) return;
    // The connection stands, and what came before the answer has been read.
    this.#standstills.forget(standstill);
    this.startPings();
  }

  #deadline(ms: number, text: string): void {
    clearTimeout(this.#timer);
    const expire = () => {
      if (this.#reader.greeting !== undefined) return;
      this.close(new AmiTimeoutError(`No banner of Asterisk after ${ms} ms: ${text}`));
    };
    this.#timer = setTimeout(() => setImmediate(expire), ms);
  }

  #broken(error: Error): CodedError {
    if (!this.#connected) return connectError(this.where, this.#options.account.tls !== undefined, error);
    return new AmiClosedError(`The connection to Asterisk at ${this.where} broke: ${error.message}.`, {
      cause: error,
    });
  }

  #ended(): CodedError {
    const secure = this.#options.account.tls !== undefined && !this.#connected;
    return closedEarly(this.where, secure, this.#reader.greeting !== undefined);
  }
}
