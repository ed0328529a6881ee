import type { Socket } from 'node:net';

/** How long the peer may take to close after us, in ms. */
const LINGER_MS = 2000;

/**
 * Turns calls away with one prepared line: no session, no parsing, no timer of their own, since under a flood
 * this is what most calls cost.
 *
 * The line goes out whole before our FIN, so Asterisk carries it out. What it sends, the environment and the
 * reply, is read and thrown away until it closes: with unread bytes our close would be an RST, and the line
 * might be lost.
 */
export class OverloadResponder {
  readonly #line: Buffer;
  readonly #lingerMs: number;
  /** Sockets and when they may be destroyed, the oldest first. */
  readonly #leaving = new Map<Socket, number>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(line: string, lingerMs = LINGER_MS) {
    this.#line = Buffer.from(line);
    this.#lingerMs = lingerMs;
  }

  /** Connections that are being closed. */
  get size(): number {
    return this.#leaving.size;
  }

  respond(socket: Socket): void {
    this.#leaving.set(socket, performance.now() + this.#lingerMs);
    this.#sweep ??= setInterval(() => this.#dropOld(performance.now()), this.#lingerMs / 4).unref();
    // Without a listener an RST would end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#leaving.delete(socket));
    socket.resume();
    socket.end(this.#line);
  }

  /** Drops those who have not gone. */
  close(): void {
    this.#dropOld(Infinity);
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #dropOld(now: number): void {
    for (const [socket, until] of this.#leaving) {
      if (until > now) break;
      socket.destroy();
    }
    if (this.#leaving.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
