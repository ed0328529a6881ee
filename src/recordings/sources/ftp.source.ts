import { isIP } from 'node:net';
import type { Writable } from 'node:stream';
import { Client, FileType, FTPError } from 'basic-ftp';
import { RecordingFileError } from '../errors.ts';
import { downloadMs, LIST_MS, sourceError, STEP_MS, within } from './deadline.ts';
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

  constructor(address: SourceAddress) {
    this.#address = address;
    this.name = address.name;
  }

  async open(): Promise<SourceSession> {
    const { host, port, user, password, protocol, ca } = this.#address;
    // Sound must come from the very server that was asked, not from wherever it points to.
    const client = new Client(STEP_MS, { allowSeparateTransferHost: false });
    const session = new FtpSession(client, this.#address.root);
    await session.run('let us in', STEP_MS * 2, () =>
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

  constructor(client: Client, root: string) {
    this.#client = client;
    this.#root = root;
  }

  async list(folder: string): Promise<readonly SourceEntry[]> {
    const entries = await this.run('list a folder', LIST_MS, () =>
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
    return this.run('look at a file', STEP_MS, () =>
      orIfGone(
        this.#client.size(this.#path(path)).then((size): FileFacts => ({ size, modifiedAt: null })),
        undefined,
      ),
    );
  }

  async download(path: string, offset: number, sink: Writable, bytes: number): Promise<void> {
    await this.run('send a file', downloadMs(bytes), async () => {
      try {
        await this.#client.downloadTo(sink, this.#path(path), offset);
      } catch (error) {
        if (!(error instanceof FTPError) || error.code !== NO_FILE) throw error;
        throw new RecordingFileError(`The source does not give it: ${error.message}`, { cause: error });
      }
    });
  }

  async remove(path: string): Promise<boolean> {
    return this.run('remove a file', STEP_MS, async () => {
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
