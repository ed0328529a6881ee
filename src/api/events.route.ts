import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiContext, DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';

/** A follower that has not read so many bytes is dropped: it may come back and go on where it was. */
const MAX_UNREAD = 1_000_000;
/** Whoever missed more characters reads everything anew: sent at once, they would take them for a slow reader. */
const MAX_REPLAY = MAX_UNREAD / 4;
/** A comment that often shows both sides, and what is between them, that the line still stands. In ms. */
const HEARTBEAT_MS = 15_000;
const MAX_FOLLOWERS = 500;

/**
 * `GET /api/events`: server-sent events. `Last-Event-ID` goes on where it was cut; when too much has happened since, the
 * first event is `reset`, and everything must be read anew. A token that is removed ends it with the next heartbeat.
 */
export function addEventsRoute(app: OpenAPIHono<ApiContext>, { events, onEventsEnd }: DeskApi): void {
  app.get('/api/events', may('calls.read'), (c) => {
    const isStillClient = c.get('isStillClient');
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
    const replay = missed?.map(({ text }) => text).join('') ?? '';
    if (missed === null || replay.length > MAX_REPLAY) response.write('event: reset\ndata: {}\n\n');
    else response.write(replay);

    const unfollow = events.follow(({ text }) => {
      response.write(text);
      if (response.writableLength > MAX_UNREAD) response.destroy();
    });
    const heartbeat = setInterval(() => {
      if (isStillClient()) response.write(': still here\n\n');
      else response.end();
    }, HEARTBEAT_MS);
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
