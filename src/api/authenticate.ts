import type { Context, MiddlewareHandler } from 'hono';
import type { Client } from '../accounts/client.ts';
import { isJournalAway } from '../journal/errors.ts';
import { AllowList } from '../net/allow-list.ts';
import type { ApiContext, DeskApi, SignedInBy } from './context.ts';
import { ApiError } from './errors.ts';
import { isFromOurPages, peerOf, readSessionCookie } from './site.ts';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Headers of a proxy that signs people in, and the addresses it is believed from. */
export interface ProxyUser {
  readonly header: string;
  readonly from: readonly string[];
}

/**
 * Finds out who asks: a program by its token, a person by the cookie of their session, or by the header of a proxy.
 *
 * @throws {ApiError} `unauthorized`, `foreign_origin`
 */
export function authenticate(desk: DeskApi): MiddlewareHandler<ApiContext> {
  const identify = identifier(desk);
  return async (c, next) => {
    const known = await identify(c);
    if (known === null) throw new ApiError('unauthorized');
    const { client, by } = known;
    // A token is sent by a program on purpose; the rest a browser sends by itself, whoever has made it ask.
    const isByItself = client.kind === 'session';
    if (isByItself && !SAFE_METHODS.includes(c.req.method) && !isFromOurPages(c, desk.site))
      throw new ApiError('foreign_origin');
    c.set('client', client);
    c.set('signedInBy', by);
    c.set('isStillClient', async () => {
      try {
        const now = await identify(c);
        return now !== null && rightsOf(now.client) === rightsOf(client);
      } catch (error) {
        // Nobody is signed out because the journal cannot be asked.
        return client.kind === 'session' && isJournalAway(error);
      }
    });
    await next();
  };
}

/** What decides over what somebody may see, as one text. */
function rightsOf({ role, user, extensions }: Client): string {
  return JSON.stringify([role, user, extensions.toSorted()]);
}

interface Identified {
  readonly client: Client;
  readonly by: SignedInBy;
}

function identifier({
  accounts,
  site,
  proxyUser,
}: DeskApi): (c: Context<ApiContext>) => Promise<Identified | null> {
  const proxies = new AllowList(proxyUser?.from ?? []);
  return async (c) => {
    // A proxy that has people sign in with it may leave a header of another kind.
    const authorization = c.req.header('authorization') ?? '';
    if (/^Bearer /i.test(authorization)) {
      const token = /^\w+ ([\w-]{20,100})$/.exec(authorization)?.[1];
      return identified('token', token === undefined ? null : accounts.findToken(token));
    }
    if (proxyUser !== undefined && proxies.has(peerOf(c))) {
      const name = c.req.header(proxyUser.header);
      if (name !== undefined) return identified('proxy', accounts.findUser(decodeHeader(name)));
    }
    const session = readSessionCookie(c, site);
    return identified('cookie', session === undefined ? null : await accounts.findSession(session));
  };
}

function identified(way: SignedInBy, client: Client | null): Identified | null {
  return client === null ? null : { client, by: way };
}

/** Proxies send UTF-8; Node reads headers as Latin-1. */
function decodeHeader(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
