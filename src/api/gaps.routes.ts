import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { gapDocument } from '../journal/gap.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';

const time = z.iso.datetime({ offset: true }).openapi({ example: '2026-11-26T08:00:00Z' });

const gaps = createRoute({
  method: 'get',
  path: '/api/gaps',
  middleware: may('calls.read'),
  summary: 'Times in which calls could not be followed: the journal may lack some of them',
  request: { query: z.object({ since: time.optional(), until: time.optional() }) },
  responses: {
    200: {
      description: 'Those that touch the time, the newest first',
      content: {
        'application/json': {
          schema: z.object({
            gaps: z.array(
              z.object({ asterisk: z.string(), from: z.string(), until: z.string(), reason: z.string() }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

export function addGapsRoutes(app: OpenAPIHono<ApiContext>, { journal }: DeskApi): void {
  app.openapi(gaps, async (c) => {
    const { since, until } = c.req.valid('query');
    const from = since === undefined ? 0 : Date.parse(since);
    const to = until === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(until);
    if (from > to)
      throw new ApiError(
        'invalid_request',
        {
          en: 'The period begins after its end.',
          ru: 'Начало периода позже его конца.',
        },
        { fields: ['since', 'until'] },
      );
    const found = await journal.store.gaps(from, to);
    return c.json({ gaps: found.map((gap) => gapDocument(gap).gap) }, 200);
  });
}
