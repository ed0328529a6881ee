import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ssh2, { type Client, type FileEntry, type SFTPWrapper, type Stats } from 'ssh2';
import { messageOf } from '../../util/errors.ts';
import { ClosedFileError, GoneFileError, RecordingFileError, RecordingSourceError } from '../errors.ts';
import type { SourceAddress } from './address.ts';
import { downloadMs, sourceError, within, type Patience } from './deadline.ts';
import {
  isSafeName,
  type FileFacts,
  type RecordingSource,
  type SourceEntry,
  type SourceSession,
} from './source.ts';

const STATUS: Readonly<Record<'NO_SUCH_FILE' | 'PERMISSION_DENIED' | 'FAILURE', number>> =
  ssh2.utils.sftp.STATUS_CODE;
const { NO_SUCH_FILE, PERMISSION_DENIED, FAILURE } = STATUS;
/** Of one file; the connection stands. */
const REFUSALS: ReadonlyMap<number, typeof RecordingFileError> = new Map([
  [NO_SUCH_FILE, GoneFileError],
  [PERMISSION_DENIED, ClosedFileError],
  [FAILURE, RecordingFileError],
]);

/** A server that speaks SFTP, known by the fingerprint of its key. */
export class SftpSource implements RecordingSource {
  readonly folder = undefined;
  readonly name: string;
  readonly #address: SourceAddress;
  readonly #patience: Patience;

  constructor(address: SourceAddress, patience: Patience) {
    this.#address = address;
    this.#patience = patience;
    this.name = address.name;
  }

  async open(): Promise<SourceSession> {
    const client = new ssh2.Client();
    const give = (): void => void client.destroy();
    try {
      const sftp = await within(this.#patience.stepMs * 2, 'let us in', this.#connect(client), give);
      return new SftpSession(client, sftp, this.#address.root, this.#patience);
    } catch (error) {
      give();
      throw sourceError('let us in', error);
    }
  }

  async #connect(client: Client): Promise<SFTPWrapper> {
    const { host, port, user, password, privateKey, hostKeys } = this.#address;
    let stranger: string | undefined;
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      // One that comes later ends what is under way; without a listener it would end the process.
      client.on('error', (error) => {
        reject(
          stranger === undefined
            ? error
            : new RecordingSourceError(
                `The source of recordings has the key ${stranger}, which is not in recordings.hostKey: another server, or a new key. Nothing was sent to it.`,
              ),
        );
      });
      client.once('close', () => reject(new Error('the connection was closed')));
      client.connect({
        host,
        port,
        username: user,
        ...(privateKey === undefined ? { password } : { privateKey }),
        // Without it any server would be let in.
        hostVerifier: (key: Buffer) => {
          const fingerprint = fingerprintOf(key);
          if (hostKeys.includes(fingerprint)) return true;
          stranger = fingerprint;
          return false;
        },
        readyTimeout: this.#patience.stepMs,
        // Without it a server that stands still would hold us for ever.
        keepaliveInterval: this.#patience.stepMs / 4,
        keepaliveCountMax: 3,
      });
    });
    // In JavaScript alone a download would take 25 times as long.
    client.setNoDelay(true);
    return new Promise((resolve, reject) => {
      client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
    });
  }
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

class SftpSession implements SourceSession {
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;
  readonly #root: string;
  readonly #patience: Patience;
  /** Rejects when the connection ends: what is under way would be forgotten otherwise. */
  readonly #gone: Promise<never>;

  constructor(client: Client, sftp: SFTPWrapper, root: string, patience: Patience) {
    this.#patience = patience;
    this.#client = client;
    this.#sftp = sftp;
    this.#root = root;
    this.#gone = new Promise((_resolve, reject) => {
      client.once('close', () => reject(new Error('the connection was closed')));
    });
    this.#gone.catch(() => undefined);
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    const entries = await this.#ask('list a folder', this.#patience.listMs, (done: Callback<FileEntry[]>) =>
      this.#sftp.readdir(this.#path(folder), done),
    );
    return (entries ?? [])
      .filter(({ attrs, filename }) => (isFile(attrs) || isFolder(attrs)) && isSafeName(filename))
      .map(({ filename, attrs }) => ({
        name: filename,
        isFolder: isFolder(attrs),
        size: attrs.size,
        modifiedAt: attrs.mtime * 1000,
      }));
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    const stats = await this.#ask('look at a file', this.#patience.stepMs, (done: Callback<Stats>) =>
      this.#sftp.stat(this.#path(path), done),
    );
    return stats === undefined ? undefined : { size: stats.size, modifiedAt: stats.mtime * 1000 };
  }

  async download(path: string, offset: number, sink: Writable, bytes: number): Promise<void> {
    const file = this.#sftp.createReadStream(this.#path(path), { start: offset });
    const work = pipeline(file, sink).catch((error: unknown) => {
      const Refusal = REFUSALS.get(codeOf(error) ?? -1);
      if (Refusal === undefined) throw error;
      throw new Refusal(`The source does not give it: ${messageOf(error)}`, { cause: error });
    });
    await this.#run('send a file', downloadMs(bytes, this.#patience), work);
  }

  async remove(path: string): Promise<boolean> {
    const work = new Promise<boolean>((resolve, reject) => {
      this.#sftp.unlink(this.#path(path), (error) => {
        const code = codeOf(error);
        if (code === undefined || code === NO_SUCH_FILE) resolve(true);
        else if (code === PERMISSION_DENIED || code === FAILURE) resolve(false);
        else reject(error ?? new Error('it failed'));
      });
    });
    return this.#run('remove a file', this.#patience.stepMs, work);
  }

  close(): void {
    this.#client.destroy();
  }

  /** @returns undefined when there is no such file */
  async #ask<Result>(
    what: string,
    ms: number,
    ask: (done: Callback<Result>) => void,
  ): Promise<Result | undefined> {
    const work = new Promise<Result | undefined>((resolve, reject) => {
      ask((error, result) => {
        if (error === undefined || error === null) resolve(result);
        else if (codeOf(error) === NO_SUCH_FILE) resolve(undefined);
        else reject(error);
      });
    });
    return this.#run(what, ms, work);
  }

  async #run<Result>(what: string, ms: number, work: Promise<Result>): Promise<Result> {
    try {
      return await within(ms, what, Promise.race([work, this.#gone]), () => this.close());
    } catch (error) {
      if (error instanceof RecordingFileError) throw error;
      this.close();
      throw sourceError(what, error);
    }
  }

  #path(path: string): string {
    if (this.#root === '') return path === '' ? '.' : path;
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }
}

type Callback<Result> = (error: Error | null | undefined, result: Result) => void;

/** Of SSH_FXP_STATUS; undefined when all is well. */
function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'number' ? code : -1;
}

const TYPE = 0o170_000;

function isFile({ mode }: { readonly mode: number }): boolean {
  return (mode & TYPE) === 0o100_000;
}

function isFolder({ mode }: { readonly mode: number }): boolean {
  return (mode & TYPE) === 0o040_000;
}
