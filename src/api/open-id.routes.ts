import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { TooManyTriesError } from '../accounts/errors.ts';
import { OpenIdError, PENDING_MS } from '../accounts/open-id.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError, type RefusalCode } from './errors.ts';
import { addressOf, setSessionCookie } from './site.ts';

const COOKIE = 'courier-agi-openid';

const begin = createRoute({
  method: 'get',
  path: '/api/openid',
  summary: 'Sign in at the OpenID provider',
  security: [],
  responses: { 302: { description: 'To the page of the provider' }, ...errorAnswers },
});

const back = createRoute({
  method: 'get',
  path: '/api/openid/callback',
  summary: 'Where the OpenID provider sends the browser back to',
  security: [],
  request: { query: z.looseObject({}) },
  responses: { 303: { description: 'To the pages; with `error` in the address when it was refused' } },
});

/** Signing in elsewhere. These are pages that a browser opens: a refusal is told by the page that it ends on. */
export function addOpenIdRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { accounts, site, openId } = desk;

  const refuse = (c: Context<ApiContext>, code: RefusalCode, problem = ''): Response => {
    desk.onRefused(code, { address: addressOf(c, site), ...(problem !== '' && { problem }) });
    return c.redirect(`/?error=${code}`, 303);
  };

  app.openapi(begin, async (c) => {
    if (openId === undefined) throw new ApiError('not_found');
    try {
      const { url, state } = await openId.begin(addressOf(c, site));
      // The browser comes back from another site, with what it was given for such ways.
      setCookie(c, COOKIE, state, {
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
        maxAge: PENDING_MS / 1000,
        ...(site.isHttps && { secure: true, prefix: 'host' }),
      });
      return c.redirect(url, 302);
    } catch (error) {
      if (error instanceof OpenIdError) return refuse(c, 'open_id_away', error.message);
      if (error instanceof TooManyTriesError) return refuse(c, 'too_many_tries');
      throw error;
    }
  });

  app.openapi(back, async (c) => {
    if (openId === undefined) throw new ApiError('not_found');
    try {
      const state = site.isHttps ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE);
      const { name, role } = await openId.finish(new URL(c.req.url).search, state);
      const signed = await accounts.admit(name, role);
      if (signed === null) return refuse(c, 'unknown_user');
      desk.onSignIn('signed in', { user: signed.client.name, address: addressOf(c, site), by: 'OpenID' });
      setSessionCookie(c, site, signed.session);
      return c.redirect('/', 303);
    } catch (error) {
      if (!(error instanceof OpenIdError)) throw error;
      return refuse(c, error.isAway ? 'open_id_away' : 'open_id_refused', error.message);
    }
  });
}
