import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { OpenIdSignIn } from '../accounts/open-id.ts';
import type { Site } from '../api/site.ts';
import { ConfigError, readSecret, type LoadedConfig } from '../config/load.ts';
import { AllowList } from '../net/allow-list.ts';
import type { Certificate, HttpListener } from '../net/http-listener.ts';
import { messageOf } from '../util/errors.ts';

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

/** Certificate and key, in PEM. @throws {ConfigError} they cannot be read, or are none */
export function readTls({ tls }: DeskConfig): Certificate | undefined {
  if (tls === undefined) return undefined;
  const pair = { cert: readSecret(tls.certFile), key: readSecret(tls.keyFile) };
  try {
    // OpenSSL is content with an empty file, which is how one begins that is being written.
    if (pair.cert === '' || pair.key === '') throw new Error('the file is empty');
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

/** Certificates are renewed every few weeks, by others. */
const RENEWAL_MS = 60_000;

/**
 * Takes a certificate into use that has been renewed on the disk; one that does not fit its key is told, and not used.
 *
 * @returns ends it
 */
export function followCertificate(
  desk: DeskConfig,
  http: Pick<HttpListener, 'renew'>,
  logger: Logger,
  everyMs = RENEWAL_MS,
): () => void {
  let inUse = readTls(desk);
  if (inUse === undefined) return () => undefined;
  let toldProblem = '';
  const look = (): void => {
    try {
      const found = readTls(desk);
      if (found === undefined || (found.cert === inUse?.cert && found.key === inUse.key)) return;
      http.renew(found);
      inUse = found;
      logger.info('the certificate of the desk has been renewed');
    } catch (error) {
      // Files are written one after the other: the next look may find both.
      const problem = messageOf(error);
      if (problem !== toldProblem) logger.error({ problem }, 'the certificate of the desk cannot be renewed');
      toldProblem = problem;
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

/** Passwords must not be read on the way. */
export function warnOfPlainHttp({ host, ...desk }: DeskConfig, logger: Logger): void {
  if (siteOf({ host, ...desk }).isHttps || /^(127\.|::1$|localhost$)/.test(host)) return;
  logger.warn(
    { host },
    'passwords travel without encryption: set desk.tls, or desk.publicUrl with a proxy that has https',
  );
}
