import { createServer, type Server, type Socket } from 'node:net';
import { AddressList } from './address-list.ts';
import { AgiClosedError, AgiHangupError, AgiListenError, AgiTimeoutError } from './errors.ts';
import { AgiSession } from './session.ts';

/** How many finished handshakes the kernel holds while we are busy: a burst of calls, not a steady state. */
const BACKLOG = 4096;
/** Sessions of all kinds, as a multiple of maxSessions. Beyond it sockets are dropped unseen. */
const HARD_CAP = 2;

export interface AgiServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free port; start() says which. */
  readonly port: number;
  /** Addresses or CIDR ranges that may connect. Others are dropped before a byte is read. */
  readonly allow: readonly string[];
  /** Sessions that the handler gets at the same time; more go to `overload`, at most as many again. */
  readonly maxSessions: number;
  /** From the connection to the session's end, in ms. */
  readonly deadlineMs: number;
  /** How long the peer may take to close after us, in ms. Default 2000. */
  readonly lingerMs?: number;
  /** Answers a call. The session is closed when it returns and failed when it throws. */
  readonly handler: (session: AgiSession) => Promise<void>;
  /** Called instead of handler beyond maxSessions; must be quick. */
  readonly overload: (session: AgiSession) => Promise<void>;
  /**
   * Gets what a handler throws, save what ends a call in good order: a hangup, or a connection that closed
   * without a byte (a health check). Also the listener's own errors, without a session.
   */
  readonly onError: (error: unknown, session: AgiSession | undefined) => void;
  /** Gets the address of a connection that was dropped at once, and why. */
  readonly onRefused: (address: string, why: 'not allowed' | 'too many') => void;
}

/** Listens for Asterisk and gives each call a session of its own. */
export class AgiServer {
  readonly #options: AgiServerOptions;
  readonly #server: Server;
  readonly #allowed: AddressList;
  /** Sessions whose connection is open. */
  readonly #open = new Set<AgiSession>();
  /** Sessions whose handler has not come back. */
  readonly #running = new Set<AgiSession>();
  readonly #overloaded = new Set<AgiSession>();
  #onIdle: (() => void) | undefined;

  constructor(options: AgiServerOptions) {
    this.#options = options;
    this.#allowed = new AddressList(options.allow);
    // allowHalfOpen: a peer's FIN must not cut off what we still have to say.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxSessions * HARD_CAP;
    this.#server.on('drop', (data) =>
      this.#guard(() => options.onRefused(data?.remoteAddress ?? '', 'too many')),
    );
  }

  /** Sessions whose connection is open, those that are being closed included. */
  get sessions(): number {
    return this.#open.size;
  }

  /** @throws {AgiListenError} the address is taken, not ours or not permitted */
  start(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const onError = (cause: Error): void => {
        reject(new AgiListenError(`Cannot listen on ${host} port ${port}: ${cause.message}.`, { cause }));
      };
      server.once('error', onError);
      server.listen({ host, port, backlog: BACKLOG }, () => {
        server.off('error', onError);
        // Such as EMFILE from accept(): without a listener it would end the process.
        server.on('error', (error) => this.#report(error, undefined));
        const address = server.address();
        if (address === null || typeof address === 'string') throw new TypeError('Not a TCP address.');
        resolve({ host: address.address, port: address.port });
      });
    });
  }

  /**
   * Stops accepting, lets the sessions end for up to `graceMs`, then drops the rest. Comes back when all
   * connections are gone.
   */
  async stop(graceMs: number): Promise<void> {
    this.#server.close();
    if (!(await this.#idle(graceMs))) {
      for (const session of this.#open) session.destroy();
      // A destroyed socket is gone within a turn of the loop; a handler that still runs is left behind.
      await this.#idle(100);
    }
  }

  /** @returns whether all sessions ended in time */
  #idle(timeoutMs: number): Promise<boolean> {
    if (this.#open.size === 0 && this.#running.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#onIdle = undefined;
        resolve(false);
      }, timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress;
    if (address === undefined || !this.#allowed.has(address)) {
      // Nothing was read yet. A late error of this socket has no other listener.
      socket.on('error', () => undefined);
      socket.destroy();
      if (address !== undefined) this.#guard(() => this.#options.onRefused(address, 'not allowed'));
      return;
    }
    const { deadlineMs, lingerMs, maxSessions, handler, overload } = this.#options;
    const session = new AgiSession(socket, { deadlineMs, lingerMs, onClosed: this.#onClosed });
    const full = this.#open.size - this.#overloaded.size >= maxSessions;
    this.#open.add(session);
    this.#running.add(session);
    if (full) this.#overloaded.add(session);
    void this.#run(session, full ? overload : handler);
  }

  /** Never rejects: what a handler throws ends its own session only. */
  async #run(session: AgiSession, handler: (session: AgiSession) => Promise<void>): Promise<void> {
    try {
      await handler(session);
      session.close();
    } catch (error) {
      session.fail();
      if (!isGoodEnd(error, session)) this.#report(error, session);
    } finally {
      this.#running.delete(session);
      this.#checkIdle();
    }
  }

  readonly #onClosed = (session: AgiSession): void => {
    this.#open.delete(session);
    this.#overloaded.delete(session);
    // A handler that hangs throws nothing: the deadline is all that is known of it.
    if (session.endReason instanceof AgiTimeoutError && this.#running.has(session)) {
      this.#report(session.endReason, session);
    }
    this.#checkIdle();
  };

  #checkIdle(): void {
    if (this.#onIdle !== undefined && this.#open.size === 0 && this.#running.size === 0) this.#onIdle();
  }

  #report(error: unknown, session: AgiSession | undefined): void {
    this.#guard(() => this.#options.onError(error, session));
  }

  /** A logger that throws must not end the process. */
  #guard(callback: () => void): void {
    try {
      callback();
    } catch {
      // There is nowhere left to tell it.
    }
  }
}

function isGoodEnd(error: unknown, session: AgiSession): boolean {
  return error instanceof AgiHangupError || (error instanceof AgiClosedError && !session.received);
}
