import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { isFor, wasDialled } from '../calls/attempts.ts';
import { CALL_OUTCOMES, callSchema, linkSchema, type Link } from '../calls/call.ts';
import type { CallFilter } from '../journal/journal.query.ts';
import { numberEnd } from '../phone/number-end.ts';
import { csvPages } from './calls.csv.ts';
import { streamOf } from './stream.ts';
import { ApiError } from './errors.ts';
import { isSeenWhole, seenBy } from './seen-calls.ts';
import type { JournalCall } from '../journal/call.row.ts';
import { firstLivePage, newestCall } from './live-calls.ts';
import { may } from './rights.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';

const MAX_LIMIT = 500;

/** An ISO time or ms since 1970. */
const time = z
  .string()
  .transform((text, context) => {
    const ms = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(ms)) {
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    }
    return ms;
  })
  .openapi({ type: 'string', example: '2026-11-26T08:00:00Z' });

const flag = z
  .enum(['0', '1'])
  .transform((text) => text === '1')
  .openapi({ type: 'string', example: '1' });

const short = z.string().min(1).max(100);

const query = z.object({
  since: time.optional(),
  until: time.optional(),
  number: z
    .string()
    .refine((text) => /^(?:\D*\d){2,15}\D*$/.test(text))
    .optional()
    .openapi({
      type: 'string',
      description: 'A number however it is written, or the digits that it ends with.',
      example: '4567',
    }),
  extension: short.optional(),
  user: short.optional(),
  direction: callSchema.shape.direction.optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  state: callSchema.shape.state.optional(),
  missed: flag.optional(),
  open: flag.optional().openapi({ description: 'Missed, and nobody has called back.' }),
  kind: linkSchema.shape.kind.optional(),
  code: short.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .optional()
    .openapi({ type: 'string' }),
  format: z.enum(['json', 'csv']).default('json'),
});

const journalCall = callSchema.extend({ note: z.string().nullable() });
const idParams = z.object({ id: z.string().min(1).max(200) });

const list = createRoute({
  method: 'get',
  path: '/api/calls',
  middleware: may('calls.read'),
  summary: 'Calls, the newest first; those that last included',
  request: { query },
  responses: {
    200: {
      description: 'A page of calls; with format=csv a table of all of them, at most 100,000',
      content: {
        'application/json': {
          schema: z.object({ calls: z.array(journalCall), next: z.string().nullable() }),
        },
        'text/csv': { schema: z.string() },
      },
    },
    ...errorAnswers,
  },
});

const one = createRoute({
  method: 'get',
  path: '/api/calls/{id}',
  middleware: may('calls.read'),
  summary: 'One call',
  request: { params: idParams },
  responses: {
    200: { description: 'The call', content: { 'application/json': { schema: journalCall } } },
    ...errorAnswers,
  },
});

/** Of one call, by hand. */
const MAX_LINKS = 50;
const TOO_MANY_LINKS = {
  en: `A call takes ${MAX_LINKS} links by hand at most.`,
  ru: `Вручную к звонку можно привязать не больше ${MAX_LINKS} объектов.`,
};
const someLinks = z
  .array(z.strictObject({ kind: linkSchema.shape.kind, code: linkSchema.shape.code }))
  .max(MAX_LINKS)
  .optional();

const patch = createRoute({
  method: 'patch',
  path: '/api/calls/{id}',
  middleware: may('calls.annotate'),
  summary: 'Add a note, or links by hand; those that are there by themselves stay',
  request: {
    params: idParams,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            note: z.string().max(2000).nullable().optional(),
            noteBefore: z.string().nullable().optional().openapi({
              description:
                'The note that was there when this one was written: if a colleague has written another one since, that stays, and this one is refused.',
            }),
            links: someLinks.openapi({ description: 'All links by hand, in place of those before.' }),
            bind: someLinks.openapi({ description: 'Links that are added to those by hand.' }),
            unbind: someLinks.openapi({ description: 'Links by hand that are taken back.' }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'The call as it is now', content: { 'application/json': { schema: journalCall } } },
    ...errorAnswers,
  },
});

