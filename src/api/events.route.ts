import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { DeskEvent } from './call-events.ts';
import type { ApiContext, DeskApi } from './context.ts';
import { ApiError } from './errors.ts';

/** A follower that has not read so many bytes is dropped: it may come back and go on where it was. */
const MAX_UNREAD = 1_000_000;
/** A comment that often shows both sides, and what is between them, that the line still stands. In ms. */
const HEARTBEAT_MS = 15_000;
const MAX_FOLLOWERS = 500;

/**
 * `GET /api/events`: server-sent events. `Last-Event-ID` goes on where it was cut; when that is too long ago the first
 * event is `reset`, and everything must be read anew.
 */
export function addEventsRoute(app: OpenAPIHono<ApiContext>, { events, onEventsEnd }: DeskApi): void {
  app.get('/api/events', (c) => {
    if (events.followers >= MAX_FOLLOWERS) throw new ApiError('too_many_followers');
    const response = c.env.outgoing;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    const lastId = c.req.header('last-event-id');
    const missed =
      lastId === undefined ? [] : /^\d{1,16}$/.test(lastId) ? events.since(Number(lastId)) : null;
    if (missed === null) response.write('event: reset\ndata: {}\n\n');
    else for (const event of missed) write(response, event);

    const unfollow = events.follow((event) => write(response, event));
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    const end = onEventsEnd(() => response.end());
    response.on('error', () => undefined);
    response.once('close', () => {
      unfollow();
      end();
      clearInterval(heartbeat);
    });
    return RESPONSE_ALREADY_SENT;
  });
}

function write(response: ServerResponse, { id, name, data }: DeskEvent): void {
  response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  if (response.writableLength > MAX_UNREAD) response.destroy();
}
