import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Arrived } from './arrived.ts';

/*
 * A receiver of webhooks in a process of its own, that refuses one event in three. It tells its port, then each second
 * how many have arrived.
 */

interface Body {
  readonly id: string;
  readonly type: string;
  readonly call: { readonly id: string };
}

const REPORT_MS = 1000;
/** Of each call, in this order. */
const ORDER = ['call.ended', 'recording.ready'];

const taken = new Set<string>();
const next = new Map<string, number>();
const counts = { requests: 0, again: 0, outOfOrder: 0 };

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id, type, call } = (await json(request)) as Body;
  counts.requests += 1;
  if (Math.random() < 1 / 3) {
    response.writeHead(503).end();
    return;
  }
  if (taken.has(id)) counts.again += 1;
  else {
    taken.add(id);
    const step = next.get(call.id) ?? 0;
    if (ORDER[step] !== type) counts.outOfOrder += 1;
    next.set(call.id, step + 1);
  }
  response.writeHead(204).end();
}

const server = createServer((request, response) => void take(request, response));
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address() as AddressInfo;
const tell = () => process.send?.({ port, arrived: taken.size, ...counts } satisfies Arrived);
tell();
setInterval(tell, REPORT_MS);
process.on('disconnect', () => process.exit());
