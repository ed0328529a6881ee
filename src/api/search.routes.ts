import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { MAX_SEARCHED, MIN_SEARCHED } from '../directory/names/search.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { may } from './rights.ts';

const search = createRoute({
  method: 'get',
  path: '/api/search',
  middleware: may('people.read'),
  summary: 'Couriers, clients, contact persons and recipients by a part of their name',
  request: {
    query: z.object({
      text: z
        .string()
        .trim()
        .min(MIN_SEARCHED)
        .max(MAX_SEARCHED)
        // What no name has, and what a terminal would obey.
        .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u)
        .openapi({ example: 'Быстров' }),
    }),
  },
  responses: {
    200: {
      description: 'Nobody where names cannot be read: `/api/status` tells why',
      content: {
        'application/json': {
          schema: z.object({
            found: z.array(
              z.object({
                kind: z.enum(['courier', 'client', 'contact', 'recipient']),
                code: z.string().openapi({ description: 'Of a recipient that of the shipment.' }),
                name: z.string(),
              }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

const staff = createRoute({
  method: 'get',
  path: '/api/staff',
  middleware: may('people.read'),
  summary: 'Who of the house has which telephones',
  responses: {
    200: {
      description: 'In the order of their names',
      content: {
        'application/json': {
          schema: z.object({
            staff: z.array(z.object({ user: z.string(), telephones: z.array(z.string()) })),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

/** Who there is, to be searched and to be chosen from. */
export function addSearchRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  app.openapi(search, async (c) => {
    const found = await desk.names.search(c.req.valid('query').text);
    return c.json({ found: found.map((one) => ({ ...one })) }, 200);
  });
  app.openapi(staff, (c) =>
    c.json(
      { staff: desk.staff().map(({ user, telephones }) => ({ user, telephones: [...telephones] })) },
      200,
    ),
  );
}
