import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { CALL_OUTCOMES, callSchema, linkSchema } from '../calls/call.ts';
import type { CallFilter } from '../journal/journal.query.ts';
import { numberEnd } from '../phone/number-end.ts';
import { csvPages } from './calls.csv.ts';
import { streamOf } from './stream.ts';
import { ApiError } from './errors.ts';
import { isSeenWhole, isSeenWithNumber, seenBy } from './seen-calls.ts';
import { shownPage } from './shown-page.ts';
import type { JournalCall } from '../journal/call.row.ts';
import { firstLivePage, newestCall } from './live-calls.ts';
import { can, may } from './rights.ts';
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

export const journalCall = callSchema.extend({ note: z.string().nullable() });
export const idParams = z.object({ id: z.string().min(1).max(200) });

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

/** The journal over HTTP. */
export function addCallRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { journal, timeZone, normalise, isOfStaff } = desk;
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
    const isShown = (call: JournalCall): boolean =>
      (!isByStaff || isSeenWhole(client, call)) &&
      (filter.number === undefined || isSeenWithNumber(client, call, filter.number, isOfStaff));
    const isAnyHidden = (isByStaff || filter.number !== undefined) && !can(client, 'calls.watch');
    const shown = (calls: readonly JournalCall[]): JournalCall[] =>
      (isAnyHidden ? calls.filter(isShown) : calls).map((call) => seenBy(client, call, isOfStaff));
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
    const page = (size: number, before: number | null) => journal.store.list(filter, size, before);
    const { calls, next } = isLive
      ? await firstLivePage(state, limit, desk)
      : isAnyHidden
        ? await shownPage({ list: page, isShown }, limit, cursor ?? null)
        : await page(limit, cursor ?? null);
    return c.json({ calls: shown(calls), next: next === null ? null : String(next) }, 200);
  });

  app.openapi(one, async (c) => {
    const call = await newestCall(c.req.valid('param').id, desk);
    if (call === undefined) throw new ApiError('no_such_call');
    return c.json(seenBy(c.get('client'), call, isOfStaff), 200);
  });
}

function isEmpty(filter: CallFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}
