import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort } from '../free-port.ts';
import { ensurePackage, howToBecomeRoot } from '../packages.ts';
import { startDaemon, type Daemon } from './daemon.ts';

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  /** A private key that is let in. */
  readonly keyFile: string;
  /** Of a server that takes passwords; `''` of one that takes keys. */
  readonly password: string;
  /** Of its own key, as `ssh-keygen -l` shows it. */
  readonly fingerprint: () => string;
  readonly down: () => Promise<void>;
  /** @param newKey it has another key from now on */
  readonly up: (newKey?: boolean) => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

/** In the accounts of a server that takes passwords, which this machine has not. */
const RECORDER = { name: 'recorder', id: 65_534 } as const;

/** Shell: sshd with accounts of its own, in a mount namespace that vanishes with it. Arguments: their folder, the command. */
const WITH_ACCOUNTS = `
accounts=$1; shift
for file in passwd shadow; do mount --bind "$accounts/$file" "/etc/$file"; done
exec "$@"
`;

/**
 * Starts OpenSSH's server on loopback: with keys, for whoever runs the tests.
 *
 * @param password with it for a user of its own, by this password; that takes root, or sudo
 */
export async function startSftpServer(password = ''): Promise<SftpServer> {
  const program = await ensurePackage('sshd', 'openssh-server');
  const place = await mkdtemp(join(tmpdir(), 'courier-agi-sftp-'));
  const path = (name: string) => join(place, name);
  const port = await freeTcpPort();
  await mkdir(path('files'));
  const makeKey = (name: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path(name)]);
  makeKey('user');
  execFileSync('cp', [path('user.pub'), path('authorized')]);
  const isByPassword = password !== '';
  const become = isByPassword ? ((await howToBecomeRoot()) ?? []) : [];
  if (isByPassword) {
    await chmod(place, 0o755);
    await chmod(path('files'), 0o777);
    await writeAccounts(place, password);
  }
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
PasswordAuthentication ${isByPassword ? 'yes' : 'no'}
MaxStartups 100
Subsystem sftp internal-sftp
`,
    );
    const sshd = [program, '-D', '-e', '-f', path('sshd_config')];
    const inside = [...become, 'unshare', '--mount', '/bin/sh', '-ec', WITH_ACCOUNTS, 'sh', place];
    daemon = await startDaemon(isByPassword ? [...inside, ...sshd] : sshd, port, { become });
  };
  const down = async (): Promise<void> => {
    await daemon?.end();
    daemon = undefined;
  };
  await up(true);
  return {
    port,
    user: isByPassword ? RECORDER.name : userInfo().username,
    password,
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

/** Those of this machine, and one more. */
async function writeAccounts(place: string, password: string): Promise<void> {
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
    input: password,
    encoding: 'utf8',
  }).trim();
  const { name, id } = RECORDER;
  const passwd = await readFile('/etc/passwd', 'utf8');
  await writeFile(join(place, 'passwd'), `${passwd}${name}:x:${id}:${id}::${place}:/bin/sh\n`, {
    mode: 0o644,
  });
  await writeFile(join(place, 'shadow'), `root:*:20000::::::\n${name}:${hash}:20000::::::\n`, {
    mode: 0o600,
  });
}
