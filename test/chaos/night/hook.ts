import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a receiver of webhooks behaves. */
export type HookMood = 'well' | 'refuses' | 'says nothing' | 'is slow';

interface Body {
  readonly type: string;
  readonly call: { readonly id: string };
}

/** What a receiver that is slow takes for each event, in ms. */
const SLOW_MS = 1500;

/** A receiver of webhooks that may fall ill. */
export class Hook {
  mood: HookMood = 'well';
  /** What was taken of each call, in order. */
  readonly taken = new Map<string, string[]>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(this.#port, '127.0.0.1', done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  readonly stop = async (): Promise<void> => {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  };

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { type, call } = (await json(request)) as Body;
    if (this.mood === 'says nothing') return;
    if (this.mood === 'is slow') await sleep(SLOW_MS);
    if (this.mood === 'refuses') {
      response.writeHead(503).end();
      return;
    }
    const known = this.taken.get(call.id) ?? [];
    if (!known.includes(type)) this.taken.set(call.id, [...known, type]);
    response.writeHead(204).end();
  }
}
