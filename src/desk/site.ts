import type { Logger } from 'pino';
import { OpenIdSignIn } from '../accounts/open-id.ts';
import type { Site } from '../api/site.ts';
import { readSecret, type LoadedConfig } from '../config/load.ts';
import { AllowList } from '../net/allow-list.ts';

type DeskConfig = LoadedConfig['config']['desk'];

/** How browsers reach the desk. */
export function siteOf({ publicUrl, tls, proxies, proxyUser }: DeskConfig): Site {
  // Anybody else who may connect could say to be whoever they like, and try passwords without end.
  const believed = new AllowList([...proxies, ...(proxyUser?.from ?? [])]);
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return {
    publicOrigin,
    isHttps: tls !== undefined || publicOrigin?.startsWith('https:') === true,
    isProxy: (peer) => publicOrigin !== undefined && tls === undefined && believed.has(peer),
  };
}

/** @throws {ConfigError} the secret cannot be read */
export function openOpenId({ publicUrl, openId }: DeskConfig): OpenIdSignIn | undefined {
  if (openId === undefined || publicUrl === undefined) return undefined;
  const { clientSecretFile, ...options } = openId;
  return new OpenIdSignIn({
    ...options,
    roleClaim: openId.roleClaim,
    clientSecret: clientSecretFile === undefined ? undefined : readSecret(clientSecretFile),
    redirectUri: `${new URL(publicUrl).origin}/api/openid/callback`,
  });
}

/** Passwords must not be read on the way. */
export function warnOfPlainHttp({ host, ...desk }: DeskConfig, logger: Logger): void {
  if (siteOf({ host, ...desk }).isHttps || /^(127\.|::1$|localhost$)/.test(host)) return;
  logger.warn(
    { host },
    'passwords travel without encryption: set desk.tls, or desk.publicUrl with a proxy that has https',
  );
}
