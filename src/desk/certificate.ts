import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ConfigError, readSecret } from '../config/load.ts';
import type { Certificate } from '../net/http-listener.ts';
import { messageOf } from '../util/errors.ts';

/** How the configuration names the two files, and where. */
interface CertificateFiles {
  readonly section: 'desk.tls' | 'door.tls';
  readonly certFile: string;
  readonly keyFile: string;
}

/** Whose certificates they are. Each shows a renewed one from the next connection on. */
export interface CertificateBearers {
  readonly http: { renew(certificate: Certificate): void };
  readonly door: { renew(certificate: Certificate): void } | undefined;
}

/** Certificate and key of the pages, in PEM. @throws {ConfigError} they cannot be read, or are none */
export function readDeskTls({ tls }: Config['desk']): Certificate | undefined {
  return tls && read({ section: 'desk.tls', ...tls });
}

/** The same of the door. @throws {ConfigError} */
export function readDoorTls({ tls }: Config['door']): Certificate | undefined {
  return tls && read({ section: 'door.tls', ...tls });
}

/** Certificates are renewed every few weeks, by others. */
const RENEWAL_MS = 60_000;

/**
 * Takes certificates into use that have been renewed on the disk; one that does not fit its key is told, and not used.
 *
 * @returns ends it
 * @throws {ConfigError} one of them is none
 */
export function followCertificates(
  { desk, door }: Pick<Config, 'desk' | 'door'>,
  bearers: CertificateBearers,
  logger: Logger,
  everyMs = RENEWAL_MS,
): () => void {
  const timers: NodeJS.Timeout[] = [];
  const follow = (files: CertificateFiles, bearer: CertificateBearers['http']): void => {
    timers.push(setInterval(createLook(files, bearer, logger), everyMs).unref());
  };
  if (desk.tls !== undefined) follow({ section: 'desk.tls', ...desk.tls }, bearers.http);
  if (door.tls !== undefined && bearers.door !== undefined)
    follow({ section: 'door.tls', ...door.tls }, bearers.door);
  return () => timers.forEach((timer) => clearInterval(timer));
}

function createLook(files: CertificateFiles, bearer: CertificateBearers['http'], logger: Logger): () => void {
  let inUse = read(files);
  let toldProblem = '';
  return () => {
    try {
      const found = read(files);
      if (found.cert === inUse.cert && found.key === inUse.key) return;
      bearer.renew(found);
      inUse = found;
      toldProblem = '';
      logger.info(`the certificate of ${files.section} has been renewed`);
    } catch (error) {
      // Files are written one after the other: the next look may find both.
      const problem = messageOf(error);
      if (problem !== toldProblem)
        logger.error({ problem }, `the certificate of ${files.section} cannot be renewed`);
      toldProblem = problem;
    }
  };
}

function read({ section, certFile, keyFile }: CertificateFiles): Certificate {
  const pair = { cert: readSecret(certFile), key: readSecret(keyFile) };
  try {
    // OpenSSL is content with an empty file, which is how one begins that is being written.
    if (pair.cert === '' || pair.key === '') throw new Error('the file is empty');
    createSecureContext(pair);
  } catch (error) {
    throw new ConfigError(certFile, [
      `${section}: is no certificate in PEM with its key ${keyFile}: ${messageOf(error)}`,
    ]);
  }
  return pair;
}
