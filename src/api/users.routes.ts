import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ROLES, type Client } from '../accounts/client.ts';
import { isName } from '../accounts/name.ts';
import { generatePassword, isPassword } from '../accounts/password.ts';
import type { StoredUser } from '../accounts/users.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';

const name = z.string().refine(isName);
const role = z.enum(ROLES);
const userSchema = z.object({
  name: z.string(),
  role,
  login: z.string().nullable(),
  extensions: z.array(z.string()),
  createdAt: z.string(),
  hasPassword: z.boolean(),
});
const passwordSchema = z.object({
  password: z
    .string()
    .nullable()
    .openapi({ description: 'One that was made up, shown this once; else null.' }),
});
const params = z.object({ name: z.string().min(1).max(100) });
const done = { 204: { description: 'Done' }, ...errorAnswers };

const extensions = z.array(z.string().regex(/^\d{2,15}$/)).max(20);
const login = z.string().min(1).max(100).nullable();

const list = createRoute({
  method: 'get',
  path: '/api/users',
  middleware: may('users.manage'),
  summary: 'Who may sign in',
  responses: {
    200: {
      description: 'In the order of their making',
      content: { 'application/json': { schema: z.object({ users: z.array(userSchema) }) } },
    },
    ...errorAnswers,
  },
});

const add = createRoute({
  method: 'post',
  path: '/api/users',
  middleware: may('users.manage'),
  summary: 'Add a user; without a password one is made up',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            name,
            role,
            password: z.string().nullable().optional(),
            extensions: extensions.default([]),
            login: login.default(null),
          }),
        },
      },
    },
  },
  responses: {
    201: { description: 'Added', content: { 'application/json': { schema: passwordSchema } } },
    ...errorAnswers,
  },
});

const change = createRoute({
  method: 'patch',
  path: '/api/users/{name}',
  middleware: may('users.manage'),
  summary: 'Give a user another role or other telephones, at once',
  request: {
    params,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            role: role.optional(),
            extensions: extensions.optional(),
            login: login.optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'As they are now', content: { 'application/json': { schema: userSchema } } },
    ...errorAnswers,
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/users/{name}',
  middleware: may('users.manage'),
  summary: 'Remove a user; their sessions end',
  request: { params },
  responses: done,
});

const setPassword = createRoute({
  method: 'post',
  path: '/api/users/{name}/password',
  middleware: may('users.manage'),
  summary: 'Give a user another password; without one it is made up. Their sessions end',
  request: {
    params,
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ password: z.string().optional() }) } },
    },
  },
  responses: {
    200: { description: 'Given', content: { 'application/json': { schema: passwordSchema } } },
    ...errorAnswers,
  },
});

const endSessions = createRoute({
  method: 'delete',
  path: '/api/users/{name}/sessions',
  middleware: may('users.manage'),
  summary: 'Sign a user out everywhere',
  request: { params },
  responses: done,
});

const ONESELF = {
  en: 'Nobody removes themselves or changes their own role: ask another admin.',
  ru: 'Удалить себя и сменить свою роль нельзя: попросите другого администратора.',
};

/** Whoever has no admin left to ask is locked out. */
function refuseOneself(client: Client, user: string): void {
  if (client.kind === 'session' && client.name === user) throw new ApiError('forbidden', ONESELF);
}

/** Users, for admins. */
export function addUserRoutes(app: OpenAPIHono<ApiContext>, { accounts, onSignIn }: DeskApi): void {
  const { users } = accounts;
  const find = (wanted: string): StoredUser => {
    const user = users.find(wanted);
    if (user === undefined) throw new ApiError('no_such_user');
    return user;
  };

  const hash = async (password: string): Promise<string> => {
    if (!isPassword(password)) throw new ApiError('weak_password');
    return accounts.hashPassword(password);
  };

  app.openapi(list, (c) => c.json({ users: users.list().map(toJson) }, 200));

  app.openapi(add, async (c) => {
    const { password: given, ...user } = c.req.valid('json');
    if (users.find(user.name) !== undefined) throw new ApiError('name_taken');
    const made = given === undefined ? generatePassword() : null;
    const password = given === null ? null : await hash(made ?? given ?? '');
    users.add({ ...user, password });
    onSignIn('user added', { user: user.name, role: user.role, by: c.get('client').name });
    return c.json({ password: made }, 201);
  });

  app.openapi(change, (c) => {
    const { name: itsName } = find(c.req.valid('param').name);
    const { role: newRole, extensions: telephones, login: newLogin } = c.req.valid('json');
    if (newRole !== undefined && newRole !== users.get(itsName).role) refuseOneself(c.get('client'), itsName);
    users.change(itsName, {
      ...(newRole !== undefined && { role: newRole }),
      ...(telephones !== undefined && { extensions: telephones }),
      ...(newLogin !== undefined && { login: newLogin }),
    });
    const user = users.get(itsName);
    onSignIn('user changed', { user: user.name, role: user.role, by: c.get('client').name });
    return c.json(toJson(user), 200);
  });

  app.openapi(remove, async (c) => {
    const user = find(c.req.valid('param').name);
    refuseOneself(c.get('client'), user.name);
    users.remove(user.name);
    await accounts.signOutEverywhere(user.name);
    onSignIn('user removed', { user: user.name, by: c.get('client').name });
    return c.body(null, 204);
  });

  app.openapi(setPassword, async (c) => {
    const user = find(c.req.valid('param').name);
    const { password: given } = c.req.valid('json');
    const made = given === undefined ? generatePassword() : null;
    users.setPassword(user.name, await hash(made ?? given ?? ''));
    await accounts.signOutEverywhere(user.name);
    onSignIn('password changed', { user: user.name, by: c.get('client').name });
    return c.json({ password: made }, 200);
  });

  app.openapi(endSessions, async (c) => {
    // Somebody whom only the OpenID provider knows has sessions as well.
    const { name: wanted } = c.req.valid('param');
    const user = users.find(wanted)?.name ?? wanted;
    await accounts.signOutEverywhere(user);
    onSignIn('signed out everywhere', { user, by: c.get('client').name });
    return c.body(null, 204);
  });
}

function toJson(user: StoredUser): z.infer<typeof userSchema> {
  const { password, generation: _generation, ...shown } = user;
  return { ...shown, hasPassword: password !== null };
}
