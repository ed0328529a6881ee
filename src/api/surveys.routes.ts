import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { PlacedAnswer } from '../survey/survey.store.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { may } from './rights.ts';

const code = z.number().int().positive();

const answerSchema = z.object({
  id: z.string(),
  call: z.string().nullable(),
  question: z.string(),
  value: z.number().int().nullable(),
  comment: z.string().nullable(),
  at: z.string(),
  shipment: code.nullable(),
  order: code.nullable(),
  courier: code.nullable(),
  operator: z.string().nullable(),
});

const list = createRoute({
  method: 'get',
  path: '/api/surveys',
  summary: 'Answers in the order in which they came; those that changed come again',
  middleware: may('surveys.read'),
  request: {
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).openapi({ description: '`next` of the last reading' }),
      shipment: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: {
      description: 'Answers; read again with `next`',
      content: {
        'application/json': { schema: z.object({ answers: z.array(answerSchema), next: z.number().int() }) },
      },
    },
    ...errorAnswers,
  },
});

const add = createRoute({
  method: 'post',
  path: '/api/surveys',
  summary: 'Stores a review from elsewhere, such as the web; the same id again replaces it',
  middleware: may('surveys.write'),
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              id: z.string().regex(/^[\w.:-]{1,100}$/),
              question: z.string().regex(/^[a-z0-9_-]{1,20}$/),
              value: z.number().int().min(0).max(100).nullable().default(null),
              comment: z.string().max(2000).nullable().default(null),
              at: z.iso.datetime({ offset: true }),
              shipment: code.nullable().default(null),
              order: code.nullable().default(null),
              courier: code.nullable().default(null),
              operator: z.string().max(60).nullable().default(null),
            })
            .refine(({ value, comment }) => value !== null || comment !== null, {
              error: 'needs a value or a comment',
            }),
        },
      },
    },
  },
  responses: { 204: { description: 'It is stored' }, ...errorAnswers },
});

/** Marks after calls, and reviews beside them. */
export function addSurveyRoutes(app: OpenAPIHono<ApiContext>, { surveys }: DeskApi): void {
  app.openapi(list, async (c) => {
    const { after: place, shipment, limit } = c.req.valid('query');
    const answers = await surveys.after({ place, shipment }, limit);
    return c.json({ answers: answers.map(toJson), next: answers.at(-1)?.place ?? place }, 200);
  });

  app.openapi(add, async (c) => {
    const { id, at, ...review } = c.req.valid('json');
    // Of calls the ids have a blank in them: a review never takes their place.
    await surveys.add({ ...review, id: `review:${id}`, call_id: null, at: Date.parse(at) });
    return c.body(null, 204);
  });
}

function toJson(answer: PlacedAnswer): z.infer<typeof answerSchema> {
  const { id, question, value, comment, shipment, order, courier, operator } = answer;
  return {
    id,
    call: answer.call_id,
    question,
    value,
    comment,
    at: new Date(answer.at).toISOString(),
    shipment,
    order,
    courier,
    operator,
  };
}
