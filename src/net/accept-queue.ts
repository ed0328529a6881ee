import type { Socket } from 'node:net';

export interface AcceptQueueOptions {
  /** Time without an empty queue after which it is measured, and then between two measurements, in ms. */
  readonly measureAfterMs: number;
  /** Connects to our own listener. */
  readonly connect: () => Socket;
}

/** Where a connection comes from. */
type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** More of our own connections than that are not made: the queue is as good as stuck. */
const MAX_PROBES = 16;

/**
 * Knows how long the connections in the kernel's accept queue have waited at most, which nobody tells.
 *
 * Two observations bound it. A turn of the event loop without an accept shows that the queue was empty then.
 * And a connection of our own, made while the queue is never empty, shows when it is accepted that all who
 * came before it are through.
 */
export class AcceptQueue {
  readonly #options: AcceptQueueOptions;
  /** Nobody in the queue has come before; undefined while the queue is empty. `performance.now()`. */
  #since: number | undefined;
  #acceptedThisTurn = false;
  readonly #probes = new Map<Socket, number>();
  #probedAt = 0;

  constructor(options: AcceptQueueOptions) {
    this.#options = options;
  }

  /**
   * To be called with each connection that comes out of the queue.
   *
   * @returns how long it may have waited, at most, in ms; undefined when it is our own, to be closed
   */
  accepted({ remoteAddress, remotePort }: Peer): number | undefined {
    const now = performance.now();
    this.#acceptedThisTurn = true;
    if (this.#since === undefined) {
      this.#since = now;
      setImmediate(this.#look);
    }
    for (const [probe, startedAt] of this.#probes) {
      // A peer that has gone already has no port any more.
      if (remotePort === undefined || probe.localPort !== remotePort) continue;
      // Another machine's port may be the same.
      if (probe.localAddress !== remoteAddress) continue;
      this.#end(probe);
      this.#since = Math.max(this.#since, startedAt);
      return undefined;
    }
    const waitedMs = now - this.#since;
    const { measureAfterMs } = this.#options;
    if (waitedMs > measureAfterMs && now - this.#probedAt > measureAfterMs) this.#measure(now);
    return waitedMs;
  }

  /** The queue has been thrown away. */
  reset(): void {
    if (this.#since !== undefined) this.#since = performance.now();
    this.stop();
  }

  stop(): void {
    for (const probe of this.#probes.keys()) this.#end(probe);
  }

  /** Runs after each turn's accepts, until there was a turn without. */
  readonly #look = (): void => {
    if (this.#acceptedThisTurn) {
      this.#acceptedThisTurn = false;
      setImmediate(this.#look);
    } else {
      this.#since = undefined;
      this.stop();
    }
  };

  #measure(now: number): void {
    if (this.#probes.size >= MAX_PROBES) return;
    this.#probedAt = now;
    const probe = this.#options.connect();
    this.#probes.set(probe, now);
    // Without a listener an error would end the process.
    probe.on('error', () => this.#end(probe));
  }

  #end(probe: Socket): void {
    this.#probes.delete(probe);
    probe.destroy();
  }
}
