import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpListener } from '../net/http-listener.ts';
import type { CallLine } from '../monitoring/call-line.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import type { ReadinessProbe } from '../monitoring/readiness.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free port; start() says which. */
  readonly port: number;
  /** Addresses or CIDR ranges that may ask; others are dropped unread. */
  readonly allow: readonly string[];
  readonly monitor: Monitor;
  readonly readiness: ReadinessProbe;
  /** Gets the address of a connection that was dropped, since it is not allowed. */
  readonly onRefused: (address: string) => void;
  /** It could not accept a connection. */
  readonly onListenerError: (error: unknown) => void;
}

/** What a person sees who opens the port in a browser. */
const INDEX = `courier-agi
/health   200 while the process is alive
/ready    200 while calls get answers, from the database or the snapshot
/metrics  for Prometheus
/status   JSON, for courier-agi top
/calls    the last calls as JSON lines; ?follow=1 goes on with those to come
`;

const MAX_CONNECTIONS = 64;
const MAX_FOLLOWERS = 16;
/** A follower that reads so slowly that this much waits for it is dropped, in bytes. */
const MAX_UNREAD = 256 * 1024;
/** Time between two empty lines, by which both sides of a follower know that the other is still there, in ms. */
const HEARTBEAT_MS = 10_000;

/**
 * Health, metrics and the live view, on a port of their own. It takes no body and changes nothing, and
 * shows no name and no whole number; who may ask is a matter of `allow`.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #listener: HttpListener;
  readonly #followers = new Set<ServerResponse>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#listener = new HttpListener({
      ...options,
      section: 'http',
      maxConnections: MAX_CONNECTIONS,
      onRequest: (request, response) => {
        this.#answer(request, response).catch(() => response.destroy());
      },
    });
  }

  /** @throws {HttpListenError} naming the keys to change */
  start(): Promise<{ host: string; port: number }> {
    return this.#listener.start();
  }

  /** Ends every connection. May be called without a start. */
  stop(): Promise<void> {
    return this.#listener.stop(() => {
      for (const follower of this.#followers) follower.end();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { monitor, readiness } = this.#options;
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD.\n');
    }
    const [path = '', query] = (request.url ?? '').split('?', 2);
    switch (path) {
      case '/':
        return send(response, 200, 'text/plain; charset=utf-8', INDEX);
      case '/health': {
        const { name, version, uptimeSeconds } = monitor.status();
        return sendJson(response, 200, { status: 'alive', name, version, uptimeSeconds });
      }
      case '/ready': {
        const answer = await readiness.check();
        return sendJson(response, answer.ready ? 200 : 503, answer);
      }
      case '/metrics':
        return send(response, 200, monitor.metrics.contentType, await monitor.metrics.text());
      case '/status':
        return sendJson(response, 200, monitor.status());
      case '/calls':
        return this.#sendCalls(request, response, new URLSearchParams(query).get('follow') === '1');
      default:
        return send(response, 404, 'text/plain; charset=utf-8', `Not found. There are:\n${INDEX}`);
    }
  }

  #sendCalls(request: IncomingMessage, response: ServerResponse, follow: boolean): void {
    const { calls } = this.#options.monitor;
    if (follow && this.#followers.size >= MAX_FOLLOWERS) {
      return send(response, 503, 'text/plain; charset=utf-8', `No more than ${MAX_FOLLOWERS} may follow.\n`);
    }
    response.setHeader('content-type', 'application/x-ndjson; charset=utf-8');
    const write = (line: CallLine): void => {
      response.write(`${JSON.stringify(line)}\n`);
      if (response.writableLength > MAX_UNREAD) response.destroy();
    };
    response.flushHeaders();
    for (const line of calls.recent()) write(line);
    if (!follow || request.method === 'HEAD') {
      response.end();
      return;
    }
    const unfollow = calls.follow(write);
    const heartbeat = setInterval(() => response.write('\n'), HEARTBEAT_MS);
    this.#followers.add(response);
    response.on('error', () => undefined);
    response.once('close', () => {
      unfollow();
      clearInterval(heartbeat);
      this.#followers.delete(response);
    });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
