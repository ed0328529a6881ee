import { connect, type Socket } from 'node:net';

/** Connections that say nothing, as from a port scanner or a broken Asterisk; each that is closed is made anew. */
export class IdleConnections {
  readonly #port: number;
  readonly #open = new Set<Socket>();
  #stopped = false;
  /** Made so far. */
  made = 0;

  constructor(port: number) {
    this.#port = port;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Comes back when so many stand at the same time. */
  async hold(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      this.#connect();
      // A few at a time, so that none is refused for want of room in the kernel's queue.
      if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const socket of this.#open) socket.destroy();
  }

  #connect(): void {
    if (this.#stopped) return;
    this.made += 1;
    // Half-open: it does not even answer the server's end.
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    socket.once('connect', () => this.#open.add(socket));
    socket.on('error', () => {});
    socket.resume();
    socket.once('close', () => {
      this.#open.delete(socket);
      // A second wave would be a flood, which is another matter.
      setTimeout(() => this.#connect(), 2000 + Math.random() * 8000).unref();
    });
  }
}
