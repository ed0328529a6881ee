import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'courier-agi-desk', secret: 'the-secret-of-the-desk' };

/** A real OpenID provider, on this machine alone. */
export interface OpenIdProvider {
  readonly issuer: string;
  /**
   * What a browser does at its pages: somebody signs in and agrees.
   *
   * @param url where the desk has sent the browser
   * @returns where the provider sends it back to
   */
  readonly signIn: (url: string, login: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** @param claims of each login, beside `sub` */
export async function startOpenIdProvider(
  redirectUri: string,
  claims: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<OpenIdProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { profile: ['preferred_username', 'realm_access'], email: ['email'] },
    cookies: { keys: ['only-for-tests'] },
    findAccount: (_context: unknown, login: string) => ({
      accountId: login,
      claims: () => ({ sub: login, ...claims[login] }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    signIn: async (url, login) => new Browser(redirectUri).signIn(url, login),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Pages, forms and cookies, as far as the provider's own forms need them. */
class Browser {
  readonly #redirectUri: string;
  readonly #cookies = new Map<string, string>();

  constructor(redirectUri: string) {
    this.#redirectUri = redirectUri;
  }

  async signIn(url: string, login: string): Promise<string> {
    let where = await this.#open(url);
    for (const form of [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]) {
      if (where.startsWith(this.#redirectUri)) return where;
      where = await this.#open(where, new URLSearchParams(form));
    }
    return where;
  }

  /** Follows redirections, up to a page with a form, or away from the provider. */
  async #open(url: string, form?: URLSearchParams): Promise<string> {
    let where = url;
    let body = form;
    for (let turn = 0; turn < 10; turn++) {
      const response = await fetch(where, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body && { body }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        this.#cookies.set(name, value);
      }
      await response.text();
      const target = response.headers.get('location');
      if (target === null) return where;
      where = new URL(target, where).href;
      body = undefined;
      if (where.startsWith(this.#redirectUri)) return where;
    }
    throw new Error(`The provider sends the browser around: ${where}`);
  }
}
