import type { Socket } from 'node:net';
import { AllowList } from '../net/allow-list.ts';
import { AgiClosedError, AgiHangupError, AgiListenError, AgiTimeoutError } from './errors.ts';
import { Bag } from '../util/bag.ts';
import { messageOf } from '../util/errors.ts';
import { Listener } from '../net/listener.ts';
import { AgiSession } from './session.ts';
import { OverloadResponder } from './overload-responder.ts';

/** Sessions of all kinds, as a multiple of maxSessions. Beyond it sockets are dropped unseen. */
const HARD_CAP = 2;
/** The part of the deadline that a call may spend in the kernel's queue, before we know of it. */
const WAIT_SHARE = 0.5;

export interface AgiServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free port; start() says which. */
  readonly port: number;
  /** Addresses or CIDR ranges that may connect. Others are dropped before a byte is read. */
  readonly allow: readonly string[];
  /** Sessions that the handler gets at the same time; more get `overloadLine`, at most as many again. */
  readonly maxSessions: number;
  /** From the connection to the session's end, in ms; the wait to be accepted is taken off, where known. */
  readonly deadlineMs: number;
  /** How long the peer may take to close after us, in ms. Default 2000. */
  readonly lingerMs?: number;
  /** Answers a call. The session is closed when it returns and failed when it throws. */
  readonly handler: (session: AgiSession) => Promise<void>;
  /**
   * One whole command line, its newline included, that a call beyond maxSessions gets at once instead of a
   * session, before we close.
   */
  readonly overloadLine: string;
  /** A call got `overloadLine`. */
  readonly onOverload: () => void;
  /** Calls that waited to be accepted were reset, since more came than can be answered in time. */
  readonly onQueueReset: () => void;
  /** It could not accept a connection, or not take its port back after a reset of the queue. */
  readonly onListenerError: (error: unknown) => void;
  /**
   * Gets what a handler throws, save what ends a call in good order: a hangup, or a connection that closed
   * without a byte (a health check).
   */
  readonly onError: (error: unknown, session: AgiSession) => void;
  /** Gets the address of a connection that sent nothing until the deadline. */
  readonly onSilent: (address: string) => void;
  /** Gets the address of a connection that was dropped at once, and why. */
  readonly onRefused: (address: string, why: 'not allowed' | 'too many') => void;
}

/** Listens for Asterisk and gives each call a session of its own. */
export class AgiServer {
  readonly #options: AgiServerOptions;
  readonly #listener: Listener;
  readonly #allowed: AllowList;
  readonly #overload: OverloadResponder;
  /** Sessions whose connection is open. */
  readonly #open = new Bag<AgiSession>();
  /** Sessions whose handler has not come back. */
  readonly #running = new Bag<AgiSession>();
  /** Told when there is no session left. */
  readonly #onIdle = new Set<() => void>();

  constructor(options: AgiServerOptions) {
    this.#options = options;
    this.#allowed = new AllowList(options.allow);
    this.#overload = new OverloadResponder(options.overloadLine, options.lingerMs);
    this.#listener = new Listener({
      host: options.host,
      port: options.port,
      maxConnections: options.maxSessions * HARD_CAP,
      maxWaitMs: options.deadlineMs * WAIT_SHARE,
      onSocket: (socket, waitedMs) => this.#accept(socket, waitedMs),
      onDropped: (address) => this.#guard(() => options.onRefused(address, 'too many')),
      onQueueReset: () => this.#guard(options.onQueueReset),
      onError: (error) => this.#guard(() => options.onListenerError(error)),
    });
  }

  /** Sessions whose connection is open, those that are being closed included. */
  get sessions(): number {
    return this.#open.size;
  }

  /** @throws {AgiListenError} the address is taken, not ours or not permitted */
  async start(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    try {
      return await this.#listener.start();
    } catch (cause) {
      throw new AgiListenError(`Cannot listen on ${host} port ${port}: ${messageOf(cause)}.`, { cause });
    }
  }

  /**
   * Stops accepting, lets the sessions end for up to `graceMs`, then drops the rest. Comes back when all
   * connections are gone.
   */
  async stop(graceMs: number): Promise<void> {
    await this.#listener.stop();
    if (!(await this.#idle(graceMs))) {
      for (const session of this.#open) session.destroy();
      // A destroyed socket is gone within a turn of the loop; a handler that still runs is left behind.
      await this.#idle(100);
    }
    this.#overload.close();
  }

  /** @returns whether all sessions ended in time */
  #idle(timeoutMs: number): Promise<boolean> {
    if (this.#open.size === 0 && this.#running.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const isIdle = (): void => {
        clearTimeout(timer);
        this.#onIdle.delete(isIdle);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#onIdle.delete(isIdle);
        resolve(false);
      }, timeoutMs);
      this.#onIdle.add(isIdle);
    });
  }

  #accept(socket: Socket, waitedMs: number): void {
    const address = socket.remoteAddress;
    if (address === undefined || !this.#allowed.has(address)) {
      // Nothing was read yet. A late error of this socket has no other listener.
      socket.on('error', () => undefined);
      socket.destroy();
      if (address !== undefined) this.#guard(() => this.#options.onRefused(address, 'not allowed'));
      return;
    }
    const { deadlineMs, lingerMs, maxSessions, onOverload } = this.#options;
    // A session that only waits for the peer's close takes no place: maxConnections bounds those.
    if (this.#running.size >= maxSessions) {
      this.#overload.respond(socket);
      this.#guard(onOverload);
      return;
    }
    const session = new AgiSession(socket, {
      deadlineMs: deadlineMs - Math.min(waitedMs, deadlineMs * WAIT_SHARE),
      lingerMs,
      onClosed: this.#onClosed,
    });
    this.#open.add(session);
    this.#running.add(session);
    void this.#run(session);
  }

  /** Never rejects: what a handler throws ends its own session only. */
  async #run(session: AgiSession): Promise<void> {
    try {
      await this.#options.handler(session);
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
    if (session.endReason instanceof AgiTimeoutError) {
      // A handler that hangs throws nothing: the deadline is all that is known of it.
      if (this.#running.has(session)) this.#report(session.endReason, session);
      if (!session.received) this.#guard(() => this.#options.onSilent(session.remoteAddress));
    }
    this.#checkIdle();
  };

  #checkIdle(): void {
    if (this.#open.size > 0 || this.#running.size > 0) return;
    for (const isIdle of this.#onIdle) isIdle();
  }

  #report(error: unknown, session: AgiSession): void {
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
