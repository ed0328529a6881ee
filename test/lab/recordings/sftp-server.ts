import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort } from '../free-port.ts';
import { ensurePackage } from '../packages.ts';
import { startDaemon, type Daemon } from './daemon.ts';

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  /** A private key that is let in. */
  readonly keyFile: string;
  /** Of its own key, as `ssh-keygen -l` shows it. */
  readonly fingerprint: () => string;
  readonly down: () => Promise<void>;
  /** @param newKey it has another key from now on */
  readonly up: (newKey?: boolean) => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts OpenSSH's server on loopback, for whoever runs the tests. */
export async function startSftpServer(): Promise<SftpServer> {
  const program = await ensurePackage('sshd', 'openssh-server');
  const place = await mkdtemp(join(tmpdir(), 'courier-agi-sftp-'));
  const path = (name: string) => join(place, name);
  const port = await freeTcpPort();
  await mkdir(path('files'));
  const makeKey = (name: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path(name)]);
  makeKey('user');
  execFileSync('cp', [path('user.pub'), path('authorized')]);
  // Its own place for processes without rights; only root's sshd asks for it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  let daemon: Daemon | undefined;

  const up = async (newKey = false): Promise<void> => {
    if (daemon !== undefined) return;
    if (newKey) {
      await rm(path('host'), { force: true });
      await rm(path('host.pub'), { force: true });
      makeKey('host');
    }
    await writeFile(
      path('sshd_config'),
      `ListenAddress 127.0.0.1
Port ${port}
HostKey ${path('host')}
PidFile none
AuthorizedKeysFile ${path('authorized')}
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
MaxStartups 100
Subsystem sftp internal-sftp
`,
    );
    daemon = await startDaemon([program, '-D', '-e', '-f', path('sshd_config')], port);
  };
  const down = async (): Promise<void> => {
    await daemon?.end();
    daemon = undefined;
  };
  await up(true);
  return {
    port,
    user: userInfo().username,
    folder: path('files'),
    keyFile: path('user'),
    fingerprint: () =>
      execFileSync('ssh-keygen', ['-l', '-f', path('host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? '',
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
