import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema } from '../calls/call.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { seenBy } from './seen-calls.ts';
import { may } from './rights.ts';

const LAST_CALLS = 10;

/** Digits where it is beyond 2^53. */
const code = z.union([z.number(), z.string()]);

const people = createRoute({
  method: 'get',
  path: '/api/people',
  middleware: may('people.read'),
  summary: 'Whose a number is, and the last calls with it',
  request: { query: z.object({ number: z.string().min(1).max(64) }) },
  responses: {
    200: {
      description: 'Every match, in the order of the database',
      content: {
        'application/json': {
          schema: z.object({
            number: z.string(),
            candidates: z.array(
              z.object({
                kind: z.enum(CALLER_KINDS),
                code: code.nullable(),
                courier: code.nullable(),
                client: code.nullable(),
                won: z.boolean(),
                why: z.object({ code: z.string() }),
              }),
            ),
            calls: z.array(callSchema.extend({ note: z.string().nullable() })),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

export function addPeopleRoutes(app: OpenAPIHono<ApiContext>, { journal, explain }: DeskApi): void {
  app.openapi(people, async (c) => {
    const explained = await explain(c.req.valid('query').number);
    if (explained === null) throw new ApiError('invalid_number');
    const { calls } = await journal.store.list({ number: explained.number }, LAST_CALLS);
    const candidates = explained.candidates.map(({ kind, code: itsCode, courier, client, won, why }) => ({
      kind,
      code: itsCode,
      courier,
      client,
      won,
      why: { code: why.code },
    }));
    return c.json(
      { number: explained.number, candidates, calls: calls.map((call) => seenBy(c.get('client'), call)) },
      200,
    );
  });
}
