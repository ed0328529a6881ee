import { connect, type Socket } from 'node:net';
import { AgiServer, type AgiServerOptions } from '../../../src/agi/server.ts';
import type { AgiSession } from '../../../src/agi/session.ts';

/** Long enough for a busy machine, short enough to say which wait it was before jest gives up. */
const PATIENCE_MS = 10_000;

/** Asterisk's side of a connection, played by hand: bytes out, text in. */
export class RawPeer {
  readonly socket: Socket;
  /** All that has come so far. */
  text = '';
  /** The server has closed its side in good order. */
  gotEnd = false;
  /** ECONNRESET and the like. */
  error: Error | undefined;
  closed = false;
  #check: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    const noted = (note: () => void) => () => {
      note();
      this.#check();
    };
    socket.on('data', (chunk: Buffer) => noted(() => (this.text += chunk.toString()))());
    socket.on(
      'end',
      noted(() => (this.gotEnd = true)),
    );
    socket.on(
      'close',
      noted(() => (this.closed = true)),
    );
    socket.on('error', (error) => noted(() => (this.error = error))());
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    const peer = new RawPeer(socket);
    await peer.until('the connection', () => !socket.connecting);
    return peer;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits for a state of affairs; `what` names it in the error if it never comes. */
  until(what: string, reached: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new Error(
            `Waited in vain for ${what}; got ${JSON.stringify(this.text)}, error ${this.error?.message}`,
          ),
        );
      }, PATIENCE_MS);
      this.#check = () => {
        if (!reached()) return;
        this.#check = () => undefined;
        clearTimeout(timer);
        resolve();
      };
      this.socket.on('connect', () => this.#check());
      this.#check();
    });
  }

  untilText(part: string): Promise<void> {
    return this.until(JSON.stringify(part), () => this.text.includes(part));
  }

  /** The server's FIN, or an RST. */
  untilEnd(): Promise<void> {
    return this.until('the end of the connection', () => this.gotEnd || this.closed);
  }

  untilClosed(): Promise<void> {
    return this.until('the closed connection', () => this.closed);
  }

  /** FIN: nothing more is sent, all is still read. */
  end(): void {
    this.socket.end();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

export interface Reported {
  readonly error: unknown;
  readonly session: AgiSession;
}

/** A server on a free port that remembers what it reported. */
export class TestServer {
  readonly errors: Reported[] = [];
  readonly refused: string[] = [];
  readonly silent: string[] = [];
  overloads = 0;
  queueResets = 0;
  readonly listenerErrors: unknown[] = [];
  readonly server: AgiServer;
  port = 0;
  readonly #peers: RawPeer[] = [];

  constructor(handler: AgiServerOptions['handler'], options: Partial<AgiServerOptions>) {
    this.server = new AgiServer({
      host: '127.0.0.1',
      port: 0,
      allow: ['127.0.0.1', '::1'],
      maxSessions: 10,
      deadlineMs: 20_000,
      handler,
      overloadLine: 'SET VARIABLE "ROUTE_STATUS" "ERROR"\n',
      onOverload: () => (this.overloads += 1),
      onQueueReset: () => (this.queueResets += 1),
      onListenerError: (error) => this.listenerErrors.push(error),
      onSilent: (address) => this.silent.push(address),
      onError: (error, session) => this.errors.push({ error, session }),
      onRefused: (address, why) => this.refused.push(`${address} ${why}`),
      ...options,
    });
  }

  async connect(): Promise<RawPeer> {
    const peer = await RawPeer.connect(this.port);
    this.#peers.push(peer);
    return peer;
  }

  /** Ends everything, whatever state the test has left it in. */
  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy();
    await this.server.stop(0);
  }
}

const started: TestServer[] = [];

export async function startServer(
  handler: AgiServerOptions['handler'],
  options: Partial<AgiServerOptions> = {},
): Promise<TestServer> {
  const server = new TestServer(handler, options);
  started.push(server);
  ({ port: server.port } = await server.server.start());
  return server;
}

/** For afterEach: no test leaves a server behind. */
export async function stopServers(): Promise<void> {
  await Promise.all(started.splice(0).map((server) => server.stop()));
}

/** Waits for what happens on the server's side, which no peer sees. */
export async function eventually(reached: () => boolean): Promise<void> {
  const patience = performance.now() + PATIENCE_MS;
  while (!reached()) {
    if (performance.now() > patience) throw new Error(`Waited in vain for ${reached.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
