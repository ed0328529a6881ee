import { connect, createServer, type DropArgument, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { AcceptQueue } from './accept-queue.ts';
import { reachableHost } from './reachable.ts';

/** How many finished handshakes the kernel holds while we are busy: a burst of calls, not a steady state. */
const BACKLOG = 4096;
/**
 * Calls in a row that are taken although they have waited too long. After a moment in which the whole machine
 * stood still there are few of them, sooner answered than refused; when there are more calls than can be
 * answered, there is no end of them.
 */
const PATIENCE = 20;
/** In a turn of the loop that takes no longer, hardly anybody can have come since the loop looked. */
const IDLE_TURN_MS = 0.1;
/** After the address could not be taken back: until the next try. */
const RELISTEN_MS = 100;

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Connections at the same time; one more is closed unseen. */
  readonly maxConnections: number;
  /** The longest that a connection may wait to be accepted, in ms. When it is longer, all that wait are reset. */
  readonly maxWaitMs: number;
  /** @param waitedMs how long it may have waited to be accepted, at most */
  readonly onSocket: (socket: Socket, waitedMs: number) => void;
  /** A connection beyond maxConnections was closed. */
  readonly onDropped: (address: string) => void;
  /** All that waited in the kernel's queue were reset: more calls come than can be answered. */
  readonly onQueueReset: () => void;
  /**
   * It could not accept a connection, or not take its port back after a reset of the queue. Not of EMFILE: there
   * libuv closes whoever comes, and tells nobody.
   */
  readonly onError: (error: unknown) => void;
}

/**
 * Accepts connections, and keeps the kernel's queue of those that wait for it short.
 *
 * libuv accepts one connection a turn of the loop, so that calls in progress come first, and more calls
 * than can be answered pile up in that queue: 4,096 callers, each in silence for seconds. To accept them all
 * only to refuse them costs too much at ten times the rate that can be answered. Closing the listening
 * socket costs next to nothing: the kernel resets whoever waits, which the dialplan reads at once as ERROR;
 * and listening again right away takes those who come next.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #queue: AcceptQueue;
  #address = { host: '', port: 0 };
  /** So far. */
  #accepted = 0;
  /** Accepted in a row after too long a wait. */
  #overdue = 0;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    // allowHalfOpen: a peer's FIN must not cut off what we still have to say. Without noDelay: a command is one
    // write that goes when the reply to the one before has come, so that the kernel holds nothing back.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', (data) => this.#dropped(data));
    this.#queue = new AcceptQueue({
      measureAfterMs: options.maxWaitMs / 4,
      connect: () => connect({ ...this.#address, host: reachableHost(this.#address.host) }),
    });
  }

  /** May be called again after it has failed. @throws {Error} a system error: the address is taken, not ours or not permitted */
  start(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const onError = (error: Error): void => {
        server.off('listening', onListening);
        reject(error);
      };
      const onListening = (): void => {
        server.off('error', onError);
        // Without a listener it would end the process.
        server.on('error', (error) => this.#failed(error));
        const address = server.address();
        if (address === null || typeof address === 'string') throw new TypeError('Not a TCP address.');
        this.#address = { host: address.address, port: address.port };
        resolve(this.#address);
      };
      server.once('error', onError).once('listening', onListening);
      server.listen({ host, port, backlog: BACKLOG });
    });
  }

  /**
   * Accepts no more connections; those accepted stay. It first takes those that wait in the kernel's queue: to
   * them the connection stands, so that a reset would be the end of the call, where a refusal leads Asterisk
   * or a balancer to the next server. Comes back when it has closed.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    // Who has waited longer than that is reset anyway.
    const until = performance.now() + this.#options.maxWaitMs;
    let accepted: number;
    let turnBeganAt: number;
    do {
      await setImmediate();
      accepted = this.#accepted;
      turnBeganAt = performance.now();
      // In between the loop looks once for who has come.
      await setImmediate();
      if (performance.now() > until) break;
    } while (this.#accepted !== accepted || performance.now() - turnBeganAt > IDLE_TURN_MS);
    this.#queue.stop();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    const waitedMs = this.#queue.accepted(socket);
    if (waitedMs === undefined) {
      socket.destroy();
      return;
    }
    this.#options.onSocket(socket, waitedMs);
    this.#overdue = waitedMs > this.#options.maxWaitMs ? this.#overdue + 1 : 0;
    if (this.#overdue > PATIENCE) this.#resetQueue();
  }

  #dropped(data: DropArgument | undefined): void {
    const { remoteAddress, remotePort } = data ?? {};
    if (this.#queue.accepted({ remoteAddress, remotePort }) === undefined) return;
    this.#options.onDropped(remoteAddress ?? '');
  }

  #resetQueue(): void {
    if (this.#stopped || !this.#server.listening) return;
    this.#server.close();
    this.#queue.reset();
    this.#overdue = 0;
    this.#listenAgain();
    this.#options.onQueueReset();
  }

  #listenAgain(): void {
    const { host, port } = this.#address;
    // An address, not a name: it listens from the next tick on.
    if (!this.#stopped) this.#server.listen({ host, port, backlog: BACKLOG });
  }

  #failed(error: Error): void {
    this.#options.onError(error);
    if (this.#server.listening || this.#stopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#listenAgain(), RELISTEN_MS);
  }
}
