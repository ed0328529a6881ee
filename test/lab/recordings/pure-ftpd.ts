import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort } from '../free-port.ts';
import { unpackPackages } from '../unpacked.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { makeCertificate } from './ftp-server.ts';

export interface PureFtpd {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** What the user sees as `/files`. */
  readonly folder: string;
  readonly certificate: string;
  readonly down: () => Promise<void>;
  /** @param options `rate`: KiB a second of each transfer */
  readonly up: (options?: { readonly rate?: number }) => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

/** It lets in no user of the system, and nobody who is root. */
const NOBODY = '65534';

/** Starts pure-ftpd on loopback, with a user of its own, and TLS that it insists on. */
export async function startPureFtpd(): Promise<PureFtpd> {
  // It cannot be installed beside vsftpd.
  const { folder: root, env } = await unpackPackages('pure-ftpd', ['pure-ftpd', 'libsodium23']);
  const program = join(root, 'usr/sbin/pure-ftpd');
  const place = await mkdtemp(join(tmpdir(), 'courier-agi-pure-ftpd-'));
  const path = (name: string) => join(place, name);
  await chmod(place, 0o755);
  await mkdir(path('home'));
  await mkdir(path('home/files'));
  await chmod(path('home/files'), 0o777);
  makeCertificate(path('key.pem'), path('certificate.pem'));
  const pem = await Promise.all(['key.pem', 'certificate.pem'].map((name) => readFile(path(name), 'utf8')));
  await writeFile(path('both.pem'), pem.join(''), { mode: 0o600 });
  const [user, password] = ['recorder', 'п@роль: 1/2'];
  // What pure-pw makes of a password itself takes longer to check than a step of ours may.
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
    encoding: 'utf8',
    input: password,
  }).trim();
  await writeFile(
    path('users'),
    `${[user, hash, NOBODY, NOBODY, '', path('home')].join(':')}/./${':'.repeat(12)}\n`,
  );
  execFileSync(join(root, 'usr/bin/pure-pw'), ['mkdb', path('pdb'), '-f', path('users')], { env });
  const port = await freeTcpPort();
  let daemon: Daemon | undefined;
  const up = async ({ rate = 0 }: { readonly rate?: number } = {}): Promise<void> => {
    daemon ??= await startDaemon(
      [
        program,
        `--bind=127.0.0.1,${port}`,
        `--login=puredb:${path('pdb')}`,
        '--chrooteveryone',
        '--noanonymous',
        '--dontresolve',
        // It shows 10,000 files of a folder otherwise, and says so to nobody.
        '--limitrecursion=20000:8',
        '--tls=2',
        `--certfile=${path('both.pem')}`,
        `--pidfile=${path('pid')}`,
        ...(rate === 0 ? [] : [`--userbandwidth=${rate}`]),
      ],
      port,
      { env },
    );
  };
  const down = async (): Promise<void> => {
    await daemon?.end();
    daemon = undefined;
  };
  await up();
  return {
    port,
    user,
    password,
    folder: path('home/files'),
    certificate: path('certificate.pem'),
    up,
    down,
    freeze: () => daemon?.signal('SIGSTOP'),
    thaw: () => daemon?.signal('SIGCONT'),
    stop: async () => {
      await down();
      await rm(place, { recursive: true, force: true });
    },
  };
}