const attempts = createRoute({
  method: 'get',
  path: '/api/shipments/{code}/attempts',
  middleware: may('calls.read'),
  summary: 'Every attempt to reach the recipient of a shipment',
  request: { params: z.object({ code: short }) },
  responses: {
    200: {
      description: 'The oldest first',
      content: {
        'application/json': {
          schema: z.object({
            attempts: z.array(
              z.object({
                call: z.string(),
                at: z.string(),
                by: callSchema.shape.from,
                dialled: z.boolean().openapi({
                  description:
                    'Whether the recipient was rung: not when the one who was to speak did not pick up. Such a call is no attempt.',
                }),
                ringSeconds: z.number(),
                talkSeconds: z.number(),
                outcome: callSchema.shape.outcome,
                cause: callSchema.shape.cause,
                recordings: callSchema.shape.recordings,
                result: callSchema.shape.request.unwrap().shape.result,
              }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

/** Attempts that are listed for one shipment at most. */
const MAX_ATTEMPTS = 500;

/** The journal over HTTP. */
export function addCallRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { journal, names, touch, timeZone, normalise } = desk;
  app.openapi(list, async (c) => {
    const { cursor, limit, format, kind, code, number, ...rest } = c.req.valid('query');
    if ((kind === undefined) !== (code === undefined))
      throw new ApiError(
        'invalid_request',
        {
          en: 'A link is looked for by kind and code together.',
          ru: 'Привязку ищут по виду и коду вместе.',
        },
        { fields: ['kind', 'code'] },
      );
    const link = kind === undefined || code === undefined ? undefined : { kind, code };
    const filter: CallFilter = {
      ...rest,
      number: number === undefined ? undefined : numberEnd(number, normalise),
      link,
    };
    const client = c.get('client');
    // What is found by somebody's telephone tells of itself that they are on it.
    const isByStaff = filter.extension !== undefined || filter.user !== undefined || link?.kind === 'user';
    const shown = (calls: readonly JournalCall[]): JournalCall[] =>
      (isByStaff ? calls.filter((call) => isSeenWhole(client, call)) : calls).map((call) =>
        seenBy(client, call),
      );
    if (format === 'csv') {
      const pages = csvPages(journal.store, { filter, timeZone, before: cursor ?? null, shown });
      const { value: first } = await pages.next();
      return c.body(streamOf(first ?? '', pages), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="calls.csv"',
      });
    }
    const { state, ...others } = filter;
    const isLive = (state === 'ringing' || state === 'talking') && cursor === undefined && isEmpty(others);
    const { calls, next } = isLive
      ? await firstLivePage(state, limit, desk)
      : await journal.store.list(filter, limit, cursor ?? null);
    return c.json({ calls: shown(calls), next: next === null ? null : String(next) }, 200);
  });

  app.openapi(one, async (c) => {
    const call = await newestCall(c.req.valid('param').id, desk);
    if (call === undefined) throw new ApiError('no_such_call');
    return c.json(seenBy(c.get('client'), call), 200);
  });

  app.openapi(patch, async (c) => {
    const { id } = c.req.valid('param');
    const { note, noteBefore, links, bind = [], unbind = [] } = c.req.valid('json');
    const added = [...(links ?? []), ...bind];
    if (added.length > 0) {
      const before = await journal.store.get(id);
      if (before === undefined) throw new ApiError('no_such_call');
      await refuseUnknownShipments(names, before, added);
    }
    const changesLinks = links !== undefined || bind.length > 0 || unbind.length > 0;
    const done = await journal.store.annotate(id, {
      note,
      noteBefore,
      links: changesLinks
        ? (before) => {
            const others = (links ?? before).filter((link) => !has(unbind, link) && !has(bind, link));
            const all = [...others, ...bind];
            if (all.length > MAX_LINKS) throw new ApiError('invalid_request', TOO_MANY_LINKS);
            return all.map(byHand);
          }
        : undefined,
    });
    if (done === 'other_note') throw new ApiError('other_note');
    const call = done === 'done' ? await journal.store.get(id) : undefined;
    if (call === undefined) throw new ApiError('no_such_call');
    touch(id);
    return c.json(seenBy(c.get('client'), call), 200);
  });

  app.openapi(attempts, async (c) => {
    const { code } = c.req.valid('param');
    const { calls } = await journal.store.list({ link: { kind: 'shipment', code } }, MAX_ATTEMPTS);
    const made = calls.filter(
      (call) => (call.direction === 'out' || call.direction === 'courier') && isFor(call, code),
    );
    return c.json(
      {
        attempts: made.toReversed().map((call) => ({
          call: call.id,
          at: call.startedAt,
          by: seenBy(c.get('client'), call).from,
          dialled: wasDialled(call),
          ringSeconds: call.seconds.ring,
          talkSeconds: call.seconds.talk,
          outcome: call.outcome,
          cause: call.cause,
          recordings: call.recordings,
          result: call.request?.result ?? null,
        })),
      },
      200,
    );
  });
}

function isEmpty(filter: CallFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

type Target = Pick<Link, 'kind' | 'code'>;

function has(links: readonly Target[], { kind, code }: Target): boolean {
  return links.some((link) => link.kind === kind && link.code === code);
}

function byHand({ kind, code }: Target, index: number): Link {
  return { kind, code, how: 'manual', rank: index + 1 };
}

/** What was bound before stays, whatever became of it; and where the database cannot be asked, everything is taken. */
async function refuseUnknownShipments(
  names: DeskApi['names'],
  { links: before }: JournalCall,
  links: readonly Target[],
): Promise<void> {
  for (const { kind, code } of links) {
    if (kind !== 'shipment' || has(before, { kind, code })) continue;
    const isThere = await names.hasShipment(code);
    if (isThere === null) return;
    if (!isThere)
      throw new ApiError('no_such_shipment', {
        en: `The courier database has no shipment ${code}.`,
        ru: `В базе нет отправления ${code}.`,
      });
  }
}
