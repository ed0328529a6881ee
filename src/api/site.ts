import { isIP } from 'node:net';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { ABSOLUTE_MS } from '../accounts/sessions.ts';
import type { ApiContext } from './context.ts';

/** How browsers reach the desk. */
export interface Site {
  /** Of `desk.publicUrl`, such as `https://desk.example`; without it what the browser calls us. */
  readonly publicOrigin: string | undefined;
  /** Whether browsers come over https, be it to us or to a proxy. */
  readonly isHttps: boolean;
  /** Whether a proxy has connected, which is believed for whom it asks. */
  readonly isProxy: (peer: string) => boolean;
}

const COOKIE = 'courier-agi-desk';

/** The id of the session in the cookie. */
export function readSessionCookie(c: Context<ApiContext>, { isHttps }: Site): string | undefined {
  // Over https the name says that no other host, and nobody without encryption, can have set it.
  return isHttps ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE);
}

export function setSessionCookie(c: Context<ApiContext>, { isHttps }: Site, session: string): void {
  setCookie(c, COOKIE, session, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: ABSOLUTE_MS / 1000,
    ...(isHttps && { secure: true, prefix: 'host' }),
  });
}

export function deleteSessionCookie(c: Context<ApiContext>, { isHttps }: Site): void {
  deleteCookie(c, COOKIE, { path: '/', ...(isHttps && { secure: true, prefix: 'host' }) });
}

/** Whether a page of ours has sent it: browsers say with whatever changes something where it comes from. */
export function isFromOurPages(c: Context<ApiContext>, { publicOrigin, isHttps }: Site): boolean {
  const ours = publicOrigin ?? `${isHttps ? 'https' : 'http'}://${c.req.header('host') ?? ''}`;
  return c.req.header('origin') === ours;
}

/** Of whoever asks; behind a proxy that of the one before it. */
export function addressOf(c: Context<ApiContext>, { isProxy }: Site): string {
  const peer = peerOf(c);
  const forwarded = isProxy(peer) ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : peer;
}

/** Of whoever has connected; `''` in a test without a socket. */
export function peerOf(c: Context<ApiContext>): string {
  const env: Partial<ApiContext['Bindings']> | undefined = c.env;
  return env?.incoming?.socket.remoteAddress ?? '';
}
