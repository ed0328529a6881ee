import { AmiMessage, parseMessage } from './message.ts';

const CR = 0x0d;
const LF = 0x0a;
const EMPTY = Buffer.alloc(0);

export interface MessageLimits {
  /** Bytes of a line, without its end. Default 65,536. */
  readonly lineBytes: number;
  /** Bytes of a message. Default 262,144. */
  readonly messageBytes: number;
  /** Headers of a message. Default 4,096: `Output` of a command is one a line. */
  readonly headers: number;
}

export const MESSAGE_LIMITS: MessageLimits = { lineBytes: 65_536, messageBytes: 262_144, headers: 4096 };

/** A message that was thrown away, and why. */
export interface BrokenMessage {
  readonly broken: string;
}

/**
 * Makes messages of bytes, however the network has cut them, in time that grows with the bytes alone.
 *
 * Lines end in CR LF and a message with an empty line. A bare LF belongs to its value, since a caller may have
 * sent it (and Asterisk writes some itself), save at the beginning of a line, where it is the empty line
 * (`\r\n\n`, asterisk/asterisk#761). Surplus empty lines are nothing. Bytes that are not UTF-8 become U+FFFD.
 *
 * What is too long, or holds a NUL, is skipped up to its empty line and reported: no caller can make the
 * connection unusable. Never more than one message is kept.
 */
export class MessageReader {
  readonly #limits: MessageLimits;
  #greeting: string | undefined;
  /** The beginning of a message whose end has not come: the first `#kept` bytes of a buffer that grows. */
  #tail: Buffer = EMPTY;
  #kept = 0;

  /** Of the present line and message. */
  #lineBytes = 0;
  #messageBytes = 0;
  #headers = 0;
  #afterCr = false;
  #broken = '';

  constructor(limits: MessageLimits = MESSAGE_LIMITS) {
    this.#limits = limits;
  }

  /** The banner, which is a line and no message; undefined before it has come whole. */
  get greeting(): string | undefined {
    return this.#greeting;
  }

  /** What has come of the banner so far, at most a few bytes of it: to see early that it is none. */
  get greetingSoFar(): string {
    return this.#greeting ?? this.#tail.toString('utf8', 0, Math.min(this.#kept, 256));
  }

  /** @returns the messages that this chunk completes */
  push(chunk: Buffer): (AmiMessage | BrokenMessage)[] {
    const messages: (AmiMessage | BrokenMessage)[] = [];
    let start = 0;
    if (this.#greeting === undefined) {
      start = this.#readGreeting(chunk);
      if (this.#greeting === undefined) return messages;
    }
    for (let at = start; at < chunk.length; at += 1) {
      const next = nextControl(chunk, at);
      if (next > at) this.#count(next - at);
      if (next === chunk.length) break;
      at = next;
      const byte = chunk[at];
      if (byte === LF && (this.#afterCr || this.#lineBytes === 0)) {
        const empty = this.#lineBytes === (this.#afterCr ? 1 : 0);
        this.#afterCr = false;
        this.#lineBytes = 0;
        if (!empty) {
          this.#messageBytes += 1;
          this.#countHeader();
          continue;
        }
        const message = this.#finish(chunk, start, at);
        if (message !== undefined) messages.push(message);
        start = at + 1;
        continue;
      }
      if (byte === 0) this.#break('it holds a NUL byte');
      this.#count(1);
      this.#afterCr = byte === CR;
    }
    this.#keep(chunk, start, chunk.length);
    return messages;
  }

  /** @returns where the bytes after the banner begin */
  #readGreeting(chunk: Buffer): number {
    const end = chunk.indexOf(LF);
    this.#keep(chunk, 0, end === -1 ? chunk.length : end);
    if (end === -1 && this.#kept <= this.#limits.lineBytes) return chunk.length;
    this.#greeting = this.#tail.toString('utf8', 0, this.#kept).replace(/\r$/, '');
    this.#kept = 0;
    return end === -1 ? chunk.length : end + 1;
  }

  /** Bytes of a line. */
  #count(bytes: number): void {
    this.#afterCr = false;
    this.#lineBytes += bytes;
    this.#messageBytes += bytes;
    if (this.#lineBytes > this.#limits.lineBytes + 1) {
      this.#break(`a line is longer than ${this.#limits.lineBytes} bytes`);
    } else if (this.#messageBytes > this.#limits.messageBytes) {
      this.#break(`it is longer than ${this.#limits.messageBytes} bytes`);
    }
  }

  #countHeader(): void {
    this.#headers += 1;
    if (this.#headers > this.#limits.headers) this.#break(`it has more than ${this.#limits.headers} headers`);
  }

  #break(why: string): void {
    if (this.#broken === '') this.#broken = why;
    this.#kept = 0;
  }

  /** @param end of the message in the chunk: the LF of the empty line */
  #finish(chunk: Buffer, start: number, end: number): AmiMessage | BrokenMessage | undefined {
    const broken = this.#broken;
    const headers = this.#headers;
    let text = '';
    if (broken === '' && headers > 0) {
      if (this.#kept > 0) {
        this.#keep(chunk, start, end);
        text = this.#tail.toString('utf8', 0, this.#kept);
      } else {
        text = chunk.toString('utf8', start, end);
      }
    }
    if (this.#tail.length > this.#limits.lineBytes) this.#tail = EMPTY;
    this.#kept = 0;
    this.#messageBytes = 0;
    this.#headers = 0;
    this.#broken = '';
    if (broken !== '') return { broken };
    // The text still holds the CR LF of its last line, and the CR of the empty one.
    return headers > 0 ? parseMessage(text.slice(0, text.lastIndexOf('\r\n'))) : undefined;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    if (this.#broken !== '') return;
    const length = this.#kept + to - from;
    if (length > this.#tail.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(1024, 2 * length));
      this.#tail.copy(larger, 0, 0, this.#kept);
      this.#tail = larger;
    }
    chunk.copy(this.#tail, this.#kept, from, to);
    this.#kept = length;
  }
}

/** @returns where the next byte stands that may mean something: a NUL, a CR or a LF; the length when there is none */
function nextControl(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && (chunk[at] ?? 0) > CR) at += 1;
  return at;
}
