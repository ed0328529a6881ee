import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema } from '../calls/call.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { describePeople, wantedNames } from './people.ts';
import { may } from './rights.ts';
import { isSeenWithNumber, seenOfNumber } from './seen-calls.ts';

const LAST_CALLS = 20;

/** A code; text when it is beyond 2^53. */
const code = z.union([z.number(), z.string()]);
const text = z.string().nullable();
/** In the language of the request. */
const reason = z.object({ code: z.string(), text: z.string() });

const candidate = z.object({
  kind: z.enum(CALLER_KINDS),
  code: code.nullable(),
  courier: code.nullable(),
  client: code.nullable(),
  won: z.boolean(),
  why: reason,
  name: text.openapi({
    description: 'Of the courier, contact person or recipient; null where it cannot be read.',
  }),
  company: text.openapi({ description: 'Of the client that it leads to.' }),
  manager: text.openapi({ description: "Name or login of a courier's manager." }),
  courierName: text.openapi({ description: 'The courier with the shipment.' }),
  recipientCompany: text,
  barcode: text,
  plan: z
    .object({ day: z.string(), from: text, until: text })
    .nullable()
    .openapi({ description: 'When a shipment is to be delivered, in local time.' }),
  order: code.nullable(),
  open: z.boolean().nullable().openapi({ description: 'Of a shipment.' }),
  since: text.openapi({ description: 'When the courier got the shipment, in local time.' }),
  handedOver: z.boolean().openapi({ description: 'The courier has reported it as handed over.' }),
});

const people = createRoute({
  method: 'get',
  path: '/api/people',
  middleware: may('people.read'),
  summary: 'Whose a number is, what the router would do with it and why, and the last calls with it',
  request: { query: z.object({ number: z.string().min(1).max(64) }) },
  responses: {
    200: {
      description: 'Every match, in the order of the router; nothing is made up',
      content: {
        'application/json': {
          schema: z.object({
            number: z.string(),
            candidates: z.array(candidate),
            more: z.number().openapi({ description: 'Candidates that are left out.' }),
            route: z.object({
              status: z.string(),
              attempts: z.array(
                z.object({ number: text, extension: text, seconds: z.number(), why: reason }),
              ),
            }),
            calls: z.array(callSchema.extend({ note: text })),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

export function addPeopleRoutes(
  app: OpenAPIHono<ApiContext>,
  { journal, explain, names, normalise, isOfStaff }: DeskApi,
): void {
  app.openapi(people, async (c) => {
    const number = normalise(c.req.valid('query').number);
    if (number === null) throw new ApiError('invalid_number');
    // Together they take as long as the slower one.
    const [explained, { calls }] = await Promise.all([
      explain(number),
      journal.store.list({ number }, LAST_CALLS),
    ]);
    const known = await names.find(wantedNames(explained));
    const client = c.get('client');
    return c.json(
      {
        ...describePeople(explained, known, c.get('language')),
        calls: seenOfNumber(
          client,
          calls.filter((call) => isSeenWithNumber(client, call, number, isOfStaff)),
          isOfStaff,
        ),
      },
      200,
    );
  });
}
