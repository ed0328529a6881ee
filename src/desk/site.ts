import { createSecureContext } from 'node:tls';
import { OpenIdSignIn } from '../accounts/open-id.ts';
import type { Site } from '../api/site.ts';
import { ConfigError, readSecret, type LoadedConfig } from '../config/load.ts';
import { messageOf } from '../util/errors.ts';

type DeskConfig = LoadedConfig['config']['desk'];

/** How browsers reach the desk. */
export function siteOf({ publicUrl, tls }: DeskConfig): Site {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return {
    publicOrigin,
    isHttps: tls !== undefined || publicOrigin?.startsWith('https:') === true,
    isProxied: publicOrigin !== undefined && tls === undefined,
  };
}

/** Certificate and key, in PEM. @throws {ConfigError} they cannot be read, or are none */
export function readTls({ tls }: DeskConfig): { cert: string; key: string } | undefined {
  if (tls === undefined) return undefined;
  const pair = { cert: readSecret(tls.certFile), key: readSecret(tls.keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new ConfigError(tls.certFile, [
      `desk.tls: is no certificate in PEM with its key ${tls.keyFile}: ${messageOf(error)}`,
    ]);
  }
  return pair;
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
