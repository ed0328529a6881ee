import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { CodedError } from '../util/errors.ts';
import { AllowList } from './allow-list.ts';

/** The address for HTTP is taken, not ours or not permitted. */
export class HttpListenError extends CodedError {
  readonly code = 'HTTP_LISTEN';
}

/** In PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface HttpListenerOptions {
  /** The section of the configuration, such as `http`: an error names its keys. */
  readonly section: string;
  readonly host: string;
  /** 0 takes a free port; start() says which. */
  readonly port: number;
  /** Addresses or CIDR ranges that may ask; others are dropped unread. */
  readonly allow: readonly string[];
  /** Without it, plain HTTP. */
  readonly tls?: Certificate | undefined;
  /** One more takes the place of the one that has said nothing for longest. */
  readonly maxConnections: number;
  readonly onRequest: RequestListener;
  /** Gets the address of a connection that was dropped, since it is not allowed. */
  readonly onRefused: (address: string) => void;
  /** It could not accept a connection. */
  readonly onListenerError: (error: unknown) => void;
}

/** What a request may take to arrive, from the connection on, in ms. Node looks each second who is late. */
const REQUEST_MS = 5_000;
const LATE_CHECK_MS = 1_000;
/** Idle time after which a connection is dropped, in ms: streams need a heartbeat. */
const IDLE_MS = 30_000;

/** Node's HTTP server behind a list of addresses, with limits for those who connect and say nothing. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #server: Server;
  readonly #allowed: AllowList;
  readonly #sockets = new Set<Socket>();
  /** Of them those without a request that has arrived, the oldest first. */
  readonly #silent = new Set<Socket>();

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#allowed = new AllowList(options.allow);
    const limits: ServerOptions = {
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      connectionsCheckingInterval: LATE_CHECK_MS,
    };
    const onRequest: RequestListener = (request, response) => {
      this.#silent.delete(request.socket);
      response.once('close', () => {
        if (!request.socket.destroyed) this.#silent.add(request.socket);
      });
      options.onRequest(request, response);
    };
    const { tls } = options;
    this.#server =
      tls === undefined
        ? createServer(limits, onRequest)
        : createTlsServer({ ...limits, ...tls, handshakeTimeout: REQUEST_MS }, onRequest);
    this.#server.setTimeout(IDLE_MS);
    // With TLS: of the connection, before anything was agreed on.
    this.#server.on('connection', (socket: Socket) => {
      if (this.#isAllowed(socket) && tls === undefined) this.#accept(socket);
    });
    this.#server.on('secureConnection', (socket: Socket) => this.#accept(socket));
  }

  /** @throws {HttpListenError} naming the keys to change */
  start(): Promise<{ host: string; port: number }> {
    const { section, host, port } = this.#options;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const onError = (cause: NodeJS.ErrnoException): void => {
        const why = cause.code === 'EADDRINUSE' ? 'it is taken' : cause.message;
        const off = section === 'http' ? ', or http.enabled to false' : '';
        reject(
          new HttpListenError(
            `${section}.port: received ${port}; cannot listen on ${host} port ${port}: ${why}. ` +
              `Set ${section}.port to a free one${off}.`,
            { cause },
          ),
        );
      };
      server.once('error', onError);
      server.listen({ host, port }, () => {
        server.off('error', onError);
        // Without a listener it would end the process.
        server.on('error', this.#options.onListenerError);
        const address = server.address();
        if (address === null || typeof address === 'string') throw new TypeError('Not a TCP address.');
        resolve({ host: address.address, port: address.port });
      });
    });
  }

  /** From the next connection on. Only where there was one before. @throws they do not fit together */
  renew(certificate: Certificate): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(certificate);
  }

  /**
   * Ends every connection. May be called without a start.
   *
   * @param endStreams ends the answers that would go on for ever
   */
  async stop(endStreams: () => void): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    endStreams();
    this.#server.closeIdleConnections();
    // One turn of the loop lets the last bytes of the streams go.
    setImmediate(() => this.#server.closeAllConnections());
    await closed;
  }

  #isAllowed(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    if (this.#allowed.has(address)) return true;
    socket.destroy();
    this.#options.onRefused(address);
    return false;
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#options.maxConnections) {
      // When all of them are busy, it is the new one that goes.
      const [longestSilent = socket] = this.#silent;
      longestSilent.destroy();
      this.#forget(longestSilent);
      if (longestSilent === socket) return;
    }
    this.#sockets.add(socket);
    this.#silent.add(socket);
    socket.once('close', () => this.#forget(socket));
  }

  #forget(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#silent.delete(socket);
  }
}
