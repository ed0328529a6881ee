import { isIP } from 'node:net';
import type { Writable } from 'node:stream';
import { Client, FileType, FTPError } from 'basic-ftp';
import { ClosedFileError, GoneFileError, RecordingFileError } from '../errors.ts';
import { downloadMs, sourceError, within, type Patience } from './deadline.ts';
import type { SourceAddress } from './address.ts';
import {
  isSafeName,
  type FileFacts,
  type RecordingSource,
  type SourceEntry,
  type SourceSession,
} from './source.ts';

/** RFC 959: no such file, or no right. */
const NO_FILE = 550;
const REFUSED = new Set([500, 502, 550, 553]);

/** An FTP server; `ftps:` encrypts by AUTH TLS and checks who the server is. */
export class FtpSource implements RecordingSource {
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
    const { host, port, user, password, protocol, ca } = this.#address;
    const { stepMs } = this.#patience;
    // Sound must come from the very server that was asked, not from wherever it points to.
    const client = new Client(stepMs, { allowSeparateTransferHost: false });
    const session = new FtpSession(client, this.#address.root, this.#patience);
    await session.run('let us in', stepMs * 2, () =>
      client.access({
        host,
        port,
        user,
        password,
        secure: protocol === 'ftps:',
        ...(protocol === 'ftps:' && {
          secureOptions: {
            host,
            minVersion: 'TLSv1.2',
            ...(isIP(host) === 0 && { servername: host }),
            ...(ca !== undefined && { ca }),
          },
        }),
      }),
    );
    return session;
  }
}

class FtpSession implements SourceSession {
  readonly #client: Client;
  readonly #root: string;
  readonly #patience: Patience;

  constructor(client: Client, root: string, patience: Patience) {
    this.#client = client;
    this.#patience = patience;
    this.#root = root;
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    const entries = await this.run('list a folder', this.#patience.listMs, () =>
      orIfGone(this.#client.list(this.#path(folder)), []),
    );
    return entries
      .filter(({ type, name }) => (type === FileType.File || type === FileType.Directory) && isSafeName(name))
      .map(({ name, type, size, modifiedAt }) => ({
        name,
        isFolder: type === FileType.Directory,
        size,
        modifiedAt: modifiedAt?.getTime() ?? null,
      }));
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    return this.run('look at a file', this.#patience.stepMs, () =>
      orIfGone(
        this.#client.size(this.#path(path)).then((size): FileFacts => ({ size, modifiedAt: null })),
        undefined,
      ),
    );
  }

  async download(path: string, offset: number, sink: Writable, bytes: number): Promise<void> {
    await this.run('send a file', downloadMs(bytes, this.#patience), async () => {
      try {
        await this.#client.downloadTo(sink, this.#path(path), offset);
      } catch (error) {
        if (!(error instanceof FTPError) || error.code !== NO_FILE) throw error;
        const why = `The source does not give it: ${error.message}`;
        // No right, or no file any more: the server says the same of both.
        const isGone = (await orIfGone(this.#client.size(this.#path(path)), undefined)) === undefined;
        throw isGone ? new GoneFileError(why, { cause: error }) : new ClosedFileError(why, { cause: error });
      }
    });
  }

  async remove(path: string): Promise<boolean> {
    return this.run('remove a file', this.#patience.stepMs, async () => {
      try {
        await this.#client.remove(this.#path(path));
        return true;
      } catch (error) {
        if (!(error instanceof FTPError) || !REFUSED.has(error.code)) throw error;
        // No right, or no file any more: the server says the same of both.
        return (await orIfGone(this.#client.size(this.#path(path)), undefined)) === undefined;
      }
    });
  }

  close(): void {
    this.#client.close();
  }

  async run<Result>(what: string, ms: number, work: () => Promise<Result>): Promise<Result> {
    try {
      return await within(ms, what, work(), () => this.close());
    } catch (error) {
      if (error instanceof RecordingFileError) throw error;
      this.close();
      throw sourceError(what, error);
    }
  }

  #path(path: string): string {
    if (this.#root === '') return path;
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }
}

async function orIfGone<Result, Other>(work: Promise<Result>, other: Other): Promise<Result | Other> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FTPError && error.code === NO_FILE) return other;
    throw error;
  }
}
