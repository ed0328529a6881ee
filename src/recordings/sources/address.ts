import { readFileSync } from 'node:fs';
import { RecordingSourceError } from '../errors.ts';
import { messageOf } from '../../util/errors.ts';
import { PATIENCE, type Patience } from './deadline.ts';
import { FolderSource } from './folder.source.ts';
import { FtpSource } from './ftp.source.ts';
import { SftpSource } from './sftp.source.ts';
import type { RecordingSource } from './source.ts';

/** A server that recordings are fetched from. */
export interface SourceAddress {
  readonly protocol: 'ftp:' | 'ftps:' | 'sftp:';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Its folder, without a slash at the end; `''` is the root. */
  readonly root: string;
  /** For people, without the password. */
  readonly name: string;
  /** Fingerprints that an SFTP server may have. */
  readonly hostKeys: readonly string[];
  readonly privateKey: string | undefined;
  /** The authority that has signed an FTPS server's certificate. Default: those that Node.js knows. */
  readonly ca: string | undefined;
}

export interface SourceOptions {
  /** A folder, or `ftp://`, `ftps://`, `sftp://` with user, host and folder. */
  readonly source: string;
  readonly hostKey?: readonly string[] | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
}

const PORTS = { 'ftp:': 21, 'ftps:': 21, 'sftp:': 22 } as const;

/**
 * @param password takes the place of the one in the URL
 * @throws {RecordingSourceError} the URL is none, or a file that it needs cannot be read
 */
export function openSource(
  options: SourceOptions,
  password?: string,
  patience: Patience = PATIENCE,
): RecordingSource {
  if (options.source.startsWith('/')) return new FolderSource(options.source);
  const address = parseAddress(options, password);
  return address.protocol === 'sftp:' ? new SftpSource(address, patience) : new FtpSource(address, patience);
}

function parseAddress(
  { source, hostKey = [], keyFile, caFile }: SourceOptions,
  password?: string,
): SourceAddress {
  let url: URL;
  let parts: readonly string[];
  try {
    url = new URL(source);
    parts = [url.username, url.password, url.pathname].map(decodeURIComponent);
  } catch {
    // Node's own error carries the whole input, password and all.
    throw new RecordingSourceError(
      'recordings.source is no folder and no URL such as sftp://user@host/folder; write special characters as %40 for @, %25 for %',
    );
  }
  const { protocol, hostname, port } = url;
  if (protocol !== 'ftp:' && protocol !== 'ftps:' && protocol !== 'sftp:')
    throw new RecordingSourceError(
      'recordings.source must be a folder, or begin with ftp://, ftps:// or sftp://',
    );
  const [user = '', given = '', path = ''] = parts;
  if (hostname === '' || user === '')
    throw new RecordingSourceError(
      'recordings.source must name a user and a host, as in sftp://user@host/folder',
    );
  if (/[\p{Cc}]/u.test(path + user))
    throw new RecordingSourceError('recordings.source holds a control character');
  if (protocol === 'sftp:' && hostKey.length === 0) {
    throw new RecordingSourceError(
      'recordings.hostKey is missing: the fingerprint of the server, as ssh-keygen -l shows it, SHA256:…',
    );
  }
  const root = path.replace(/\/+$/, '');
  return {
    protocol,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? PORTS[protocol] : Number(port),
    user,
    password: password ?? given,
    root,
    name: `${protocol}//${user}@${url.host}${root}`,
    hostKeys: hostKey,
    privateKey: keyFile === undefined ? undefined : readText(keyFile),
    ca: caFile === undefined ? undefined : readText(caFile),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RecordingSourceError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
