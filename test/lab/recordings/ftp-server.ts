import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort } from '../free-port.ts';
import { ensurePackage } from '../packages.ts';
import { startDaemon, type Daemon } from './daemon.ts';

export interface FtpServer {
  readonly port: number;
  /** What it serves as `/files`; anybody may sign in as `anonymous`. */
  readonly folder: string;
  /** The certificate that it shows, where it encrypts. */
  readonly certificate: string;
  /** Commands that it was sent, as its own log has them. */
  readonly commands: () => Promise<string>;
  /** Ends it with all its connections; it comes back on the same port. */
  readonly down: () => Promise<void>;
  readonly up: (options?: FtpOptions) => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

export interface FtpOptions {
  /** Encrypts, by AUTH TLS, and wants the data connection to go on with the session of the first one. */
  readonly tls?: boolean;
  /** Bytes a second of each transfer. */
  readonly rate?: number;
}

/** Starts vsftpd on loopback. */
export async function startFtpServer(options: FtpOptions = {}): Promise<FtpServer> {
  const program = await ensurePackage('vsftpd', 'vsftpd');
  const place = await mkdtemp(join(tmpdir(), 'courier-agi-ftp-'));
  const path = (name: string) => join(place, name);
  await chmod(place, 0o755);
  for (const name of ['root', 'root/files', 'empty']) await mkdir(path(name), { mode: 0o755 });
  // Whoever signs in there may remove files.
  await chmod(path('root/files'), 0o777);
  makeCertificate(path('key.pem'), path('certificate.pem'));
  const port = await freeTcpPort();
  let daemon: Daemon | undefined;

  const up = async ({ tls = options.tls ?? false, rate = 0 }: FtpOptions = {}): Promise<void> => {
    if (daemon !== undefined) return;
    const settings = {
      background: 'NO',
      listen: 'YES',
      listen_address: '127.0.0.1',
      listen_port: port,
      anonymous_enable: 'YES',
      no_anon_password: 'YES',
      local_enable: 'NO',
      anon_root: path('root'),
      anon_max_rate: rate,
      anon_world_readable_only: 'NO',
      write_enable: 'YES',
      anon_other_write_enable: 'YES',
      connect_from_port_20: 'NO',
      utf8_filesystem: 'YES',
      secure_chroot_dir: path('empty'),
      seccomp_sandbox: 'NO',
      vsftpd_log_file: path('log'),
      dual_log_enable: 'NO',
      xferlog_enable: 'YES',
      log_ftp_protocol: 'YES',
      ssl_enable: tls ? 'YES' : 'NO',
      allow_anon_ssl: 'YES',
      force_anon_logins_ssl: 'YES',
      force_anon_data_ssl: 'YES',
      require_ssl_reuse: 'YES',
      ssl_ciphers: 'HIGH',
      rsa_cert_file: path('certificate.pem'),
      rsa_private_key_file: path('key.pem'),
    };
    await writeFile(
      path('vsftpd.conf'),
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    daemon = await startDaemon([program, path('vsftpd.conf')], port);
  };
  const down = async (): Promise<void> => {
    await daemon?.end();
    daemon = undefined;
  };
  await up(options);
  return {
    port,
    folder: path('root/files'),
    certificate: path('certificate.pem'),
    commands: () => readFile(path('log'), 'utf8'),
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

/** For 127.0.0.1, signed by itself. */
export function makeCertificate(key: string, certificate: string): void {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  );
}
