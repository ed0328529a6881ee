import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ROLES } from '../accounts/client.ts';
import { isName } from '../accounts/name.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';

const name = z.string().refine(isName);
const role = z.enum(ROLES);

const list = createRoute({
  method: 'get',
  path: '/api/tokens',
  middleware: may('users.manage'),
  summary: 'The tokens of programs',
  responses: {
    200: {
      description: 'In the order of their making',
      content: {
        'application/json': {
          schema: z.object({
            tokens: z.array(z.object({ name: z.string(), role, createdAt: z.string() })),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

const add = createRoute({
  method: 'post',
  path: '/api/tokens',
  middleware: may('users.manage'),
  summary: 'Make a token, which is shown this once',
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ name, role }) } },
    },
  },
  responses: {
    201: {
      description: 'Made',
      content: { 'application/json': { schema: z.object({ name: z.string(), token: z.string() }) } },
    },
    ...errorAnswers,
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/tokens/{name}',
  middleware: may('users.manage'),
  summary: 'A token that is removed does not work any more, at once',
  request: { params: z.object({ name: z.string().min(1).max(100) }) },
  responses: { 204: { description: 'Removed' }, ...errorAnswers },
});

/** Tokens, for admins. */
export function addTokenRoutes(app: OpenAPIHono<ApiContext>, { accounts, onSignIn }: DeskApi): void {
  const { tokens } = accounts;
  const isThere = (wanted: string): boolean => tokens.list().some((token) => token.name === wanted);

  app.openapi(list, (c) => c.json({ tokens: tokens.list() }, 200));

  app.openapi(add, (c) => {
    const { name: wanted, role: itsRole } = c.req.valid('json');
    if (isThere(wanted)) throw new ApiError('name_taken');
    const token = tokens.add(wanted, itsRole);
    onSignIn('token added', { token: wanted, role: itsRole, by: c.get('client').name });
    return c.json({ name: wanted, token }, 201);
  });

  app.openapi(remove, (c) => {
    const { name: wanted } = c.req.valid('param');
    if (!isThere(wanted)) throw new ApiError('no_such_token');
    tokens.remove(wanted);
    onSignIn('token removed', { token: wanted, by: c.get('client').name });
    return c.body(null, 204);
  });
}
