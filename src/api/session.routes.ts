import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ROLES, type Client } from '../accounts/client.ts';
import { isPassword } from '../accounts/password.ts';
import { errorAnswers, type ApiContext, type DeskApi, type SignedInBy } from './context.ts';
import { ApiError } from './errors.ts';
import {
  addressOf,
  deleteSessionCookie,
  isFromOurPages,
  readSessionCookie,
  setSessionCookie,
} from './site.ts';

const language = z.enum(['ru', 'en']);
const userSchema = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  /** `users.user` */
  login: z.string().nullable(),
  extensions: z.array(z.string()),
  language,
  timeZone: z.string().openapi({
    description:
      'Of the company: local times of the courier database, such as a plan of delivery, are in it.',
    example: 'Europe/Moscow',
  }),
  canSignOut: z.boolean().openapi({
    description: 'Not whom a proxy signs in: it does so again with the next request.',
  }),
  canChangePassword: z.boolean().openapi({ description: 'They have one, and signed in themselves.' }),
});
const signedIn = {
  description: 'Who is signed in',
  content: { 'application/json': { schema: z.object({ user: userSchema }) } },
};
/** Longer than any name or password: such input is refused before it is hashed. */
const typed = z.string().min(1).max(200);

const begin = createRoute({
  method: 'post',
  path: '/api/session',
  summary: 'Sign in; the answer sets a cookie',
  security: [],
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ name: typed, password: typed }) } },
    },
  },
  responses: { 200: signedIn, ...errorAnswers },
});

const options = createRoute({
  method: 'get',
  path: '/api/sign-in',
  summary: 'How one may sign in',
  security: [],
  responses: {
    200: {
      description: 'For the page that asks for name and password',
      content: { 'application/json': { schema: z.object({ language, openId: z.boolean() }) } },
    },
    ...errorAnswers,
  },
});

const read = createRoute({
  method: 'get',
  path: '/api/session',
  summary: 'Who is signed in',
  responses: { 200: signedIn, ...errorAnswers },
});

const end = createRoute({
  method: 'delete',
  path: '/api/session',
  summary: 'Sign out',
  responses: { 204: { description: 'Signed out' }, ...errorAnswers },
});

const change = createRoute({
  method: 'post',
  path: '/api/session/password',
  summary: 'Change the own password; all other sessions end',
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ old: typed, new: typed }) } },
    },
  },
  responses: { 204: { description: 'Changed; a new cookie comes with it' }, ...errorAnswers },
});

/** What is asked before anybody is signed in. */
export function addSignInRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { accounts, site } = desk;

  app.openapi(options, (c) => c.json({ language: desk.language, openId: desk.openId !== undefined }, 200));

  app.openapi(begin, async (c) => {
    if (c.req.header('origin') !== undefined && !isFromOurPages(c, site))
      throw new ApiError('foreign_origin');
    const { name, password } = c.req.valid('json');
    const address = addressOf(c, site);
    const signed = await accounts.signIn(name, password, address);
    if (signed === null) throw new ApiError('wrong_password');
    const before = readSessionCookie(c, site);
    if (before !== undefined) await accounts.signOut(before);
    desk.onSignIn('signed in', { user: signed.client.name, address });
    setSessionCookie(c, site, signed.session);
    return c.json({ user: toUser(signed.client, 'cookie', desk) }, 200);
  });
}

/** What those ask who are signed in. */
export function addSessionRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { accounts, site } = desk;

  app.openapi(read, (c) => c.json({ user: toUser(c.get('client'), c.get('signedInBy'), desk) }, 200));

  app.openapi(end, async (c) => {
    const session = readSessionCookie(c, site);
    if (session !== undefined) await accounts.signOut(session);
    deleteSessionCookie(c, site);
    desk.onSignIn('signed out', { user: c.get('client').name });
    return c.body(null, 204);
  });

  app.openapi(change, async (c) => {
    const { name } = c.get('client');
    const { old, new: password } = c.req.valid('json');
    if (c.get('signedInBy') !== 'cookie') throw new ApiError('forbidden');
    if (!isPassword(password)) throw new ApiError('weak_password');
    const isRight = await accounts.signIn(name, old, addressOf(c, site));
    if (isRight === null) throw new ApiError('wrong_old_password');
    accounts.users.setPassword(name, await accounts.hashPassword(password));
    await accounts.signOutEverywhere(name);
    const signed = await accounts.admit(name, null);
    if (signed !== null) setSessionCookie(c, site, signed.session);
    desk.onSignIn('password changed', { user: name, by: name });
    return c.body(null, 204);
  });
}

function toUser(
  { name, role, user, extensions }: Client,
  by: SignedInBy,
  { accounts, language: ofDesk, timeZone }: DeskApi,
): z.infer<typeof userSchema> {
  const isBySession = by === 'cookie';
  return {
    name,
    role,
    login: user,
    extensions: [...extensions],
    language: ofDesk,
    timeZone,
    canSignOut: isBySession,
    canChangePassword: isBySession && (accounts.users.find(name)?.password ?? null) !== null,
  };
}
