import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';

/** A follower that has not read so many bytes is dropped: it may come back and go on where it was. */
const MAX_UNREAD = 1_000_000;
/** Whoever missed more characters reads everything anew: sent at once, they would take them for a slow reader. */
const MAX_REPLAY = MAX_UNREAD / 4;
/** A comment that often shows both sides, and what is between them, that the line still stands. In ms. */
const HEARTBEAT_MS = 5_000;
/** Between two looks whether a follower may still follow: that asks the journal. In ms. */
const LOOK_MS = 15_000;
const MAX_FOLLOWERS = 500;
/** Of one user or token: a program that comes again and never goes must not take the place of everybody else. */
const MAX_OF_ONE = 100;

const events = createRoute({
  method: 'get',
  path: '/api/events',
  middleware: may('calls.read'),
  summary: 'What happens, as server-sent events',
  request: {
    headers: z.object({
      'last-event-id': z
        .string()
        .optional()
        .openapi({ description: 'The id of the last event that was read: goes on behind it.' }),
    }),
  },
  responses: {
    200: {
      description: [
        'Events whose data is JSON. `call`: the whole call, as `/api/calls/{id}` tells it, at each change;',
        '`joined`: the call `id` turned out to be a part of the call `into`, and is no more; `gap`: calls of an `asterisk`',
        'may have gone unseen; `status`: an `asterisk` is followed or away; `reset`: too much was missed, everything',
        'must be read anew.',
      ].join(' '),
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...errorAnswers,
  },
});

/**
 * `GET /api/events`: server-sent events. `Last-Event-ID` goes on where it was cut; when too much has happened since, the
 * first event is `reset`, and everything must be read anew. A token that is removed ends it within 15 s.
 */
export function addEventsRoute(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  /** How often each follows, by kind and name. */
  const followings = new Map<string, number>();
  app.openapi(events, (c) => {
    const client = c.get('client');
    const isStillClient = c.get('isStillClient');
    const response = c.env.outgoing;
    // Gone while it was asked who they are: they would never be said to close.
    if (response.destroyed) return RESPONSE_ALREADY_SENT;
    const who = `${client.kind} ${client.name}`;
    const ofThem = followings.get(who) ?? 0;
    if (desk.events.followers >= MAX_FOLLOWERS || ofThem >= MAX_OF_ONE)
      throw new ApiError('too_many_followers');
    followings.set(who, ofThem + 1);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    const { 'last-event-id': lastId } = c.req.valid('header');
    const missed =
      lastId === undefined ? [] : /^\d{1,16}$/.test(lastId) ? desk.events.since(Number(lastId)) : null;
    const replay = missed?.map(({ textFor }) => textFor(client)).join('') ?? '';
    if (missed === null || replay.length > MAX_REPLAY) response.write('event: reset\ndata: {}\n\n');
    else response.write(replay);

    const unfollow = desk.events.follow(({ textFor }) => {
      response.write(textFor(client));
      if (response.writableLength > MAX_UNREAD) response.destroy();
    });
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    const endUnlessClient = async (): Promise<void> => {
      if (!(await isStillClient())) response.end();
    };
    const look = setInterval(() => void endUnlessClient(), LOOK_MS);
    const end = desk.onEventsEnd(() => response.end());
    response.on('error', () => undefined);
    response.once('close', () => {
      unfollow();
      end();
      const left = (followings.get(who) ?? 0) - 1;
      if (left > 0) followings.set(who, left);
      else followings.delete(who);
      clearInterval(heartbeat);
      clearInterval(look);
    });
    return RESPONSE_ALREADY_SENT;
  });
}
